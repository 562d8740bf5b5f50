import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { LostCoverage, Source, SourcesPage } from '../client';
import { findTenant, useMe } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { count } from '../kit/number';
import { Section } from '../kit/page';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { SourceState, useReasons } from '../source/state';
import { TenantName } from '../tenancy/band';
import { SourcesLink } from './links';

const shown = 8;
const troubled = ['silent', 'degraded', 'never'];

/** The log sources that something is wrong with, the most pressing first; nothing where nothing is. */
export function Blind({ page, lost, several }: { page: SourcesPage; lost: LostCoverage[] | undefined; several: boolean }) {
  const { t, i18n } = useTranslation();
  const all = page.items.filter((each) => troubled.includes(each.health.state)); // the server has the most pressing first
  const columns = useColumns(several, lost);
  if (all.length === 0) return null;
  return (
    <Section
      title={t('overview.blind.title')}
      extra={all.length > shown && <SourcesLink>{t('overview.blind.all', { count: all.length, shown: count(all.length, i18n.language) })}</SourcesLink>}
    >
      <DataTable still label={t('overview.blind.title')} columns={columns} rows={all.slice(0, shown)} rowKey={(row) => row.id} empty={null} />
    </Section>
  );
}

function useColumns(several: boolean, lost: LostCoverage[] | undefined): Column<Source>[] {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const reasons = useReasons();
  const slug = (row: Source) => findTenant(me, row.tenant)?.slug ?? row.tenant;
  const columns: Column<Source>[] = [
    { key: 'state', title: t('overview.blind.state'), kind: 'min', render: (row) => <SourceState state={row.health.state} /> },
    { key: 'name', title: t('source.name'), kind: 'wide', render: (row) => <Link to="/sources/$id" params={{ id: row.id }} search={{ tenant: slug(row) }}><Untrusted value={row.name} /></Link> },
  ];
  if (several) columns.push({ key: 'tenant', title: t('kit.tenant'), kind: 'min', wideOnly: true, render: (row) => <TenantName id={row.tenant} /> });
  columns.push(
    { key: 'why', title: t('overview.blind.why'), kind: 'wide', wideOnly: true, render: (row) => <span className="soft">{reasons(row).map(({ says }) => says).join(' · ')}</span> },
    { key: 'seen', title: t('overview.blind.seen'), kind: 'min', render: (row) => <Ago at={row.last_seen} /> },
    {
      key: 'rules', title: t('overview.blind.rules'), kind: 'number',
      render: (row) => {
        const cost = lost?.find((each) => each.source === row.id);
        if (!cost) return <span className="faint">–</span>;
        return <Link to="/sources/$id" params={{ id: row.id }} search={{ tenant: slug(row), rules: 'all' }} title={t('overview.blind.rulesText', { sole: count(cost.sole, i18n.language), shared: count(cost.shared, i18n.language) })}>{count(cost.sole, i18n.language)}</Link>;
      },
    },
  );
  return columns;
}
