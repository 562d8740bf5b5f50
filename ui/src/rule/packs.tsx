import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type Pack } from '../client';
import { useCan } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { revealed } from '../kit/reveal';
import { Empty } from '../kit/states';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { ImportDialog } from './import';
import { packsKey, packsQuery, rulesKey } from './queries';
import { Refusals } from './refusals';

/** Packs of rules in all versions: what runs, what was refused, and what one may go back to. */
export function PackList() {
  const { t } = useTranslation();
  const can = useCan();
  const packs = useQuery(packsQuery);
  const [importing, setImporting] = useState(false);
  const columns = useColumns();
  return (
    <Page
      title={t('rule.packs.title')}
      actions={can('rule.manage') && <Button type="primary" onClick={() => setImporting(true)}>{t('rule.packs.import')}</Button>}
    >
      <DataTable
        label={t('rule.packs.title')}
        columns={columns}
        rows={packs.data?.items}
        rowKey={(row) => row.id}
        error={packs.error}
        retry={() => void packs.refetch()}
        expand={(row) => <Refusals pack={row.id} />}
        empty={<Empty title={t('rule.packs.none')}>{t('rule.packs.noneText')}</Empty>}
      />
      {importing && <ImportDialog close={() => setImporting(false)} />}
    </Page>
  );
}

function useColumns(): Column<Pack>[] {
  const { t, i18n } = useTranslation();
  return [
    {
      key: 'name',
      title: t('rule.packs.name'),
      kind: 'wide',
      render: (row) => (
        <span className="row tight">
          <Link to="/rules" search={{ pack: row.id }}><Untrusted value={row.name} /></Link>
          <span className="soft">v{row.version}</span>
          {row.builtin && <span className="tag">{t('rule.packs.builtin')}</span>}
        </span>
      ),
    },
    {
      key: 'active',
      title: t('rule.packs.state'),
      kind: 'min',
      render: (row) => row.active ? <span className="tag good">{t('rule.packs.active')}</span> : <span className="tag">{t('rule.packs.inactive')}</span>,
    },
    { key: 'rules', title: t('rule.packs.rules'), kind: 'number', render: (row) => count(row.rules, i18n.language) },
    {
      key: 'refused',
      title: t('rule.packs.refused'),
      kind: 'number',
      wideOnly: true,
      render: (row) => row.refused > 0 ? <span className="tag warn">{count(row.refused, i18n.language)}</span> : '0',
    },
    { key: 'digest', title: 'SHA-256', wideOnly: true, render: (row) => <code title={row.digest}>{row.digest.slice(0, 12)}</code> },
    { key: 'at', title: t('rule.packs.imported'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.imported_at} /> },
    { key: 'by', title: t('rule.packs.by'), kind: 'min', wideOnly: true, render: (row) => row.imported_by },
    { key: 'actions', title: '', kind: 'min', render: (row) => <Actions pack={row} /> },
  ];
}

function Actions({ pack }: { pack: Pack }) {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const path = { params: { path: { pack: pack.id } } };
  const stale = [packsKey, rulesKey];
  const activate = useChange({
    run: () => ask(client.POST('/api/v1/content/packs/{pack}/activate', path)),
    stale,
    done: t('rule.packs.activated'),
  });
  const remove = useChange({
    run: () => ask(client.DELETE('/api/v1/content/packs/{pack}', path)),
    stale,
    done: t('rule.packs.removed'),
  });
  if (!can('rule.manage')) return null;
  return (
    <span className="row tight">
      {!pack.active && <Button size="small" loading={activate.isPending} onClick={() => activate.mutate()}>{t('rule.packs.activate')}</Button>}
      {!pack.builtin && (
        <Button
          size="small"
          danger
          onClick={() => void modal.confirm({
            title: t('rule.packs.removeTitle', { name: revealed(pack.name), version: pack.version }),
            content: t('rule.packs.removeText'),
            okText: t('rule.packs.remove'),
            okButtonProps: { danger: true },
            onOk: () => remove.mutateAsync().catch(() => undefined),
          })}
        >
          {t('rule.packs.remove')}
        </Button>
      )}
    </span>
  );
}
