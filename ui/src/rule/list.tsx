import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../client';
import { isProvider, useCan, useMe } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { revealed } from '../kit/reveal';
import { SearchField } from '../kit/search-field';
import { isLevel, levels, Severity } from '../kit/severity';
import { Empty } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { statuses, type RuleParams } from './params';
import { packsQuery, rulesQuery } from './queries';
import { RuleTags } from './tags';
import { useRuleWords } from './words';

const route = getRouteApi('/shell/rules');

export function RuleList() {
  const { t, i18n } = useTranslation();
  const { q, level, status, pack } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(rulesQuery({ q, level, status, pack }));
  const first = list.data?.pages[0];
  return (
    <Page title={t('rule.title')} count={first && t('kit.rows', { count: first.total, shown: count(first.total, i18n.language) })}>
      <Filters />
      <DataTable
        label={t('rule.title')}
        columns={useColumns()}
        rows={list.data?.pages.flatMap((page) => page.items)}
        rowKey={(row) => `${row.pack}/${row.id}`}
        error={list.error}
        retry={() => void list.refetch()}
        open={(row) => void navigate({ to: '/rules/$id', params: { id: row.id } })}
        more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
        empty={
          <Empty title={t('rule.none')}>
            <Button size="small" onClick={() => void navigate({ search: ({ tenant }) => ({ tenant }) })}>{t('kit.clearFilters')}</Button>
          </Empty>
        }
      />
    </Page>
  );
}

function Filters() {
  const { t } = useTranslation();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const can = useCan();
  const provider = isProvider(useMe());
  const packs = useQuery({ ...packsQuery, enabled: provider && can('rule.read') });
  const set = useCallback(
    (change: RuleParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }),
    [navigate],
  );
  const find = useCallback((q: string) => set({ q: q || undefined }), [set]);
  return (
    <div className="row">
      <SearchField value={params.q ?? ''} onChange={find} label={t('rule.find')} />
      <Select
        allowClear
        className="filter"
        aria-label={t('alert.level')}
        placeholder={t('alert.anyLevel')}
        value={params.level && isLevel(params.level) ? params.level : undefined}
        onChange={(level: string | undefined) => set({ level })}
        options={levels.map((level) => ({ value: level, label: <Severity level={level} /> }))}
      />
      <Select
        allowClear
        className="filter"
        aria-label={t('rule.statusTitle')}
        placeholder={t('rule.anyStatus')}
        value={params.status}
        onChange={(status: RuleParams['status']) => set({ status })}
        options={statuses.map((status) => ({ value: status, label: t(`rule.status.${status}`) }))}
      />
      {packs.data && (
        <Select
          allowClear
          className="filter"
          aria-label={t('rule.pack')}
          placeholder={t('rule.anyPack')}
          value={params.pack}
          onChange={(pack: string | undefined) => set({ pack })}
          options={packs.data.items.filter((pack) => pack.active).map((pack) => ({ value: pack.id, label: revealed(pack.name) }))}
        />
      )}
    </div>
  );
}

export function useStatusName(): (status: string) => string {
  const { t } = useTranslation();
  return (status) => {
    const known = statuses.find((each) => each === status);
    return known ? t(`rule.status.${known}`) : revealed(status);
  };
}

function useColumns(): Column<Rule>[] {
  const { t } = useTranslation();
  const statusName = useStatusName();
  const words = useRuleWords();
  return [
    { key: 'level', title: t('alert.level'), kind: 'min', render: (row) => <Severity level={row.level} /> },
    {
      key: 'title',
      title: t('rule.rule'),
      kind: 'wide',
      render: (row) => (
        <Link to="/rules/$id" params={{ id: row.id }}><Untrusted value={words.title(row)} /></Link>
      ),
    },
    { key: 'source', title: t('rule.logsource'), wideOnly: true, render: (row) => <span className="soft"><Untrusted value={logSource(row)} /></span> },
    {
      key: 'tags',
      title: 'ATT&CK',
      wideOnly: true,
      render: (row) => <span className="row tight"><RuleTags tags={row.tags.filter((tag) => /^attack\.t\d/i.test(tag)).slice(0, 3)} /></span>,
    },
    { key: 'pack', title: t('rule.pack'), kind: 'min', wideOnly: true, render: (row) => <Untrusted value={row.pack_name} /> },
    { key: 'status', title: t('rule.statusTitle'), kind: 'min', render: (row) => statusName(row.status) },
  ];
}

export function logSource({ logsource }: Rule): string {
  return [logsource.product, logsource.category, logsource.service].filter(Boolean).join(' / ');
}
