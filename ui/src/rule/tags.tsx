import { useTranslation } from 'react-i18next';
import { Untrusted } from '../kit/untrusted';

// The tactics of ATT&CK for Enterprise, which have names in every language; techniques go by number.
const tactics = [
  'reconnaissance', 'resource_development', 'initial_access', 'execution', 'persistence', 'privilege_escalation', 'defense_evasion',
  'credential_access', 'discovery', 'lateral_movement', 'collection', 'command_and_control', 'exfiltration', 'impact',
] as const;

/** A rule's tags; ATT&CK techniques and tactics as the trade writes them: T1110.001, Credential access. */
export function RuleTags({ tags }: { tags: string[] }) {
  const name = useTacticName();
  return tags.map((tag) => (
    <span key={tag} className={`tag ${tag.startsWith('attack.') ? 'accent' : ''}`} title={tag}><Untrusted value={name(tag)} /></span>
  ));
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
export function tacticOf(tag: string): (typeof tactics)[number] | undefined {
  const name = /^attack\.(.+)$/.exec(tag)?.[1]?.replaceAll('-', '_');
  return tactics.find((tactic) => tactic === name);
}

export function tagName(tag: string): string {
  const name = /^attack\.(.+)$/.exec(tag)?.[1];
  if (!name) return tag;
  return /^[tsg]\d{4}(\.\d{3})?$/i.test(name) ? name.toUpperCase() : name.replace(/[_-]/g, ' ');
}
