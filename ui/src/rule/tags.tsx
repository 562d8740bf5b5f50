import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCan } from '../identity/session';
import { Untrusted } from '../kit/untrusted';
import { tactics, type Tactic } from './params';

/** A rule's tags; ATT&CK techniques and tactics as the trade writes them: T1110.001, Credential access. These open the rules that have them. */
export function RuleTags({ tags }: { tags: string[] }) {
  const name = useTacticName();
  const read = useCan()('rule.read');
  return tags.map((tag) => {
    const tactic = tacticOf(tag);
    const text = <Untrusted value={name(tag)} />;
    const look = `tag ${tag.startsWith('attack.') ? 'accent' : ''}`;
    if (!read || (!tactic && !isTechnique(tag))) return <span key={tag} className={look} title={tag}>{text}</span>;
    return <Link key={tag} className={look} title={tag} to="/rules" search={tactic ? { tactic } : { technique: tagName(tag) }}>{text}</Link>;
  });
}

/** A tactic by its name in the page's language; any other tag as it is written. */
export function useTacticName(): (tag: string) => string {
  const { t } = useTranslation();
  return (tag) => {
    const tactic = tacticOf(tag);
    return tactic ? t(`rule.tactics.${tactic}`) : tagName(tag);
  };
}

export function isTechnique(tag: string): boolean {
  return /^attack\.t\d{4}(\.\d{3})?$/i.test(tag);
}

/** The tactic that a tag names, written with a dash or an underscore. */
export function tacticOf(tag: string): Tactic | undefined {
  const name = /^attack\.(.+)$/.exec(tag)?.[1]?.replaceAll('-', '_');
  return tactics.find((tactic) => tactic === name);
}

export function tagName(tag: string): string {
  const name = /^attack\.(.+)$/.exec(tag)?.[1];
  if (!name) return tag;
  return /^[tsg]\d{4}(\.\d{3})?$/i.test(name) ? name.toUpperCase() : name.replace(/[_-]/g, ' ');
}
