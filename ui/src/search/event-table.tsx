import { useTranslation } from 'react-i18next';
import type { FlatEvent } from '../client';
import { CopyButton } from '../kit/copy';
import { DataTable, type Column } from '../kit/data-table';
import { asText, Fields } from '../kit/fields';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { and, filter } from './logsql';

interface More {
  has: boolean;
  busy: boolean;
  load: () => void;
}

interface Props {
  events: FlatEvent[];
  query: string;
  refine: (query: string) => void;
  more: More;
}

/** Events, newest first; each opens to its fields and to the record as it was received. */
export function EventTable({ events, query, refine, more }: Props) {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const columns: Column<FlatEvent>[] = [
    { key: 'time', title: t('search.time'), kind: 'min', render: (row) => <At at={asText(row['@timestamp'])} fine /> },
  ];
  if (!tenant && events.some((event) => event['isoc.tenant'])) {
    columns.push({ key: 'tenant', title: t('kit.tenant'), kind: 'min', wideOnly: true, render: (row) => <TenantName id={asText(row['isoc.tenant'])} /> });
  }
  columns.push(
    { key: 'dataset', title: t('search.dataset'), kind: 'min', wideOnly: true, render: (row) => <span className="soft"><Untrusted value={asText(row['event.dataset'])} /></span> },
    { key: 'host', title: t('search.host'), kind: 'min', wideOnly: true, render: (row) => <code><Untrusted value={asText(row['host.name'])} /></code> },
    { key: 'message', title: t('search.message'), kind: 'wide', render: (row) => <span className="mono lines"><Untrusted value={line(row)} /></span> },
  );
  return (
    <DataTable
      label={t('search.title')}
      columns={columns}
      rows={events}
      rowKey={(row) => asText(row['event.id']) || JSON.stringify(row)}
      expand={(row) => <Record event={row} query={query} refine={refine} />}
      more={more}
      empty={null}
    />
  );
}

function line(event: FlatEvent): string {
  return asText(event['message']) || asText(event['event.original']);
}

function Record({ event, query, refine }: { event: FlatEvent; query: string; refine: (query: string) => void }) {
  const { t } = useTranslation();
  const raw = asText(event['event.original']);
  return (
    <div className="stack">
      {raw && (
        <div>
          <div className="row tight"><span className="soft">{t('search.raw')}</span><CopyButton value={raw} /></div>
          <p className="raw"><Untrusted value={raw} /></p>
        </div>
      )}
      <Fields
        event={event}
        actions={(field, value) => field !== '@timestamp' && (
          <>
            <button type="button" className="act" title={t('search.keep')} aria-label={t('search.keep')} onClick={() => refine(and(query, filter(field, value, true)))}>+</button>
            <button type="button" className="act" title={t('search.drop')} aria-label={t('search.drop')} onClick={() => refine(and(query, filter(field, value, false)))}>−</button>
          </>
        )}
      />
    </div>
  );
}

/** Rows of a calculation: its own columns, as they come. */
export function RowTable({ rows, more }: { rows: FlatEvent[]; more: More }) {
  const { t } = useTranslation();
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, 50);
  return (
    <DataTable
      label={t('search.title')}
      columns={names.map((name) => ({ key: name, title: <Untrusted value={name} />, render: (row: FlatEvent) => <code><Untrusted value={asText(row[name])} /></code> }))}
      rows={rows}
      rowKey={(row) => JSON.stringify(row)}
      more={more}
      empty={null}
    />
  );
}
