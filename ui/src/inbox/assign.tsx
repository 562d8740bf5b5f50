import { useQuery } from '@tanstack/react-query';
import { App, Checkbox, Form, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { ask, client, type InboxGroup } from '../client';
import { useMe } from '../identity/session';
import { useWords } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { sourcesQuery } from '../source/queries';
import { inboxKey } from './page';

interface Values {
  tenant: string;
  source: string;
  add_sender: boolean;
}

/** Gives a sender's records to a source; from there they go the way of all records. */
export function AssignDialog({ group, close }: { group: InboxGroup; close: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const { message } = App.useApp();
  const words = useWords();
  const [form] = Form.useForm<Values>();
  const tenant = Form.useWatch('tenant', form);
  const sources = useQuery({ ...sourcesQuery(tenant ?? ''), enabled: Boolean(tenant) });
  const assign = useChange({
    run: (body: Values) => ask(client.POST('/api/v1/inbox/{group}/assign', { params: { path: { group: group.group } }, body })),
    stale: [inboxKey, ['sources']],
    form,
    then: ({ moved }) => {
      void message.success(t('inbox.assigned', { count: moved }));
      close();
    },
  });
  const required = [{ required: true, message: t('kit.required') }];
  return (
    <Modal open title={t('inbox.assignTitle')} okText={t('inbox.assign')} confirmLoading={assign.isPending} onCancel={close} onOk={form.submit}>
      <p className="notice"><code><Untrusted value={group.sender} /></code> · {t('inbox.records', { count: group.count })}</p>
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
            notFoundContent={t('source.none')}
            options={sources.data?.items.map((each) => ({ value: each.id, label: each.name }))}
          />
        </Form.Item>
        <Form.Item name="add_sender" valuePropName="checked">
          <Checkbox>{t('inbox.addSender')}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}
