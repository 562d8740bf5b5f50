import { text } from '../kit/params';

/** Which source is open for editing, as the URL has it; "new" is one to be made. */
export interface SourceParams {
  edit?: string;
}

export function sourceParams(search: Record<string, unknown>): SourceParams {
  return { edit: text(search.edit, 64) };
}
