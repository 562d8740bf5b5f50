import { oneOf } from '../kit/params';
import { steps, type Step } from './queries';

/** Which step of the first run is shown; none means the one to do next. */
export function setupParams(search: Record<string, unknown>): { step?: Step } {
  return { step: oneOf(search.step, steps) };
}
