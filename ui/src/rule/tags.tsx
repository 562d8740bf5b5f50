import { Untrusted } from '../kit/untrusted';

/** A rule's tags; ATT&CK techniques and tactics as the trade writes them: T1110.001, credential access. */
export function RuleTags({ tags }: { tags: string[] }) {
  return tags.map((tag) => (
    <span key={tag} className={`tag ${tag.startsWith('attack.') ? 'accent' : ''}`} title={tag}><Untrusted value={tagName(tag)} /></span>
  ));
}

export function tagName(tag: string): string {
  const name = /^attack\.(.+)$/.exec(tag)?.[1];
  if (!name) return tag;
  return /^[tsg]\d{4}(\.\d{3})?$/i.test(name) ? name.toUpperCase() : name.replace(/[_-]/g, ' ');
}
