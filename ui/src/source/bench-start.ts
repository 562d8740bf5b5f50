import { useQuery } from '@tanstack/react-query';
import { parserQuery } from '../parser/queries';
import type { BenchParams } from '../parser/params';
import { recordsQuery } from '../inbox/queries';
import { recordQuery } from '../search/queries';
import { useScope } from '../tenancy/scope';
import { latestQuery } from './queries';

const recent = 20; // records of a source or of a group of the inbox

interface Start {
  /** One record a line; undefined while it is fetched. */
  text?: string;
  error?: unknown;
  retry?: () => void;
}

/** The lines that an address of the test bench names: samples of a pack, records of a source or of the inbox, one event; else none. */
export function useStart({ pack, sample, source, group, event }: BenchParams): Start {
  const { tenant } = useScope();
  const ofPack = useQuery({ ...parserQuery(pack ?? '', undefined), enabled: pack !== undefined, select: ({ sample_list: list }) => list.map(({ raw }) => raw) });
  const ofSource = useQuery({
    ...latestQuery(tenant?.id ?? '', source ?? '', recent), enabled: source !== undefined && tenant !== undefined, select: ({ items }) => items.map(({ raw }) => raw), staleTime: Infinity,
  });
  const ofGroup = useQuery({ ...recordsQuery(group ?? ''), enabled: group !== undefined, select: ({ items }) => items.map(({ raw }) => raw), staleTime: Infinity });
  const question = { tenants: tenant ? [tenant.slug] : undefined, query: '', from: undefined, to: undefined };
  const ofEvent = useQuery({ ...recordQuery(question, event ?? ''), enabled: event !== undefined, select: (found) => (found ? [String(found['event.original'] ?? found['message'] ?? '')] : []) });
  const asked = pack ? ofPack : source && tenant ? ofSource : group ? ofGroup : event ? ofEvent : undefined;
  if (!asked) return { text: '' };
  if (asked.error) return { error: asked.error, retry: () => void asked.refetch() };
  if (!asked.data) return {};
  const at = Number(sample) - 1;
  const lines = pack && asked.data[at] !== undefined ? [asked.data[at]] : asked.data;
  return { text: lines.map((line) => line.replace(/[\r\n]+/g, ' ').trim()).join('\n') };
}
