import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Pack } from '../client';
import { useCan } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { Failure, Empty, Loading } from '../kit/states';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { PackActs } from './acts';
import { Feeds } from './feeds';
import { ImportDialog } from './import';
import { Keys } from './keys';
import { byName, type Named } from './names';
import { packQuery, packsQuery } from './queries';
import { RefusalTable } from './refusals';
import './content.css';
import { release, Signature, Standing } from './words';

/** Packs of rules: what is in force, what waits to be looked at, where updates come from and whose word counts. */
export function PackList() {
  const { t } = useTranslation();
  const can = useCan();
  const packs = useQuery(packsQuery);
  const [importing, setImporting] = useState<File | true>();
  const columns = useColumns();
  const manage = can('rule.manage');
  return (
    <div
      className="pack-drop"
      onDragOver={(event) => {
        if (manage && event.dataTransfer.types.includes('Files')) event.preventDefault();
      }}
      onDrop={(event) => {
        const file = event.dataTransfer.files[0];
        if (!manage || !file || importing) return;
        event.preventDefault();
        setImporting(file);
      }}
    >
      <Page
        title={t('content.title')}
        actions={manage && <Button type="primary" onClick={() => setImporting(true)}>{t('content.import.title')}</Button>}
      >
        <DataTable
          label={t('content.title')}
          columns={columns}
          rows={packs.data && byName(packs.data.items)}
          rowKey={(row) => row.pack.name}
          error={packs.error}
          retry={() => void packs.refetch()}
          expand={(row) => <Versions row={row} />}
          empty={<Empty title={t('content.none')}>{t('content.noneText')}</Empty>}
        />
        <Feeds />
        <Keys />
        {importing && <ImportDialog first={importing === true ? undefined : importing} close={() => setImporting(undefined)} />}
      </Page>
    </div>
  );
}

function useColumns(): Column<Named>[] {
  const { t, i18n } = useTranslation();
  return [
    {
      key: 'name',
      title: t('content.name'),
      kind: 'wide',
      render: ({ pack, staged }) => (
        <span className="row tight">
          <Link to="/rules" search={{ pack: pack.id }}><Untrusted value={(i18n.language === 'zh-CN' && pack.title_zh) || pack.title || pack.name} /></Link>
          {pack.title && <span className="faint"><Untrusted value={pack.name} /></span>}
          {staged && <Link className="tag accent" to="/packs/$id" params={{ id: staged.id }}>{t('content.update', { version: release(staged) })}</Link>}
        </span>
      ),
    },
    {
      key: 'version',
      title: t('content.version'),
      kind: 'min',
      render: ({ pack }) => <Link to="/packs/$id" params={{ id: pack.id }}><Untrusted value={release(pack)} /></Link>,
    },
    { key: 'standing', title: t('content.state'), kind: 'min', render: ({ pack }) => <Standing pack={pack} /> },
    { key: 'signature', title: t('content.signature.title'), kind: 'min', wideOnly: true, render: ({ pack }) => <Signature pack={pack} /> },
    { key: 'rules', title: t('content.rules'), kind: 'number', wideOnly: true, render: ({ pack }) => count(pack.rules, i18n.language) },
    {
      key: 'refused',
      title: t('content.refused'),
      kind: 'number',
      wideOnly: true,
      render: ({ pack }) => pack.refused > 0 ? <Link to="/rules" search={{ pack: pack.id, state: 'refused' }}>{count(pack.refused, i18n.language)}</Link> : '0',
    },
    { key: 'at', title: t('content.inForceSince'), kind: 'min', wideOnly: true, render: ({ pack }) => <Ago at={pack.active ? pack.activated_at : undefined} /> },
    { key: 'actions', title: <span className="skip">{t('content.acts')}</span>, kind: 'min', wideOnly: true, render: ({ pack }) => <PackActs pack={pack} /> },
  ];
}

/** All versions of a pack, and what the one that counts could not take. */
function Versions({ row }: { row: Named }) {
  const { t, i18n } = useTranslation();
  const detail = useQuery({ ...packQuery(row.pack.id), enabled: row.pack.refused > 0 });
  const columns: Column<Pack>[] = [
    { key: 'version', title: t('content.version'), render: (pack) => <Link to="/packs/$id" params={{ id: pack.id }}><Untrusted value={release(pack)} /></Link> },
    { key: 'standing', title: t('content.state'), kind: 'min', render: (pack) => <Standing pack={pack} /> },
    { key: 'signature', title: t('content.signature.title'), kind: 'min', render: (pack) => <Signature pack={pack} /> },
    { key: 'rules', title: t('content.rules'), kind: 'number', wideOnly: true, render: (pack) => count(pack.rules, i18n.language) },
    { key: 'refused', title: t('content.refused'), kind: 'number', wideOnly: true, render: (pack) => count(pack.refused, i18n.language) },
    { key: 'at', title: t('content.imported'), kind: 'min', wideOnly: true, render: (pack) => <Ago at={pack.imported_at} /> },
    { key: 'by', title: t('content.by'), kind: 'wide', wideOnly: true, render: (pack) => pack.imported_by },
    { key: 'acts', title: <span className="skip">{t('content.acts')}</span>, kind: 'min', render: (pack) => <PackActs pack={pack} /> },
  ];
  return (
    <div className="stack">
      <DataTable still label={t('content.versions')} columns={columns} rows={row.versions} rowKey={(pack) => pack.id} empty={null} />
      {row.pack.refused > 0 && detail.error && <Failure error={detail.error} retry={() => void detail.refetch()} />}
      {row.pack.refused > 0 && !detail.data && !detail.error && <Loading lines={2} />}
      {detail.data && detail.data.refusals.length > 0 && <RefusalTable refusals={detail.data.refusals} />}
    </div>
  );
}
