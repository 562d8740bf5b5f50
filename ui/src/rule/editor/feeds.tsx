import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { FeedSource } from '../../client';
import { DataTable, type Column } from '../../kit/data-table';
import { count } from '../../kit/number';
import { Failure, Loading } from '../../kit/states';
import { Untrusted } from '../../kit/untrusted';
import { useKindName } from '../../source/kinds';
import { TenantName } from '../../tenancy/band';
import { useScope } from '../../tenancy/scope';
import { feedsQuery } from './queries';

/** Which sources sent events that the rule looks at, and which of its fields these do not have. */
export function Feeds({ source, barred }: { source: string; barred: string | undefined }) {
  const { t } = useTranslation();
  const { tenant, tenants } = useScope();
  const feeds = useQuery({ ...feedsQuery(source, tenant?.slug), enabled: barred === undefined });
  const columns = useColumns(tenants.length > 1 && !tenant);
  if (barred) return <p className="soft">{barred}</p>;
  if (feeds.error) return <Failure error={feeds.error} retry={() => void feeds.refetch()} />;
  if (!feeds.data) return <Loading lines={4} />;
  const { rules, of, tenants: looked } = feeds.data;
  return (
    <div className="stack">
      <p className="soft">{t('editor.feeds.text')}{looked < of && ` ${t('editor.feeds.some', { looked, of })}`}</p>
      {rules.length === 0 && <p className="empty">{t('editor.feeds.noRule')}</p>}
      {rules.map((rule) => (
        <section key={rule.id} className="stack">
          <h3><Untrusted value={rule.title} /> <span className="faint"><Untrusted value={[rule.logsource.product, rule.logsource.category, rule.logsource.service].filter(Boolean).join(' · ')} /></span></h3>
          {rule.sources.length === 0
            ? <p className="notice warn">{t('editor.feeds.none')}</p>
            : <DataTable still rows={rule.sources} columns={columns} rowKey={(row) => `${row.tenant}/${row.source}`} label={t('editor.feeds.title')} empty={null} />}
          {rule.partial && <p className="faint">{t('source.coverage.partial')}</p>}
        </section>
      ))}
    </div>
  );
}

function useColumns(many: boolean): Column<FeedSource>[] {
  const { t, i18n } = useTranslation();
  const kindName = useKindName();
  const list: Column<FeedSource>[] = [
    { key: 'name', title: t('editor.feeds.source'), render: (row) => <><Link to="/sources/$id" params={{ id: row.source }} search={{ tenant: row.tenant }}><Untrusted value={row.name || row.source} /></Link> <span className="faint">{kindName(row.kind)}</span></> },
  ];
  if (many) list.push({ key: 'tenant', title: t('editor.feeds.tenant'), render: (row) => <TenantName id={row.tenant} /> });
  return [
    ...list,
    { key: 'records', title: t('editor.feeds.records'), kind: 'number', render: (row) => <span className="number">{count(row.records, i18n.language)}</span> },
    {
      key: 'unmapped',
      title: t('editor.feeds.unmapped'),
      render: (row) => !row.looked ? <span className="faint">{t('editor.feeds.notLooked')}</span>
        : row.unmapped.length === 0 ? <span className="good-text">✓ {t('editor.feeds.whole')}</span>
          : <span className="row tight wrap">{row.unmapped.map((field) => <code key={field.name} className="tag odd-tag" title={t('editor.feeds.means', { names: field.means.join(', ') })}><Untrusted value={field.name} /></code>)}</span>,
    },
  ];
}
