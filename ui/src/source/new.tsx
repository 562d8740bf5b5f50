import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { App, Button, Form } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type FreshSource, type Membership, type Source } from '../client';
import { useCan } from '../identity/session';
import { CopyButton } from '../kit/copy';
import { Page } from '../kit/page';
import { Failure, Loading } from '../kit/states';
import { useChange } from '../kit/use-change';
import { TenantName } from '../tenancy/band';
import { ChooseTenant } from '../tenancy/choose';
import { useScope } from '../tenancy/scope';
import { draft, KindField, NameField, SettingFields, type Values } from './editor';
import { useKindName } from './kinds';
import { sourceQuery } from './queries';
import { SenderSetup } from './setup';
import { Waiting } from './waiting';
import './source.css';

const route = getRouteApi('/shell/sources/new');

/** A new source in three steps: what it is, how it sends, and whether it arrives. */
export function NewSource() {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const can = useCan();
  if (!can('source.manage')) return <Page title={t('source.add')}><p className="notice">{t('source.mayNot')}</p></Page>;
  if (!tenant) return <Page title={t('source.add')}><ChooseTenant /></Page>;
  return <Steps key={tenant.id} tenant={tenant} />;
}

function Steps({ tenant }: { tenant: Membership }) {
  const { t } = useTranslation();
  const { made } = route.useSearch();
  const navigate = route.useNavigate();
  const [fresh, setFresh] = useState<FreshSource>();
  const source = useQuery({ ...sourceQuery(tenant.id, made ?? ''), enabled: made !== undefined });
  const known: Source | undefined = source.data ?? (fresh?.id === made ? fresh : undefined);
  const issued = (next: FreshSource) => {
    setFresh(next);
    void navigate({ search: (before) => ({ ...before, made: next.id }), replace: true });
  };
  return (
    <Page title={t('source.add')} actions={<TenantName id={tenant.id} />}>
      <div className="onboard">
        <section className={made ? 'done' : 'now'}>
          <span className="n" aria-hidden="true">{made ? '✓' : '1'}</span>
          <h2>{t('source.step.what')}</h2>
          <div className="body">
            {!made && <What tenant={tenant} issued={issued} />}
            {made && source.error && !known && <Failure error={source.error} retry={() => void source.refetch()} />}
            {made && !known && !source.error && <Loading lines={1} />}
            {known && <Made source={known} />}
          </div>
        </section>
        <section className={known ? 'now' : ''}>
          <span className="n" aria-hidden="true">2</span>
          <h2>{t('source.step.how')}</h2>
          <div className="body">
            {known
              ? <How source={known} token={fresh?.id === known.id ? fresh.token : undefined} issued={issued} />
              : <p className="soft">{t('source.step.howText')}</p>}
          </div>
        </section>
        <section className={known ? 'now' : ''}>
          <span className="n" aria-hidden="true">3</span>
          <h2>{t('source.step.arrives')}</h2>
          <div className="body">
            {known ? <Waiting source={known} slug={tenant.slug} /> : <p className="soft">{t('source.step.arrivesText')}</p>}
          </div>
        </section>
      </div>
    </Page>
  );
}

function What({ tenant, issued }: { tenant: Membership; issued: (source: FreshSource) => void }) {
  const { t } = useTranslation();
  const { kind, sender, group } = route.useSearch();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const create = useChange({
    run: async (values: Values) => {
      const made = await ask(client.POST('/api/v1/tenants/{tenant}/sources', { params: { path: { tenant: tenant.id } }, body: draft(values) }));
      if (group) {
        const { moved } = await ask(client.POST('/api/v1/inbox/{group}/assign', { params: { path: { group } }, body: { tenant: tenant.id, source: made.id } }));
        void message.success(t('inbox.assigned', { count: moved }));
      }
      return made;
    },
    stale: [['sources'], ['inbox']], form, then: issued,
  });
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      className="narrow-form"
      initialValues={{ kind: kind ?? 'auto', encoding: 'auto', senders: sender ? [sender] : [], port: null, expect_minutes: null, enabled: true }}
      onFinish={(values) => create.mutate({ ...values, encoding: values.encoding ?? 'auto', senders: values.senders ?? [] })}
    >
      {sender && <p className="notice">{t('source.fromInbox', { sender })}</p>}
      <NameField focus />
      <KindField />
      <details className="advanced" open={sender !== undefined}>
        <summary>{t('source.advanced')}</summary>
        <SettingFields />
      </details>
      <Button type="primary" htmlType="submit" loading={create.isPending}>{t('kit.create')}</Button>
    </Form>
  );
}

function Made({ source }: { source: Source }) {
  const { t } = useTranslation();
  const kindName = useKindName();
  return (
    <p className="row">
      <strong>{source.name}</strong>
      <span className="tag">{kindName(source.kind)}</span>
      {source.senders.map((sender) => <code key={sender}>{sender}</code>)}
      {source.port > 0 && <span className="soft">{t('source.port')} {source.port}</span>}
    </p>
  );
}

function How({ source, token, issued }: { source: Source; token: string | undefined; issued: (source: FreshSource) => void }) {
  const { t } = useTranslation();
  const rotate = useChange({
    run: () => ask(client.POST('/api/v1/tenants/{tenant}/sources/{source}/token', { params: { path: { tenant: source.tenant, source: source.id } } })),
    stale: [['sources']], then: issued,
  });
  if (token === undefined) {
    return (
      <div className="notice warn row">
        <span className="grow">{t('source.tokenGone')}</span>
        <Button size="small" loading={rotate.isPending} onClick={() => rotate.mutate()}>{t('source.rotate')}</Button>
      </div>
    );
  }
  return (
    <>
      <div className="notice warn">
        <p>{t('source.once')}</p>
        <p className="secret"><code>{token}</code><CopyButton value={token} label={t('kit.copy')} /></p>
      </div>
      <SenderSetup source={source} token={token} />
      <p><Link to="/sources/parser">{t('source.tryFirst')}</Link></p>
    </>
  );
}
