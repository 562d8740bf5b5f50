import { useCallback, useMemo, type Ref } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlatEvent } from '../client';
import { rowHeight, useDensity } from '../kit/density';
import { asText } from '../kit/fields';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { Value } from '../kit/value-menu';
import { VirtualTable, type VirtualColumn, type VirtualHandle } from '../kit/virtual-table';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { cellText, columnWidth, moved, narrowest, toggled } from './columns';

interface Props {
  events: FlatEvent[];
  more: { has: boolean; load: () => void };
  columns: string[];
  setColumns: (columns: string[]) => void;
  wrap: boolean;
  active: number;
  onActive: (index: number) => void;
  open: (event: FlatEvent) => void;
  handle?: Ref<VirtualHandle>;
  busy?: boolean;
}

const wrapped = 60; // px of a row that shows three lines
const ahead = 60; // rows before the end at which the next page is fetched
const shownInCell = 1200; // characters; the record shows the rest

/** Events as rows of chosen columns, however many; the next page is fetched before its rows are seen. */
export function EventTable({ events, more, columns, setColumns, wrap, active, onActive, open, handle, busy }: Props) {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const density = useDensity();
  const someTenant = !tenant && events.some((event) => event['isoc.tenant'] !== undefined);
  const shown = useMemo(() => {
    const list: VirtualColumn<FlatEvent>[] = [
      { key: '@timestamp', title: t('search.time'), width: '176px', render: (event) => <span className="mono"><At at={asText(event['@timestamp'])} fine /></span> },
    ];
    if (someTenant) list.push({ key: 'isoc.tenant', title: t('kit.tenant'), width: 'minmax(140px, .6fr)', render: (event) => <TenantName id={asText(event['isoc.tenant'])} /> });
    columns.forEach((field, i) => list.push({
      key: field,
      width: columnWidth(field),
      title: <Title field={field} first={i === 0} last={i === columns.length - 1} columns={columns} setColumns={setColumns} />,
      render: (event) => <Cell event={event} field={field} />,
    }));
    return list;
  }, [columns, setColumns, someTenant, t]);
  const seen = useCallback((_: number, end: number) => {
    if (more.has && end > events.length - ahead) more.load();
  }, [events.length, more]);
  return (
    <div className={wrap ? 'events wrapped' : 'events'} style={{ '--events-min': `${176 + (someTenant ? 90 : 0) + narrowest(columns)}px` } as React.CSSProperties}>
      <VirtualTable
        label={t('search.title')}
        columns={shown}
        count={events.length + (more.has ? 20 : 0)}
        row={(index) => events[index]}
        rowHeight={wrap ? wrapped : rowHeight[density]}
        active={active}
        onActive={onActive}
        onSeen={seen}
        open={open}
        onClick={open}
        handle={handle}
        busy={busy}
      />
    </div>
  );
}

function Cell({ event, field }: { event: FlatEvent; field: string }) {
  const text = cellText(event, field);
  if (text === '') return <span className="faint">–</span>;
  const short = text.slice(0, shownInCell);
  if (field === 'message' || field === 'event.original') return <span className="mono cell-text"><Untrusted value={short} /></span>;
  return (
    <code className="cell-text">
      <Value field={field} value={text} tenant={asText(event['isoc.tenant'])} at={asText(event['@timestamp'])} untabbed><Untrusted value={short} /></Value>
    </code>
  );
}

function Title({ field, first, last, columns, setColumns }: { field: string; first: boolean; last: boolean } & Pick<Props, 'columns' | 'setColumns'>) {
  const { t } = useTranslation();
  const act = (sign: string, label: string, next: string[]) => (
    <button type="button" className="act" title={label} aria-label={label} onClick={() => setColumns(next)}>{sign}</button>
  );
  return (
    <span className="column-title">
      <span className="clip"><Untrusted value={field} /></span>
      <span className="column-acts">
        {!first && act('←', t('search.left'), moved(columns, field, -1))}
        {!last && act('→', t('search.right'), moved(columns, field, 1))}
        {act('×', t('search.noColumn'), toggled(columns, field))}
      </span>
    </span>
  );
}
