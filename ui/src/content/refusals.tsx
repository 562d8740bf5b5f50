import { useTranslation } from 'react-i18next';
import type { Refusal } from '../client';
import { DataTable, type Column } from '../kit/data-table';
import { Untrusted } from '../kit/untrusted';

/** The rules of a pack that do not run, and why. */
export function RefusalTable({ refusals }: { refusals: Refusal[] }) {
  const { t } = useTranslation();
  const columns: Column<Refusal>[] = [
    { key: 'file', title: t('rule.packs.file'), render: (row) => <code><Untrusted value={row.file} /></code> },
    { key: 'rule', title: t('rule.rule'), wideOnly: true, render: (row) => <Untrusted value={row.title || row.rule} /> },
    { key: 'reason', title: t('rule.packs.reason'), kind: 'wide', render: (row) => <Untrusted value={row.reason} /> },
  ];
  return (
    <DataTable
      still
      label={t('content.refused')}
      columns={columns}
      rows={refusals}
      rowKey={(row) => `${row.file} ${row.rule} ${row.reason}`}
      empty={<p className="soft">{t('content.nothingRefused')}</p>}
    />
  );
}
