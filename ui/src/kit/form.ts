import type { FormInstance } from 'antd';
import { Problem } from '../client/problem';

/**
 * Shows what the server refused at the fields it names ("body.name", "body.senders[0]"). It reports whether every
 * complaint found its field; if not, the caller shows the words too.
 */
export function blame(form: FormInstance, error: unknown): boolean {
  if (!(error instanceof Problem) || error.fields.length === 0) return false;
  const known = new Set(Object.keys(form.getFieldsValue() as object));
  const byField = new Map<string, string[]>();
  let all = true;
  for (const { location, message } of error.fields) {
    const name = /^body\.([a-z_]+)/.exec(location)?.[1];
    if (!name || !known.has(name)) {
      all = false;
      continue;
    }
    byField.set(name, [...(byField.get(name) ?? []), message]);
  }
  form.setFields([...byField].map(([name, errors]) => ({ name, errors })));
  return all;
}
