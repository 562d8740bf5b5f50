import { useQuery } from '@tanstack/react-query';
import { App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type PackKey } from '../client';
import { useCan } from '../identity/session';
import { DataTable, type Column } from '../kit/data-table';
import { Section } from '../kit/page';
import { revealed } from '../kit/reveal';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { keysKey, keysQuery, packsKey } from './queries';

/** Whose signature counts. */
export function Keys() {
  const { t } = useTranslation();
  const can = useCan();
  const keys = useQuery(keysQuery);
  const [adding, setAdding] = useState(false);
  const columns: Column<PackKey>[] = [
    { key: 'name', title: t('content.key.name'), kind: 'wide', render: (row) => <><Untrusted value={row.name} /> <code className="faint" title={t('content.key.id')}>{row.id}</code></> },
    { key: 'state', title: t('content.state'), kind: 'min', render: (row) => row.revoked_at ? <span className="tag bad">{t('content.key.revoked')}</span> : <span className="tag good">{t('content.key.trusted')}</span> },
    { key: 'at', title: t('content.key.added'), kind: 'min', wideOnly: true, render: (row) => <Ago at={row.added_at} /> },
    { key: 'by', title: t('content.key.by'), kind: 'min', wideOnly: true, render: (row) => row.added_by },
    { key: 'acts', title: <span className="skip">{t('content.acts')}</span>, kind: 'min', render: (row) => !row.revoked_at && <Revoke row={row} /> },
  ];
  return (
    <Section title={t('content.key.title')} extra={can('rule.manage') && <Button size="small" onClick={() => setAdding(true)}>{t('content.key.add')}</Button>}>
      <DataTable
        still
        label={t('content.key.title')}
        columns={columns}
        rows={keys.data?.items}
        rowKey={(row) => row.id}
        error={keys.error}
        retry={() => void keys.refetch()}
        empty={<p className="soft">{t('content.key.none')}</p>}
      />
      {adding && <KeyDialog close={() => setAdding(false)} />}
    </Section>
  );
}

function Revoke({ row }: { row: PackKey }) {
  const { t } = useTranslation();
  const can = useCan();
  const { modal } = App.useApp();
  const revoke = useChange({
    run: () => ask(client.POST('/api/v1/content/keys/{key}/revoke', { params: { path: { key: row.id } } })),
    stale: [packsKey],
    done: t('content.key.revoked'),
  });
  if (!can('rule.manage')) return null;
  return (
    <Button
      size="small"
      danger
      onClick={() => void modal.confirm({
        title: t('content.key.revokeTitle', { name: revealed(row.name) }),
        content: t('content.key.revokeText'),
        okText: t('content.key.revoke'),
        okButtonProps: { danger: true },
        onOk: () => revoke.mutateAsync().catch(() => undefined),
      })}
    >
      {t('content.key.revoke')}
    </Button>
  );
}

function KeyDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ name: string; public_key: string }>();
  const add = useChange({
    run: (body: { name: string; public_key: string }) => ask(client.POST('/api/v1/content/keys', { body })),
    stale: [keysKey],
    form,
    then: close,
  });
  const required = [{ required: true, message: t('kit.required') }];
  return (
    <Modal open title={t('content.key.add')} okText={t('content.key.trust')} confirmLoading={add.isPending} onCancel={close} onOk={form.submit}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(body) => add.mutate(body)}>
        <Form.Item name="name" label={t('content.key.name')} rules={required} extra={t('content.key.nameText')}><Input maxLength={100} /></Form.Item>
        <Form.Item name="public_key" label={t('content.key.public')} rules={required} extra={t('content.key.publicText')}>
          <Input.TextArea className="pack-key" rows={4} maxLength={4000} placeholder="-----BEGIN PUBLIC KEY-----" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
