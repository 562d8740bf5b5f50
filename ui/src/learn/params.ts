import { oneOf, text } from '../kit/params';

export const states = ['open', 'approved', 'rejected'] as const;

/** The list of proposals as the URL has it. */
export interface ProposalsParams {
  state?: (typeof states)[number];
  source?: string;
}

export function proposalsParams(search: Record<string, unknown>): ProposalsParams {
  return { state: oneOf(search.state, states), source: text(search.source, 64) };
}

/** One proposal: the format and the field that are looked at. */
export interface ProposalParams {
  format?: string;
  field?: string;
  /** The field is being changed. */
  edit?: true;
  /** The text of the pack to be is unfolded. */
  text?: true;
}

export function proposalParams(search: Record<string, unknown>): ProposalParams {
  const yes = (value: unknown) => (value === true || value === 'true' ? true as const : undefined);
  return { format: text(search.format, 200), field: text(search.field, 400), edit: yes(search.edit), text: yes(search.text) };
}
