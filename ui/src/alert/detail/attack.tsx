import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCan } from '../../identity/session';
import { Untrusted } from '../../kit/untrusted';
import { isTechnique, tacticOf, tagName, useTacticName } from '../../rule/tags';

interface Names {
  en: Record<string, string>;
  zh: Record<string, string>;
}

// The names are a file of their own, loaded where they are shown.
const namesQuery = {
  queryKey: ['attack', 'names'],
  queryFn: async () => (await import('../../rule/techniques.json')).default as Names,
  staleTime: Infinity,
};

/** The rule's place in ATT&CK: tactics and techniques by number and name; a technique opens the rules that have it too. */
export function Attack({ tags }: { tags: string[] }) {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const tactic = useTacticName();
  const names = useQuery(namesQuery).data;
  const tactics = tags.filter((tag) => tacticOf(tag));
  const techniques = tags.filter(isTechnique);
  const others = tags.filter((tag) => !tacticOf(tag) && !isTechnique(tag));
  if (tags.length === 0) return null;
  const nameOf = (id: string) => (i18n.language === 'zh-CN' ? names?.zh[id] : undefined) ?? names?.en[id] ?? '';
  return (
    <section className="section">
      <h2>ATT&amp;CK</h2>
      <ul className="attack">
        {tactics.length > 0 && <li><span className="faint">{t('why.attack.tactic')}</span> {tactics.map((tag) => <span key={tag} className="tag accent">{tactic(tag)}</span>)}</li>}
        {techniques.map((tag) => {
          const id = tagName(tag);
          const [over] = id.split('.');
          const above = over && over !== id ? nameOf(over) : '';
          const text = <><code>{id}</code> {above && <span className="soft">{above}{t('why.attack.of')}</span>}{nameOf(id)}</>;
          return (
            <li key={tag}>
              {can('rule.read') ? <Link to="/rules" search={{ q: tag }} title={t('why.attack.rules')}>{text}</Link> : text}
            </li>
          );
        })}
        {others.length > 0 && <li className="row tight">{others.map((tag) => <span key={tag} className="tag"><Untrusted value={tagName(tag)} /></span>)}</li>}
      </ul>
    </section>
  );
}
