import correlation from './templates/correlation.yml?raw';
import event from './templates/event.yml?raw';
import filter from './templates/filter.yml?raw';
import sequence from './templates/sequence.yml?raw';

/** What a rule can begin as. */
export const templates = ['event', 'correlation', 'sequence', 'filter'] as const;
export type Template = (typeof templates)[number];

const texts: Record<Template, string> = { event, correlation, sequence, filter };

/** A text to begin with: it compiles as it is, so that every error is the writer's own. */
export function template(kind: Template, newId: () => string = () => crypto.randomUUID(), now = new Date()): string {
  return texts[kind].replaceAll('$ID', newId).replaceAll('$DATE', now.toISOString().slice(0, 10));
}

/** A text under an id of its own, for a copy of a rule. Ids of further documents are given anew too. */
export function copyOf(source: string, newId: () => string = () => crypto.randomUUID()): string {
  const renamed = new Map<string, string>();
  let text = source.replace(/^id:[ \t]*(["']?)([^\s"'#]+)\1/gm, (_, __, id: string) => {
    const fresh = newId();
    renamed.set(id, fresh);
    return `id: ${fresh}`;
  });
  for (const [old, fresh] of renamed) text = text.replaceAll(new RegExp(`^(\\s*-\\s+)${old.replace(/[^\w-]/g, '\\$&')}\\s*$`, 'gm'), `$1${fresh}`);
  return text.replace(/^title:[ \t]*(.*)$/m, (_, title: string) => `title: ${/^["']/.test(title) ? title.replace(/["']\s*$/, (end) => ` (copy)${end}`) : `${title.trimEnd()} (copy)`}`);
}
