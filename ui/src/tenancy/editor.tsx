import { Button, Drawer, Form, Input, InputNumber, Modal, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type Tenant } from '../client';
import { meQuery } from '../identity/session';
import { useChange } from '../kit/use-change';
import './band.css';
import { asLines, asNetworks } from './networks';
import { tenantsKey } from './params';

interface Values {
  name: string;
  slug: string;
  state: Tenant['state'];
  retention_days: number;
  events_per_second: number | null;
  networks: string;
}

const stale = [tenantsKey, meQuery.queryKey];

/** Takes on a customer, or changes one. */
export function TenantEditor({ tenant, close }: { tenant: Tenant | undefined; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const save = useChange({
    run: (values: Values) => send(tenant, values),
    stale, form, done: t('kit.saved'), then: close,
  });
  return (
    <Drawer
      open
      size={440}
      title={tenant ? t('tenancy.edit') : t('tenancy.add')}
      onClose={close}
      footer={
        <div className="row">
          <Button type="primary" loading={save.isPending} onClick={form.submit}>{tenant ? t('kit.save') : t('kit.create')}</Button>
          <Button onClick={close}>{t('kit.cancel')}</Button>
        </div>
      }
    >
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={tenant ? { ...tenant, events_per_second: tenant.events_per_second || null, networks: asLines(tenant.networks) } : { retention_days: 180, state: 'active' }}
        onFinish={(values) => save.mutate(values)}
      >
        <Fields editing={tenant !== undefined} />
      </Form>
      {tenant && <Delete tenant={tenant} close={close} />}
    </Drawer>
  );
}

function Fields({ editing }: { editing: boolean }) {
  const { t } = useTranslation();
  const required = { required: true, message: t('kit.required') };
  return (
    <>
      <Form.Item name="name" label={t('tenancy.name')} rules={[required]}><Input autoFocus={!editing} maxLength={200} /></Form.Item>
      <Form.Item
        name="slug"
        label={t('tenancy.slug')}
        extra={t('tenancy.slugText')}
        rules={[required, { pattern: /^[a-z0-9][a-z0-9-]*$/, message: t('tenancy.slugRule') }]}
      >
        <Input maxLength={63} spellCheck={false} autoCapitalize="none" />
      </Form.Item>
      {editing && (
        <Form.Item name="state" label={t('tenancy.state')} extra={t('tenancy.stateText')}>
          <Segmented options={(['active', 'suspended'] as const).map((state) => ({ value: state, label: t(`tenancy.states.${state}`) }))} />
        </Form.Item>
      )}
      <Form.Item name="retention_days" label={t('tenancy.retentionDays')} extra={t('tenancy.retentionText')} rules={[required]}>
        <InputNumber min={1} max={3650} precision={0} />
      </Form.Item>
      <Form.Item name="events_per_second" label={t('tenancy.rate')} extra={t('tenancy.rateText')}>
        <InputNumber min={1} max={10_000_000} precision={0} />
      </Form.Item>
      <Form.Item name="networks" label={t('tenancy.networks')} extra={t('tenancy.networksText')}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 10 }} spellCheck={false} placeholder={'203.0.113.0/24 DMZ'} />
      </Form.Item>
    </>
  );
}

/** Deletion asks for the slug: what it destroys cannot be brought back. */
function Delete({ tenant, close }: { tenant: Tenant; close: () => void }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const remove = useChange({
    run: () => ask(client.DELETE('/api/v1/tenants/{tenant}', { params: { path: { tenant: tenant.id }, query: { confirm: typed } } })),
    stale, done: t('tenancy.deleted'), then: close,
  });
  return (
    <>
      <Button danger onClick={() => setAsking(true)}>{t('tenancy.delete')}</Button>
      <Modal
        open={asking}
        title={t('tenancy.deleteTitle', { name: tenant.name })}
        okText={t('tenancy.delete')}
        okButtonProps={{ danger: true, disabled: typed !== tenant.slug }}
        confirmLoading={remove.isPending}
        onCancel={() => setAsking(false)}
        onOk={() => remove.mutate()}
      >
        <p>{t('tenancy.deleteText', { slug: tenant.slug })}</p>
        <Input value={typed} onChange={(event) => setTyped(event.target.value)} placeholder={tenant.slug} aria-label={t('tenancy.slug')} />
      </Modal>
    </>
  );
}

function send(tenant: Tenant | undefined, values: Values): Promise<Tenant> {
  const body = {
    name: values.name.trim(),
    slug: values.slug,
    retention_days: values.retention_days,
    events_per_second: values.events_per_second ?? 0,
    networks: asNetworks(values.networks ?? ''),
  };
  if (!tenant) return ask(client.POST('/api/v1/tenants', { body }));
  return ask(client.PATCH('/api/v1/tenants/{tenant}', {
    params: { path: { tenant: tenant.id } },
    body: { ...body, state: values.state, version: tenant.version },
  }));
}
