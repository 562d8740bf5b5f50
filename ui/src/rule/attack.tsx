import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCan } from '../identity/session';
import { Untrusted } from '../kit/untrusted';
import { isTechnique, tacticOf, tagName, useTacticName } from './tags';

interface Names {
  en: Record<string, string>;
  zh: Record<string, string>;
}

// The names are a file of their own, loaded where they are shown.
const namesQuery = {
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

/** A rule's place in ATT&CK: tactics and techniques by number and name; each opens the rules that have it too. */
export function AttackList({ tags }: { tags: string[] }) {
  const { t } = useTranslation();
  const read = useCan()('rule.read');
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
          {tactics.map((tag) => read
            ? <Link key={tag} className="tag accent" to="/rules" search={{ tactic: tacticOf(tag) }} title={t('why.attack.rules')}>{tactic(tag)}</Link>
            : <span key={tag} className="tag accent">{tactic(tag)}</span>)}
        </li>
      )}
      {techniques.map((tag) => {
        const id = tagName(tag);
        const [over] = id.split('.');
        const above = over && over !== id ? nameOf(over) : '';
        const text = <><code>{id}</code> {above && <span className="soft">{above}{t('why.attack.of')}</span>}{nameOf(id)}</>;
        return <li key={tag}>{read ? <Link to="/rules" search={{ technique: id }} title={t('why.attack.rules')}>{text}</Link> : text}</li>;
      })}
      {others.length > 0 && <li className="row tight">{others.map((tag) => <span key={tag} className="tag"><Untrusted value={tagName(tag)} /></span>)}</li>}
    </ul>
  );
}
