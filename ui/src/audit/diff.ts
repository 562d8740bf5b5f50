/** One field of an object before and after a change; undefined where it was not there. */
export interface Difference {
  field: string;
  before: string | undefined;
  after: string | undefined;
  changed: boolean;
}

/** Two states of an object, as the audit trail keeps them, field by field: what changed first, then what stayed. */
export function differences(before: string, after: string): Difference[] {
  const old = fields(before);
  const fresh = fields(after);
  const all = [...new Set([...old.keys(), ...fresh.keys()])].map((field): Difference => {
    const was = old.get(field);
    const is = fresh.get(field);
    return { field, before: was, after: is, changed: was !== is };
  });
  return [...all.filter((each) => each.changed), ...all.filter((each) => !each.changed)];
}

function fields(json: string): Map<string, string> {
  const found = new Map<string, string>();
  if (json === '') return found;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = json;
  }
  gather(value, '', found);
  return found;
}

function gather(value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, each] of Object.entries(value)) gather(each, path ? `${path}.${key}` : key, into);
    return;
  }
  into.set(path || '–', typeof value === 'string' ? value : JSON.stringify(value));
}
