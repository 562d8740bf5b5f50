import { oneOf, text } from '../../kit/params';
import { templates, type Template } from './templates';

export const editorTabs = ['samples', 'feeds', 'dry', 'shadow', 'versions'] as const;

/** What the editor shows, as the URL has it. */
export interface EditorParams {
  tab?: (typeof editorTabs)[number];
  /** What a new rule begins as. */
  kind?: Template;
  /** The rule that a new one begins as a copy of. */
  from?: string;
}

export function editorParams(search: Record<string, unknown>): EditorParams {
  return { tab: oneOf(search.tab, editorTabs), kind: oneOf(search.kind, templates), from: text(search.from, 128) };
}
