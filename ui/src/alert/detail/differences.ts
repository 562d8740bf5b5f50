import type { AlertEvidence } from '../../client';
import { asText } from '../../kit/fields';

/** A field whose value is not the same in all firings. */
export interface Difference {
  field: string;
  /** Values with the firings that have them, the commonest first; an empty text is an absent field. */
  values: { value: string; count: number }[];
}

// Fields that differ by nature and tell nothing.
const idle = /^(@timestamp|event\.(id|sequence|ingested|original|created|start|end|duration|hash)|message|isoc\..*|.*(\.|_)(record_id|entity_id|guid|activity_id)|winlog\.event_data\.(UtcTime|.*Guid|.*GUID|RecordNumber|LogonId|ProcessId|ThreadId)|winlog\.process\..*|winlog\.record_id|log\.offset|process\.pid|process\.thread\.id|winlog\.event_data\..*(ProcessId|ThreadId))$/;

const most = 12;

/** What varies between the firings that are kept, the most telling first: fields of few values before fields of many. */
export function differences(evidence: AlertEvidence[]): Difference[] {
  const events = evidence.flatMap((each) => (each.event ? [each.event] : []));
  if (events.length < 2) return [];
  const names = new Set(events.flatMap((event) => Object.keys(event)));
  const out: Difference[] = [];
  for (const field of names) {
    if (idle.test(field)) continue;
    const counts = new Map<string, number>();
    for (const event of events) {
      const value = asText(event[field]);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    if (counts.size < 2) continue;
    out.push({ field, values: [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count) });
  }
  return unlike(out.sort((a, b) => rank(a) - rank(b) || a.values.length - b.values.length || (a.field < b.field ? -1 : 1))).slice(0, most);
}

const first = ['source.ip', 'user.name', 'host.name', 'process.command_line', 'destination.ip', 'url.original', 'file.path', 'dns.question.name'];

function rank(difference: Difference): number {
  const at = first.indexOf(difference.field);
  return at < 0 ? first.length : at;
}

// The vendor's field and the ECS field made of it differ in the same way; the first stands for both.
function unlike(all: Difference[]): Difference[] {
  const seen = new Set<string>();
  return all.filter(({ values }) => {
    const key = JSON.stringify(values);
    return !seen.has(key) && Boolean(seen.add(key));
  });
}
