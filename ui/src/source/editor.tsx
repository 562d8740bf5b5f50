import { Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client, type Source } from '../client';
import { useMe } from '../identity/session';
import { isLevel, levels } from '../kit/severity';
import { useChange } from '../kit/use-change';
import { TenantName } from '../tenancy/band';
import { encodings, kinds, useKindName } from './kinds';

export interface Values {
  name: string;
  kind: string;
  senders: string[];
  /** Absent where this installation has no syslog over TLS: then it stays as it is. */
  cert_names?: string[];
  port: number | null;
  time_zone?: string;
  encoding: (typeof encodings)[number];
  expect_minutes: number | null;
  verdicts_from?: string;
  enabled: boolean;
}

/** Changes a source. */
export function SourceEditor({ source, close }: { source: Source; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const update = useChange({
    run: (values: Values) => ask(client.PATCH('/api/v1/tenants/{tenant}/sources/{source}', {
      params: { path: { tenant: source.tenant, source: source.id } },
      body: { ...draft(values), disabled: !values.enabled, version: source.version },
    })),
    stale: [['sources']], form, done: t('kit.saved'), then: close,
  });
  return (
    <Drawer
      open
      size={460}
      title={t('source.edit')}
      extra={<TenantName id={source.tenant} />}
      onClose={close}
      footer={
        <div className="row">
          <Button type="primary" loading={update.isPending} onClick={form.submit}>{t('kit.save')}</Button>
          <Button onClick={close}>{t('kit.cancel')}</Button>
        </div>
      }
    >
      <Form<Values> form={form} layout="vertical" initialValues={initial(source)} onFinish={(values) => update.mutate(values)}>
        <NameField />
        <KindField />
        <SettingFields />
        <Form.Item name="enabled" label={t('source.enabled')} valuePropName="checked"><Switch /></Form.Item>
      </Form>
    </Drawer>
  );
}

export function NameField({ focus }: { focus?: boolean }) {
  const { t } = useTranslation();
  return (
    <Form.Item name="name" label={t('source.name')} rules={[{ required: true, whitespace: true, message: t('kit.required') }]}>
      <Input autoFocus={focus} maxLength={200} />
    </Form.Item>
  );
}

/** What the sender is said to be; found by typing. */
export function KindField() {
  const { t } = useTranslation();
  const kindName = useKindName();
  const chosen = Form.useWatch<string | undefined>('kind');
  // A source made through the API may have a word of its own.
  const offered: string[] = !chosen || kinds.some((kind) => kind === chosen) ? [...kinds] : [...kinds, chosen];
  return (
    <Form.Item name="kind" label={t('source.kind')} extra={t('source.kindText')} rules={[{ required: true, message: t('kit.required') }]}>
      <Select showSearch={{ optionFilterProp: 'label' }} options={offered.map((kind) => ({ value: kind, label: kindName(kind) }))} />
    </Form.Item>
  );
}

/** From which level a source's own alerts raise alerts, in words. */
export function useFloorName() {
  const { t } = useTranslation();
  return (level: string) => (isLevel(level) ? t('source.verdicts.from', { level: t(`kit.level.${level}`) }) : t(level === 'off' ? 'source.verdicts.off' : 'source.verdicts.usual'));
}

/** What hardly anybody needs at once. */
export function SettingFields() {
  const { t } = useTranslation();
  const floor = useFloorName();
  const { syslog_tls_port: syslogTls } = useMe();
  return (
    <>
      <Form.Item name="senders" label={t('source.senders')} extra={t('source.sendersText')}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[' ', ',', ';']} placeholder="192.0.2.0/24" />
      </Form.Item>
      {syslogTls > 0 && (
        <Form.Item name="cert_names" label={t('source.certNames')} extra={t('source.certNamesText')}>
          <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ';']} />
        </Form.Item>
      )}
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
      <Form.Item name="expect_minutes" label={t('source.expect')} extra={t('source.expectText')}>
        <InputNumber min={1} max={43200} precision={0} controls={false} suffix={t('source.minutes')} />
      </Form.Item>
      <Form.Item name="verdicts_from" label={t('source.verdicts.label')} extra={t('source.verdicts.text')}>
        <Select allowClear placeholder={t('source.verdicts.usual')} options={[...[...levels].reverse(), 'off'].map((level) => ({ value: level, label: floor(level) }))} />
      </Form.Item>
    </>
  );
}

export function initial(source: Source): Values {
  return {
    name: source.name,
    kind: source.kind,
    senders: source.senders,
    cert_names: source.cert_names,
    port: source.port || null,
    time_zone: source.time_zone || undefined,
    encoding: encodings.find((each) => each === source.encoding) ?? 'auto',
    expect_minutes: source.expect_minutes || null,
    verdicts_from: source.verdicts_from || undefined,
    enabled: !source.disabled,
  };
}

export function draft(values: Values) {
  return {
    name: values.name.trim(),
    kind: values.kind,
    senders: values.senders,
    cert_names: values.cert_names,
    port: values.port ?? 0,
    time_zone: values.time_zone ?? '',
    encoding: values.encoding,
    expect_minutes: values.expect_minutes ?? 0,
    verdicts_from: values.verdicts_from ?? '',
  };
}
