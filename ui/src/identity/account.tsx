import { useQuery } from '@tanstack/react-query';
import { App, Button, Form, Input, InputNumber, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type FreshToken, type Token } from '../client';
import { CopyButton } from '../kit/copy';
import { DataTable, type Column } from '../kit/data-table';
import { Page, Section } from '../kit/page';
import { Empty } from '../kit/states';
import { Ago, At } from '../kit/time';
import { useChange } from '../kit/use-change';
import { Display } from '../shell/display';
import './account.css';
import { useMe } from './session';
import { NewPassword, type Passwords } from './new-password';

const tokensKey = ['tokens'];

/** Oneself: how things look here, the own password, the tokens of one's own programs. */
export function AccountPage() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Page title={t('account.title')}>
      <div className="account-parts">
        <Section title={t('account.profile')}>
          <dl className="pairs">
            <dt>{t('user.username')}</dt><dd>{me.username}</dd>
            <dt>{t('user.name')}</dt><dd>{me.name}</dd>
          </dl>
        </Section>
        <Section title={t('shell.display')}><Display /></Section>
        <Section title={t('account.password.title')}><PasswordForm /></Section>
      </div>
      <Tokens />
    </Page>
  );
}

function PasswordForm() {
  const { t } = useTranslation();
  const [form] = Form.useForm<Passwords>();
  const change = useChange({
    run: ({ current_password, password }: Passwords) => ask(client.PATCH('/api/v1/me', { body: { current_password, password } })),
    stale: [],
    done: t('account.password.done'),
    form,
    then: () => form.resetFields(),
  });
  const required = [{ required: true, message: t('kit.required') }];
  return (
    <Form form={form} layout="vertical" requiredMark={false} onFinish={(values) => change.mutate(values)} className="narrow-form">
      <Form.Item name="current_password" label={t('account.password.current')} rules={required}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <NewPassword form={form} />
      <Button htmlType="submit" type="primary" loading={change.isPending}>{t('account.password.submit')}</Button>
    </Form>
  );
}

function Tokens() {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const tokens = useQuery({ queryKey: tokensKey, queryFn: ({ signal }) => ask(client.GET('/api/v1/tokens', { signal })) });
  const [creating, setCreating] = useState(false);
  const revoke = useChange({
    run: (token: string) => ask(client.DELETE('/api/v1/tokens/{token}', { params: { path: { token } } })),
    stale: [tokensKey],
    done: t('account.token.revoked'),
  });
  const columns: Column<Token>[] = [
    { key: 'name', title: t('account.token.name'), kind: 'wide', render: (row) => row.name },
    { key: 'hint', title: t('account.token.hint'), render: (row) => <code>{row.hint}…</code> },
    { key: 'created', title: t('kit.created'), wideOnly: true, render: (row) => <Ago at={row.created_at} /> },
    { key: 'used', title: t('account.token.used'), render: (row) => <Ago at={row.last_used} /> },
    { key: 'expires', title: t('account.token.expires'), wideOnly: true, render: (row) => <At at={row.expires_at} /> },
    {
      key: 'revoke',
      title: '',
      kind: 'min',
      render: (row) => (
        <Button
          size="small"
          danger
          onClick={() => void modal.confirm({
            title: t('account.token.revokeTitle', { name: row.name }),
            content: t('account.token.revokeText'),
            okText: t('account.token.revoke'),
            okButtonProps: { danger: true },
            onOk: () => revoke.mutateAsync(row.id).catch(() => undefined),
          })}
        >
          {t('account.token.revoke')}
        </Button>
      ),
    },
  ];
  return (
    <Section
      title={t('account.token.title')}
      extra={<Button size="small" onClick={() => setCreating(true)}>{t('account.token.create')}</Button>}
    >
      <DataTable
        label={t('account.token.title')}
        columns={columns}
        rows={tokens.data?.items}
        rowKey={(row) => row.id}
        error={tokens.error}
        retry={() => void tokens.refetch()}
        empty={<Empty title={t('account.token.none')}>{t('account.token.what')}</Empty>}
      />
      {creating && <NewToken close={() => setCreating(false)} />}
    </Section>
  );
}

function NewToken({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ name: string; days: number }>();
  const [fresh, setFresh] = useState<FreshToken>();
  const create = useChange({
    run: (body: { name: string; days: number }) => ask(client.POST('/api/v1/tokens', { body })),
    stale: [tokensKey],
    form,
    then: setFresh,
  });
  if (fresh) {
    return (
      <Modal open title={t('account.token.made')} onCancel={close} mask={{ closable: false }} footer={<Button type="primary" onClick={close}>{t('kit.kept')}</Button>}>
        <p className="notice warn">{t('kit.once')}</p>
        <p className="secret"><code>{fresh.token}</code><CopyButton value={fresh.token} label={t('kit.copy')} /></p>
      </Modal>
    );
  }
  return (
    <Modal open title={t('account.token.create')} onCancel={close} onOk={form.submit} okText={t('kit.create')} confirmLoading={create.isPending}>
      <Form form={form} layout="vertical" initialValues={{ days: 90 }} onFinish={(values) => create.mutate(values)}>
        <Form.Item name="name" label={t('account.token.name')} rules={[{ required: true, message: t('kit.required') }]}>
          <Input autoFocus maxLength={100} placeholder={t('account.token.example')} />
        </Form.Item>
        <Form.Item name="days" label={t('account.token.days')} rules={[{ required: true, message: t('kit.required') }]}>
          <InputNumber min={1} max={366} precision={0} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
