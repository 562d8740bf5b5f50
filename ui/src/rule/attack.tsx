import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '../identity/session';
import { Untrusted } from '../kit/untrusted';
import { useScope } from '../tenancy/scope';
import type { Tactic } from './params';
import { isTechnique, tacticOf, tagName, useTacticName } from './tags';

interface Names {
  en: Record<string, string>;
  zh: Record<string, string>;
}

// The names are a file of their own, loaded where they are shown.
export const namesQuery = {
  queryKey: ['attack', 'names'],
  queryFn: async () => (await import('./techniques.json')).default as Names,
  staleTime: Infinity,
};

/** The name of a technique in the page's language; empty until the names are loaded, and for one that has none. */
export function useTechniqueName(): (id: string) => string {
  const { i18n } = useTranslation();
  const names = useQuery(namesQuery).data;
  return (id) => (i18n.language === 'zh-CN' ? names?.zh[id] : undefined) ?? names?.en[id] ?? '';
}

/** A rule's place in ATT&CK: tactics and techniques by number and name; each opens the rules, or the alerts, that have it too. */
export function AttackList({ tags, opens = 'rules' }: { tags: string[]; opens?: 'rules' | 'alerts' }) {
  const { t } = useTranslation();
  const can = useCan();
  const { tenant } = useScope();
  const link = (search: { tactic?: Tactic; technique?: string }, look: string | undefined, text: ReactNode) => {
    if (opens === 'alerts') return <Link className={look} to="/alerts" search={{ tenant: tenant?.slug, state: 'all', ...search, tactic: search.tactic?.replaceAll('_', '-') }} title={t('why.attack.alerts')}>{text}</Link>;
    return can('rule.read') ? <Link className={look} to="/rules" search={search} title={t('why.attack.rules')}>{text}</Link> : <span className={look}>{text}</span>;
  };
  const tactic = useTacticName();
  const nameOf = useTechniqueName();
  const tactics = tags.filter((tag) => tacticOf(tag));
  const techniques = tags.filter(isTechnique);
  const others = tags.filter((tag) => !tacticOf(tag) && !isTechnique(tag));
  return (
    <ul className="attack">
      {tactics.length > 0 && (
        <li>
          <span className="faint">{t('why.attack.tactic')}</span>{' '}
          {tactics.map((tag) => <Fragment key={tag}>{link({ tactic: tacticOf(tag) }, 'tag accent', tactic(tag))}</Fragment>)}
        </li>
      )}
      {techniques.map((tag) => {
        const id = tagName(tag);
        const [over] = id.split('.');
        const above = over && over !== id ? nameOf(over) : '';
        const text = <><code>{id}</code> {above && <span className="soft">{above}{t('why.attack.of')}</span>}{nameOf(id)}</>;
        return <li key={tag}>{link({ technique: id }, undefined, text)}</li>;
      })}
      {others.length > 0 && <li className="row tight">{others.map((tag) => <span key={tag} className="tag"><Untrusted value={tagName(tag)} /></span>)}</li>}
    </ul>
  );
}
