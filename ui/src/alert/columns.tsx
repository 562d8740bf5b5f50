import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Alert } from '../client';
import { count } from '../kit/number';
import { preference } from '../kit/preference';
import { Severity } from '../kit/severity';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { Value } from '../kit/value-menu';
import type { VirtualColumn } from '../kit/virtual-table';
import { useRuleWords } from '../rule/words';
import { TenantName } from '../tenancy/band';
import type { AlertGroup } from './desk-api';
import type { Failure } from './judge';
import type { Grouping, Sort } from './params';
import { Backfilled, StateTag } from './state';
import { isGroup, type Line } from './use-desk';

/** Columns beside the title, the most telling first: what does not fit is left out from the end. Whose alert it is goes last of all. */
export const optional = ['level', 'tenant', 'risk', 'state', 'host', 'last', 'source_ip', 'user', 'assignee', 'count', 'raised', 'source'] as const;
export type ColumnName = (typeof optional)[number];

const usual: readonly ColumnName[] = optional.filter((name) => name !== 'source');
// The order on the screen.
const order: readonly (ColumnName | 'title')[] = ['level', 'risk', 'title', 'host', 'source_ip', 'user', 'tenant', 'source', 'state', 'assignee', 'count', 'last', 'raised'];
const widths: Record<ColumnName, number> = {
  level: 88, risk: 62, host: 112, source_ip: 118, user: 98, tenant: 148, source: 120, state: 114, assignee: 80, count: 54, last: 92, raised: 92,
};
const titleWidth = 190;

const shown = preference<readonly ColumnName[]>({
  key: 'isoc.alert.columns',
  read: (stored) => (stored === null ? usual : optional.filter((name) => stored.split(',').includes(name))),
  write: (names) => (names === usual ? null : names.join(',')),
});

export const setColumns = shown.set;
export const useShownColumns = shown.use;

/** The chosen columns that fit into so many pixels. What the list is ordered by is always shown. */
export function fitting(chosen: readonly ColumnName[], width: number, manyTenants: boolean, grouped: Grouping | undefined, sort: Sort): ColumnName[] {
  let room = width - titleWidth - 30;
  const by: ColumnName = sort === 'newest' && !grouped ? 'raised' : 'risk';
  return [by, ...optional.filter((name) => name !== by)].filter((name) => {
    if ((!chosen.includes(name) && name !== by) || (name === 'tenant' && !manyTenants) || name === grouped) return false;
    room -= widths[name];
    return room >= 0;
  });
}

interface Options {
  names: readonly ColumnName[];
  narrow: boolean;
  manyTenants: boolean;
  by: Grouping | undefined;
  sort: Sort;
  setSort: (sort: Sort) => void;
  failures: ReadonlyMap<string, Failure>;
}

/** How the rows of the list look. */
export function useColumns({ names, narrow, manyTenants, by, sort, setSort, failures }: Options): VirtualColumn<Line>[] {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  return useMemo(() => {
    const title: VirtualColumn<Line> = {
      key: 'title',
      title: t('alert.alert'),
      width: `minmax(${titleWidth}px, 1fr)`,
      render: (line) => (isGroup(line) ? <GroupTitle group={line} by={by!} /> : <Title row={line} failure={failures.get(line.id)} indent={by !== undefined} />),
    };
    if (narrow) {
      return [{ ...title, width: 'minmax(0, 1fr)', render: (line: Line) => (isGroup(line) ? <GroupTitle group={line} by={by!} /> : <TwoLines row={line} manyTenants={manyTenants} failure={failures.get(line.id)} />) }];
    }
    const cells: Record<ColumnName, Omit<VirtualColumn<Line>, 'key' | 'width'>> = {
      level: { title: t('alert.level'), render: (line) => <Severity level={isGroup(line) ? line.worst_level : line.rule.level} /> },
      risk: {
        title: t('triage.column.risk'),
        kind: 'number',
        sort: sort === 'risk' || by ? 'descending' : 'none',
        onSort: by ? undefined : () => setSort(sort === 'risk' ? 'newest' : 'risk'),
        render: (line) => <Risk of={line.risk} />,
      },
      host: { title: t('triage.column.host'), render: (line) => <Entity line={line} field="host.name" /> },
      source_ip: { title: t('triage.column.sourceIp'), render: (line) => <Entity line={line} field="source.ip" /> },
      user: { title: t('triage.column.user'), render: (line) => <Entity line={line} field="user.name" /> },
      tenant: { title: t('kit.tenant'), render: (line) => !isGroup(line) && <TenantName id={line.tenant} /> },
      source: { title: t('triage.column.source'), render: (line) => !isGroup(line) && <Untrusted value={line.source.name} /> },
      state: { title: t('alert.stateTitle'), render: (line) => (isGroup(line) ? <Open group={line} /> : <StateTag state={line.state} verdict={line.verdict} />) },
      assignee: { title: t('alert.assignee'), render: (line) => !isGroup(line) && <span title={line.assignee}>{line.assignee_name || line.assignee}</span> },
      count: { title: t('alert.count'), kind: 'number', render: (line) => !isGroup(line) && count(line.count, language) },
      last: { title: t('alert.last'), render: (line) => <span className="soft"><Ago at={line.last_at} /></span> },
      raised: {
        title: t('triage.column.raised'),
        sort: sort === 'newest' && !by ? 'descending' : 'none',
        onSort: by ? undefined : () => setSort(sort === 'newest' ? 'risk' : 'newest'),
        render: (line) => !isGroup(line) && <span className="soft"><Ago at={line.created_at} /></span>,
      },
    };
    return order.filter((name) => name === 'title' || names.includes(name))
      .map((name) => (name === 'title' ? title : { key: name, width: `${widths[name]}px`, ...cells[name] }));
  }, [t, language, names, narrow, manyTenants, by, sort, setSort, failures]);
}

function Title({ row, failure, indent }: { row: Alert; failure: Failure | undefined; indent?: boolean }) {
  const words = useRuleWords();
  const title = words.title(row.rule);
  return (
    <span className={`alert-title ${indent ? 'indent' : ''}`}>
      <Link className="row-link" to="/alerts/$id" params={{ id: row.id }} tabIndex={-1} preload={false} title={title} onClick={leaveToRow}><Untrusted value={title} /></Link>
      <Backfilled by={row.backfilled_by} />
      {failure && <span className="row-failure" title={failure.detail}>⚠ {failure.detail}</span>}
    </span>
  );
}

function leaveToRow(event: React.MouseEvent) {
  if (!event.ctrlKey && !event.metaKey && !event.shiftKey) event.preventDefault();
}

function TwoLines({ row, manyTenants, failure }: { row: Alert; manyTenants: boolean; failure: Failure | undefined }) {
  const entity = row.entities.find(({ field }) => field === 'host.name') ?? row.entities[0];
  return (
    <span className="two-lines">
      <span className="first"><Severity level={row.rule.level} bare /><Title row={row} failure={failure} /><Risk of={row.risk} /></span>
      <span className="second soft">
        <StateTag state={row.state} verdict={row.verdict} />
        {entity && <code className="clip"><Untrusted value={entity.value} /></code>}
        {manyTenants && <TenantName id={row.tenant} />}
        <span className="grow" />
        {row.count > 1 && <span>×{row.count}</span>}
        <Ago at={row.last_at} />
      </span>
    </span>
  );
}

function Risk({ of }: { of: number }) {
  return <span className={`risk ${of >= 80 ? 'critical' : of >= 60 ? 'high' : ''}`}>{of}</span>;
}

/** The first value of a field, and how many more there are. */
function Entity({ line, field }: { line: Line; field: string }) {
  if (isGroup(line)) return null;
  const values = line.entities.filter((entity) => entity.field === field);
  const first = values[0];
  if (!first) return null;
  return (
    <span className="entity-cell">
      <code className="clip"><Value field={field} value={first.value} tenant={line.tenant} at={line.last_at} untabbed /></code>
      {values.length > 1 && <span className="faint" title={values.map(({ value }) => value).join('\n')}>+{values.length - 1}</span>}
    </span>
  );
}

function GroupTitle({ group, by }: { group: AlertGroup; by: Grouping }) {
  const { t, i18n } = useTranslation();
  const label = i18n.language === 'zh-CN' && group.label_zh ? group.label_zh : group.label;
  return (
    <span className="group-title">
      <span className="fold" aria-hidden="true" />
      {by === 'tenant' ? <TenantName id={group.key} /> : <b className="clip">{label ? <Untrusted value={label} /> : t('triage.group.none')}</b>}
      <span className="faint">{t('triage.group.count', { count: group.count, shown: count(group.count, i18n.language) })}</span>
    </span>
  );
}

function Open({ group }: { group: AlertGroup }) {
  const { t, i18n } = useTranslation();
  return <span className="soft">{t('triage.group.open', { shown: count(group.open, i18n.language) })}</span>;
}
