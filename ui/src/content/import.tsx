import { Link } from '@tanstack/react-router';
import { Button, Checkbox, Form, Input, Modal } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, Problem, type PackDetail } from '../client';
import { bytes } from '../kit/number';
import { Failure } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { packsKey } from './queries';
import { RefusalTable } from './refusals';
import { release, Signature } from './words';

interface Wanted {
  name?: string;
  unsigned?: boolean;
  force?: boolean;
}

// What the operator may take all the same.
const forcible = ['content.pack.older', 'content.pack.same', 'content.pack.signed'];

/** Stages an archive: all or nothing, with the refused rules named. What it would change is looked at before it is put in force. */
export function ImportDialog({ first, close }: { first?: File; close: () => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Wanted>();
  const picker = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState(first);
  const [over, setOver] = useState(false);
  const [result, setResult] = useState<PackDetail>();
  const upload = useChange({
    run: ({ wanted, zip }: { wanted: Wanted; zip: File }) => send(wanted, zip),
    stale: [packsKey],
    then: setResult,
    caught: () => true, // shown below, beside the file
  });
  const unsigned = Form.useWatch('unsigned', form);
  if (result) return <Done pack={result} close={close} />;
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    upload.reset();
  };
  const refused = upload.error instanceof Problem ? upload.error.fields.map((field) => field.code) : [];
  return (
    <Modal
      open
      title={t('content.import.title')}
      okText={t('content.import.ok')}
      okButtonProps={{ disabled: !file }}
      confirmLoading={upload.isPending}
      onCancel={close}
      onOk={form.submit}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(wanted) => file && upload.mutate({ wanted, zip: file })}>
        <Form.Item label={t('content.import.file')} htmlFor="zip" extra={t('content.import.fileText')}>
          <div
            className={`pack-zone ${over ? 'over' : ''}`}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              event.preventDefault();
              event.stopPropagation();
              setOver(false);
              choose(event.dataTransfer.files[0]);
            }}
          >
            <input ref={picker} style={{ display: 'none' }} id="zip" type="file" accept=".zip,application/zip" onChange={(event) => choose(event.target.files?.[0])} />
            <Button onClick={() => picker.current?.click()}>{t('content.import.pick')}</Button>{' '}
            {file ? <span><Untrusted value={file.name} /> <span className="faint">{bytes(file.size)}</span></span> : <span className="soft">{t('content.import.drop')}</span>}
          </div>
        </Form.Item>
        <Form.Item name="unsigned" valuePropName="checked" extra={t('content.import.unsignedText')}>
          <Checkbox>{t('content.import.unsigned')}</Checkbox>
        </Form.Item>
        {unsigned && (
          <Form.Item name="name" label={t('content.name')} extra={t('content.import.nameText')}>
            <Input maxLength={64} />
          </Form.Item>
        )}
        {refused.some((code) => forcible.includes(code ?? '')) && (
          <Form.Item name="force" valuePropName="checked">
            <Checkbox>{t('content.import.force')}</Checkbox>
          </Form.Item>
        )}
        {upload.error && <Failure error={upload.error} />}
      </Form>
    </Modal>
  );
}

function Done({ pack, close }: { pack: PackDetail; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      width={760}
      title={t('content.import.done')}
      onCancel={close}
      footer={<><Button onClick={close}>{t('kit.close')}</Button> <Link className="ant-btn ant-btn-primary" to="/packs/$id" params={{ id: pack.id }}>{t('content.import.compare')}</Link></>}
    >
      <div className="stack">
        <p className="row"><span>{t('content.import.result', { name: pack.name, version: release(pack), rules: pack.rules, refused: pack.refused })}</span><Signature pack={pack} /></p>
        {pack.refusals.length > 0 && <RefusalTable refusals={pack.refusals} />}
      </div>
    </Modal>
  );
}

function send({ name, unsigned, force }: Wanted, zip: File) {
  return ask(client.POST('/api/v1/content/packs', {
    params: { query: { name: name?.trim() || undefined, fallback: fallback(zip.name), unsigned, force } },
    headers: { 'Content-Type': 'application/zip' },
    body: zip as unknown as string, // the document calls a binary body a string
    bodySerializer: (body) => body as unknown as BodyInit,
  }));
}

/** A name made of the file's, where nobody gives one. */
function fallback(file: string): string {
  return file.replace(/\.zip$/i, '').replace(/[^A-Za-z0-9 ._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 64) || 'pack';
}
