import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { OwnParser } from '../client';
import { findTenant, useCan, useMe } from '../identity/session';
import { DataTable } from '../kit/data-table';
import { count } from '../kit/number';
import { Empty } from '../kit/states';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { filter } from '../search/logsql';
import { TenantName } from '../tenancy/band';

/** Parsers of single sources that are in force, and what they read. */
export function OwnList({ rows }: { rows: OwnParser[] }) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const can = useCan();
  const slug = (row: OwnParser) => findTenant(me, row.tenant)?.slug;
  return (
    <DataTable
      label={t('parser.totals.own')}
      columns={[
        { key: 'source', title: t('source.name'), kind: 'wide', render: (row) => <Link to="/sources/$id" params={{ id: row.source.id }} search={{ tenant: slug(row) }}><Untrusted value={row.source.name || row.source.id} /></Link> },
        { key: 'tenant', title: t('kit.tenant'), kind: 'min', wideOnly: true, render: (row) => <TenantName id={row.tenant} /> },
        { key: 'id', title: t('parser.id'), kind: 'min', render: (row) => <code>{row.id}</code> },
        { key: 'version', title: t('learn.own.versionTitle'), kind: 'min', wideOnly: true, render: (row) => `v${row.version}` },
        {
          key: 'events',
          title: t('parser.events'),
          kind: 'number',
          render: (row) => {
            const shown = count(row.use.events, i18n.language);
            if (row.use.events === 0 || !can('event.search')) return shown;
            return <Link to="/search" search={{ tenant: slug(row), q: `${filter('isoc.source.id', row.source.id, true)} ${filter('isoc.parser', row.id, true)}`, from: 'now-7d', to: 'now' }}>{shown}</Link>;
          },
        },
        { key: 'last', title: t('parser.last'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.use.last_at} /> },
      ]}
      rows={rows}
      rowKey={(row) => `${row.source.id} ${row.id}`}
      empty={<Empty title={t('parser.none')} />}
    />
  );
}
