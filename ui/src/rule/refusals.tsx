import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Refusal } from '../client';
import { DataTable, type Column } from '../kit/data-table';
import { Failure, Loading } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { packQuery } from './queries';

/** The rules of a pack that do not run, and why. */
export function Refusals({ pack }: { pack: string }) {
  const detail = useQuery(packQuery(pack));
  if (detail.error && !detail.data) return <Failure error={detail.error} retry={() => void detail.refetch()} />;
  if (!detail.data) return <Loading lines={2} />;
  return <RefusalTable refusals={detail.data.refusals} />;
}

export function RefusalTable({ refusals }: { refusals: Refusal[] }) {
  const { t } = useTranslation();
  const columns: Column<Refusal>[] = [
    { key: 'file', title: t('rule.packs.file'), render: (row) => <code><Untrusted value={row.file} /></code> },
    { key: 'rule', title: t('rule.rule'), render: (row) => <Untrusted value={row.rule} /> },
    { key: 'reason', title: t('rule.packs.reason'), kind: 'wide', render: (row) => <Untrusted value={row.reason} /> },
  ];
  return (
    <DataTable
      label={t('rule.packs.refused')}
      columns={columns}
      rows={refusals}
      rowKey={(row) => `${row.file} ${row.rule} ${row.reason}`}
      empty={<p className="soft">{t('rule.packs.nothingRefused')}</p>}
    />
  );
}
