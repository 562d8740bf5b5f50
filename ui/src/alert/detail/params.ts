import { text } from '../../kit/params';

/** What of an alert is shown, as the URL has it. */
export interface AlertPageParams {
  /** The firing that is explained, by the id of its event. */
  event?: string;
  /** Whether an exception is being drafted from it. */
  except?: true;
}

export function alertPageParams(search: Record<string, unknown>): AlertPageParams {
  return { event: text(search.event, 64), except: search.except === true || search.except === 'true' || undefined };
}
