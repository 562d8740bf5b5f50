import { App, Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client, type FreshSource, type Membership, type Source } from '../client';
import { useChange } from '../kit/use-change';
import { encodings, kinds, useKindName } from './kinds';
import { sourcesQuery } from './queries';
import { TenantName } from '../tenancy/band';

interface Props {
  tenant: Membership;
  source: Source | undefined; // undefined makes a new one
  close: () => void;
  /** Called with a source that has a new token. */
  issued: (source: FreshSource) => void;
}

interface Values {
  name: string;
  kind: string;
  senders: string[];
  port: number | null;
  time_zone?: string;
  encoding: (typeof encodings)[number];
  enabled: boolean;
}

/** Makes or changes a source. */
export function SourceEditor({ tenant, source, close, issued }: Props) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const stale = [sourcesQuery(tenant.id).queryKey];
  const create = useChange({
    run: (body: ReturnType<typeof draft>) =>
      ask(client.POST('/api/v1/tenants/{tenant}/sources', { params: { path: { tenant: tenant.id } }, body })),
    stale, form, then: issued,
  });
  const update = useChange({
    run: (values: Values) => ask(client.PATCH('/api/v1/tenants/{tenant}/sources/{source}', {
      params: { path: { tenant: tenant.id, source: source?.id ?? '' } },
      body: { ...draft(values), disabled: !values.enabled, version: source?.version ?? 0 },
    })),
    stale, form, done: t('kit.saved'), then: close,
  });
  return (
    <Drawer
      open
      size={460}
      title={source ? t('source.edit') : t('source.add')}
      extra={<TenantName id={tenant.id} />}
      onClose={close}
      footer={
        <div className="row">
          <Button type="primary" loading={create.isPending || update.isPending} onClick={form.submit}>
            {source ? t('kit.save') : t('kit.create')}
          </Button>
          <Button onClick={close}>{t('kit.cancel')}</Button>
        </div>
      }
    >
      <Form<Values>
        form={form}
        layout="vertical"
        initialValues={initial(source)}
        onFinish={(values) => (source ? update.mutate(values) : create.mutate(draft(values)))}
      >
        <Fields editing={source !== undefined} />
      </Form>
      {source && <Danger tenant={tenant} source={source} close={close} issued={issued} />}
    </Drawer>
  );
}

function Fields({ editing }: { editing: boolean }) {
  const { t } = useTranslation();
  const kindName = useKindName();
  const required = [{ required: true, message: t('kit.required') }];
  const chosen = Form.useWatch<string | undefined>('kind');
  // A source made through the API may have a word of its own.
  const offered: string[] = !chosen || kinds.some((kind) => kind === chosen) ? [...kinds] : [...kinds, chosen];
  return (
    <>
      <Form.Item name="name" label={t('source.name')} rules={required}><Input autoFocus={!editing} maxLength={200} /></Form.Item>
      <Form.Item name="kind" label={t('source.kind')} extra={t('source.kindText')} rules={required}>
        <Select options={offered.map((kind) => ({ value: kind, label: kindName(kind) }))} />
      </Form.Item>
      <Form.Item name="senders" label={t('source.senders')} extra={t('source.sendersText')}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[' ', ',', ';']} placeholder="192.0.2.0/24" />
      </Form.Item>
      <Form.Item name="port" label={t('source.port')} extra={t('source.portText')}>
        <InputNumber min={1} max={65535} precision={0} controls={false} />
      </Form.Item>
      <Form.Item name="time_zone" label={t('source.timeZone')} extra={t('source.timeZoneText')}>
        <Select
          allowClear
          placeholder="UTC"
          options={Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone }))}
          showSearch={{ optionFilterProp: 'label' }}
        />
      </Form.Item>
      <Form.Item name="encoding" label={t('source.encoding')}>
        <Select options={encodings.map((each) => ({ value: each, label: each === 'auto' ? t('source.encodingAuto') : each.toUpperCase() }))} />
      </Form.Item>
      {editing && <Form.Item name="enabled" label={t('source.enabled')} valuePropName="checked"><Switch /></Form.Item>}
    </>
  );
}

function Danger({ tenant, source, close, issued }: Props & { source: Source }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const path = { params: { path: { tenant: tenant.id, source: source.id } } };
  const stale = [sourcesQuery(tenant.id).queryKey];
  const rotate = useChange({
    run: () => ask(client.POST('/api/v1/tenants/{tenant}/sources/{source}/token', path)),
    stale, then: issued,
  });
  const remove = useChange({
    run: () => ask(client.DELETE('/api/v1/tenants/{tenant}/sources/{source}', path)),
    stale, done: t('source.deleted'), then: close,
  });
  const confirm = (title: string, content: string, okText: string, run: () => Promise<unknown>) =>
    void modal.confirm({ title, content, okText, okButtonProps: { danger: true }, onOk: () => run().catch(() => undefined) });
  return (
    <div className="row">
      <Button
        onClick={() => confirm(t('source.rotateTitle', { name: source.name }), t('source.rotateText'), t('source.rotate'), () => rotate.mutateAsync())}
      >
        {t('source.rotate')}
      </Button>
      <Button
        danger
        onClick={() => confirm(t('source.deleteTitle', { name: source.name }), t('source.deleteText'), t('source.delete'), () => remove.mutateAsync())}
      >
        {t('source.delete')}
      </Button>
    </div>
  );
}

function initial(source: Source | undefined): Partial<Values> {
  if (!source) return { kind: 'auto', encoding: 'auto', senders: [], enabled: true };
  return {
    name: source.name,
    kind: source.kind,
    senders: source.senders,
    port: source.port || null,
    time_zone: source.time_zone || undefined,
    encoding: encodings.find((each) => each === source.encoding) ?? 'auto',
    enabled: !source.disabled,
  };
}

function draft(values: Values) {
  return {
    name: values.name.trim(),
    kind: values.kind,
    senders: values.senders,
    port: values.port ?? 0,
    time_zone: values.time_zone ?? '',
    encoding: values.encoding,
  };
}
