import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Entities } from '../alert/entities';
import type { Alert, Membership } from '../client';
import { useMe } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { count } from '../kit/number';
import { Section } from '../kit/page';
import { Severity } from '../kit/severity';
import { Empty } from '../kit/states';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useRuleWords } from '../rule/words';
import { TenantName } from '../tenancy/band';
import { useHeld } from './held';
import { AlertsLink } from './links';
import { queueQuery } from './queries';
import { Renew } from './renew';

const rows = 10;

/** What is next for the person: the own open alerts, then those that nobody holds, the riskiest first. */
export function Queue({ tenant, several }: { tenant: Membership | undefined; several: boolean }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const mine = useQuery(queueQuery(tenant?.id, 'me', rows));
  const free = useQuery(queueQuery(tenant?.id, 'none', rows));
  const error = mine.error ?? free.error;
  const held = useHeld(mine.data && free.data ? [...mine.data.items, ...free.data.items].slice(0, rows) : undefined, { id: (row) => row.id, full: rows });
  const loaded = held.rows;
  const n = (value: number) => count(value, i18n.language);
  return (
    <Section
      title={t('overview.queue.title')}
      extra={loaded && (
        <span className="row">
          <Renew held={held} />
          <AlertsLink search={{ state: 'open', assignee: 'me' }}>{t('overview.queue.mine', { count: mine.data?.total ?? 0, shown: n(mine.data?.total ?? 0) })}</AlertsLink>
          <AlertsLink search={{ state: 'open', assignee: 'none' }}>{t('overview.queue.free', { count: free.data?.total ?? 0, shown: n(free.data?.total ?? 0) })}</AlertsLink>
        </span>
      )}
    >
      <DataTable
        label={t('overview.queue.title')}
        columns={useColumns(several)}
        rows={loaded}
        rowKey={(row) => row.id}
        error={error}
        retry={() => void Promise.all([mine.refetch(), free.refetch()])}
        open={(row) => void navigate({ to: '/alerts/$id', params: { id: row.id } })}
        empty={<Empty title={t('overview.queue.none')}>{t('overview.queue.noneText')}</Empty>}
      />
    </Section>
  );
}

function useColumns(several: boolean): Column<Alert>[] {
  const { t } = useTranslation();
  const words = useRuleWords();
  const me = useMe();
  const columns: Column<Alert>[] = [
    { key: 'level', title: t('alert.level'), kind: 'min', render: (row) => <Severity level={row.rule.level} bare /> },
    { key: 'risk', title: t('overview.queue.risk'), kind: 'number', render: (row) => row.risk },
    { key: 'title', title: t('alert.alert'), kind: 'wide', render: (row) => <><Untrusted value={words.title(row.rule)} /><div className="ov-entities"><Entities alert={row} /></div></> },
  ];
  if (several) columns.push({ key: 'tenant', title: t('kit.tenant'), kind: 'min', wideOnly: true, render: (row) => <span className="ov-tenant"><TenantName id={row.tenant} /></span> });
  columns.push(
    {
      key: 'assignee', title: t('overview.queue.holder'), kind: 'min', wideOnly: true,
      render: (row) => row.assignee === '' ? <span className="faint">–</span> : row.assignee === me.username ? t('overview.queue.me') : row.assignee,
    },
    { key: 'last', title: t('alert.last'), kind: 'min', render: (row) => <Ago at={row.last_at} /> },
  );
  return columns;
}
