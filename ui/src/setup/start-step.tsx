import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Button, Form, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type Setup } from '../client';
import { demoQuery } from '../demo/queries';
import { Remove } from '../demo/strip';
import { meQuery } from '../identity/session';
import { useChange } from '../kit/use-change';
import { tenantsKey } from '../tenancy/params';
import { setupQuery } from './queries';
import { suggest } from './slug';

const route = getRouteApi('/shell/setup');

/** A look at the demonstration, or the first customer. */
export function StartStep({ setup }: { setup: Setup }) {
  const { t } = useTranslation();
  const [own, setOwn] = useState(false);
  if (own) return <FirstCustomer number={setup.customers + 1} back={() => setOwn(false)} />;
  return (
    <section className="setup-body">
      <div className="setup-choices">
        {setup.demo === 'absent' ? <ChooseDemo /> : <HaveDemo setup={setup} />}
        <div>
          <h2>{t('setup.customer.title')}</h2>
          <p>{t('setup.customer.text')}</p>
          <Button onClick={() => setOwn(true)}>{t('setup.customer.choose')}</Button>
        </div>
      </div>
    </section>
  );
}

function ChooseDemo() {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const start = useChange({
    run: () => ask(client.POST('/api/v1/demo')),
    stale: [setupQuery.queryKey],
    then: async (demo) => {
      queries.setQueryData(demoQuery.queryKey, demo);
      await queries.invalidateQueries({ queryKey: meQuery.queryKey });
      await navigate({ to: '/alerts' });
    },
  });
  return (
    <div>
      <h2>{t('setup.demo.title')}</h2>
      <p>{t('setup.demo.text')}</p>
      <Button type="primary" loading={start.isPending} onClick={() => start.mutate()}>{t('setup.demo.choose')}</Button>
    </div>
  );
}

function HaveDemo({ setup }: { setup: Setup }) {
  const { t } = useTranslation();
  return (
    <div>
      <h2>{t('setup.demo.title')}</h2>
      <p>{t('setup.demo.have')}</p>
      <div className="row">
        <Link to="/alerts">{t('setup.demo.go')}</Link>
        <Remove removing={setup.demo === 'removing'} />
      </div>
    </div>
  );
}

interface Values {
  name: string;
  slug: string;
  retention_days: number;
}

function FirstCustomer({ number, back }: { number: number; back: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Values>();
  const [ownSlug, setOwnSlug] = useState(false);
  const queries = useQueryClient();
  const navigate = route.useNavigate();
  const create = useChange({
    run: (values: Values) => ask(client.POST('/api/v1/tenants', { body: { ...values, name: values.name.trim() } })),
    stale: [tenantsKey],
    form,
    then: async (tenant) => {
      await Promise.all([setupQuery.queryKey, meQuery.queryKey].map((queryKey) => queries.invalidateQueries({ queryKey })));
      await navigate({ to: '/setup', search: { step: 'source', tenant: tenant.slug } });
    },
  });
  const required = { required: true, message: t('kit.required') };
  return (
    <section className="setup-body">
      <h2>{t('setup.customer.title')}</h2>
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        className="narrow-form"
        initialValues={{ retention_days: 180 }}
        onValuesChange={(changed: Partial<Values>) => {
          if (changed.slug !== undefined) setOwnSlug(changed.slug !== '');
          else if (changed.name !== undefined && !ownSlug) form.setFieldValue('slug', changed.name.trim() ? suggest(changed.name, number) : '');
        }}
        onFinish={(values) => create.mutate(values)}
      >
        <Form.Item name="name" label={t('tenancy.name')} rules={[required]}><Input autoFocus maxLength={200} placeholder={t('setup.customer.example')} /></Form.Item>
        <Form.Item name="slug" label={t('tenancy.slug')} extra={t('tenancy.slugText')} rules={[required, { pattern: /^[a-z0-9][a-z0-9-]*$/, message: t('tenancy.slugRule') }]}>
          <Input maxLength={63} spellCheck={false} autoCapitalize="none" />
        </Form.Item>
        <Form.Item name="retention_days" label={t('tenancy.retentionDays')} extra={t('tenancy.retentionText')} rules={[required]}>
          <InputNumber min={1} max={3650} precision={0} />
        </Form.Item>
        <div className="row">
          <Button type="primary" htmlType="submit" loading={create.isPending}>{t('kit.create')}</Button>
          <Button onClick={back}>{t('setup.back')}</Button>
        </div>
      </Form>
    </section>
  );
}
