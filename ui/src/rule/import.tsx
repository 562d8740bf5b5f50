import { Button, Form, Input, Modal } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type PackDetail } from '../client';
import { bytes } from '../kit/number';
import { Failure } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { packsKey, rulesKey } from './queries';
import { RefusalTable } from './refusals';

/** Imports a ZIP of Sigma rules: all or nothing, with the refused ones named. */
export function ImportDialog({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<{ name: string }>();
  const picker = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File>();
  const [result, setResult] = useState<PackDetail>();
  const upload = useChange({
    run: ({ name, zip }: { name: string; zip: File }) => send(name, zip),
    stale: [packsKey, rulesKey],
    then: setResult,
    caught: () => true, // shown below, beside the file
  });
  if (result) {
    return (
      <Modal open width={760} title={t('rule.packs.importedTitle')} onCancel={close} footer={<Button type="primary" onClick={close}>{t('kit.close')}</Button>}>
        <div className="stack">
          <p>{t('rule.packs.result', { name: result.name, version: result.version, rules: result.rules, refused: result.refused })}</p>
          {result.refusals.length > 0 && <RefusalTable refusals={result.refusals} />}
        </div>
      </Modal>
    );
  }
  const choose = (chosen: File | undefined) => {
    setFile(chosen);
    upload.reset();
    if (chosen && !form.getFieldValue('name')) form.setFieldsValue({ name: chosen.name.replace(/\.zip$/i, '') });
  };
  return (
    <Modal
      open
      title={t('rule.packs.import')}
      okText={t('rule.packs.importOk')}
      okButtonProps={{ disabled: !file }}
      confirmLoading={upload.isPending}
      onCancel={close}
      onOk={form.submit}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={({ name }) => file && upload.mutate({ name, zip: file })}>
        <Form.Item label={t('rule.packs.zip')} htmlFor="zip" extra={t('rule.packs.zipText')}>
          <div className="row">
            <input ref={picker} style={{ display: 'none' }} id="zip" type="file" accept=".zip,application/zip" onChange={(event) => choose(event.target.files?.[0])} />
            <Button onClick={() => picker.current?.click()}>{t('rule.packs.pick')}</Button>
            {file && <span><Untrusted value={file.name} /> <span className="faint">{bytes(file.size)}</span></span>}
          </div>
        </Form.Item>
        <Form.Item name="name" label={t('rule.packs.name')} rules={[{ required: true, message: t('kit.required') }]} extra={t('rule.packs.nameText')}>
          <Input maxLength={100} />
        </Form.Item>
        {upload.error && <Failure error={upload.error} />}
      </Form>
    </Modal>
  );
}

function send(name: string, zip: File) {
  return ask(client.POST('/api/v1/content/packs', {
    params: { query: { name, unsigned: true, activate: true } },
    headers: { 'Content-Type': 'application/zip' },
    body: zip as unknown as string, // the document calls a binary body a string
    bodySerializer: (body) => body as unknown as BodyInit,
  }));
}
