import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Checkbox, Form, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client, type InboxGroup } from '../client';
import { findTenant, useCan, useMe } from '../identity/session';
import { counted } from '../kit/number';
import { useWords } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { sourcesQuery } from '../source/queries';
import { inboxKey } from './queries';

interface Values {
  tenant: string;
  source: string;
  add_sender: boolean;
}

/** What was assigned: how many records, to which source. */
export interface Assigned {
  moved: number;
  source: string;
  slug: string | undefined;
}

interface Props {
  groups: InboxGroup[];
  close: () => void;
  done: (what: Assigned) => void;
}

/** Gives senders' records to a source, there or to be made; from there they go the way of all records. */
export function AssignDialog({ groups, close, done }: Props) {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const can = useCan();
  const words = useWords();
  const go = useNavigate();
  const [form] = Form.useForm<Values>();
  const tenant = Form.useWatch('tenant', form);
  const sources = useQuery({ ...sourcesQuery(tenant ?? ''), enabled: Boolean(tenant) });
  const only = groups.length === 1 ? groups[0] : undefined;
  const assign = useChange({
    run: async ({ tenant, source, add_sender }: Values): Promise<Assigned> => {
      let moved = 0;
      for (const { group, sender } of groups) {
        const body = { tenant, source, add_sender: add_sender && sender !== '' };
        moved += (await ask(client.POST('/api/v1/inbox/{group}/assign', { params: { path: { group } }, body }))).moved;
      }
      return { moved, source, slug: findTenant(me, tenant)?.slug };
    },
    stale: [inboxKey, ['sources']],
    form,
    then: (what) => {
      done(what);
      close();
    },
  });
  const make = () => only && void go({
    to: '/sources/new',
    search: { tenant: findTenant(me, tenant)?.slug, kind: only.kind, sender: only.sender || undefined, group: only.group },
  });
  const required = [{ required: true, message: t('kit.required') }];
  return (
    <Modal open title={t('inbox.assignTitle')} okText={t('inbox.assign')} confirmLoading={assign.isPending} onCancel={close} onOk={form.submit}>
      <p className="notice">
        {only ? <code><Untrusted value={only.sender || only.input} /></code> : t('inbox.picked', counted(groups.length, i18n.language))}
        {' · '}{t('inbox.records', counted(groups.reduce((sum, group) => sum + group.count, 0), i18n.language))}
      </p>
      <Form<Values> form={form} layout="vertical" requiredMark={false} initialValues={{ add_sender: true }} onFinish={(values) => assign.mutate(values)}>
        <Form.Item name="tenant" label={t('kit.tenant')} rules={required}>
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={me.tenants.map((each) => ({ value: each.id, label: each.name }))}
            onChange={() => form.resetFields(['source'])}
          />
        </Form.Item>
        <Form.Item name="source" label={t('inbox.source')} rules={required} help={sources.error ? words(sources.error) : undefined}>
          <Select
            disabled={!tenant}
            loading={sources.isFetching}
            showSearch={{ optionFilterProp: 'label' }}
            notFoundContent={t('source.none')}
            options={sources.data?.items.map((each) => ({ value: each.id, label: each.name }))}
          />
        </Form.Item>
        <Form.Item name="add_sender" valuePropName="checked">
          <Checkbox>{t('inbox.addSender')}</Checkbox>
        </Form.Item>
      </Form>
      {only && can('source.manage') && <Button type="link" disabled={!tenant} onClick={make}>{t('inbox.makeSource')}</Button>}
    </Modal>
  );
}
