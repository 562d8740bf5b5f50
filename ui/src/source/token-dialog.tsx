import { Button, Modal, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import type { FreshSource } from '../client';
import { useMe } from '../identity/session';
import { CopyButton } from '../kit/copy';
import { addressOf, curl, fluentBit, rsyslog } from './snippets';

/** Shows a source's token, this once, and the settings that use it. */
export function TokenDialog({ source, close }: { source: FreshSource; close: () => void }) {
  const { t } = useTranslation();
  const { syslog_port: sharedSyslog } = useMe();
  const address = addressOf(window.location, source, sharedSyslog);
  const snippets = [
    { key: 'curl', label: 'curl', text: curl(address, source.token) },
    { key: 'rsyslog', label: 'rsyslog', text: rsyslog(address, source.token) },
    { key: 'fluent-bit', label: 'Fluent Bit', text: fluentBit(address, source.token) },
  ];
  return (
    <Modal
      open
      width={720}
      title={t('source.tokenOf', { name: source.name })}
      mask={{ closable: false }}
      onCancel={close}
      footer={<Button type="primary" onClick={close}>{t('kit.kept')}</Button>}
    >
      <p className="notice warn">{t('kit.once')}</p>
      <p className="secret"><code>{source.token}</code><CopyButton value={source.token} label={t('kit.copy')} /></p>
      <p>{t('source.settings')}</p>
      <Tabs
        items={snippets.map(({ key, label, text }) => ({
          key,
          label,
          children: (
            <>
              <div className="row"><CopyButton value={text} label={t('kit.copy')} /></div>
              <pre className="raw">{text}</pre>
            </>
          ),
        }))}
      />
      <p className="soft">{t('source.settingsText', { http: address.http, syslog: address.syslog })}</p>
    </Modal>
  );
}
