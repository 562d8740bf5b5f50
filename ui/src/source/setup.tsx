import { Input, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Source } from '../client';
import { useMe } from '../identity/session';
import { CopyButton } from '../kit/copy';
import { addressOf, reachable, senders, usual } from './snippets';
import './source.css';

/** Ready settings for every way of sending, with this installation's address and the source's token. */
export function SenderSetup({ source, token }: { source: Source; token: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const slug = me.tenants.find(({ id }) => id === source.tenant)?.slug ?? source.tenant;
  const found = addressOf(window.location, source, slug, { syslog: me.syslog_port, syslogTls: me.syslog_tls_port, netflow: me.netflow_port });
  const [host, setHost] = useState(found.host);
  const address = { ...found, host: host.trim() || found.host };
  const offered = senders.filter((sender) => reachable(sender, address));
  return (
    <>
      <label className="row">
        <span className="soft">{t('source.serverAddress')}</span>
        <Input className="search-field" value={host} maxLength={253} onChange={(change) => setHost(change.target.value)} />
        <span className="soft">{t('source.serverPorts', { http: address.http, syslog: address.syslog || '–' })}{address.syslogTls > 0 && ` · ${t('source.serverTlsPort', { port: address.syslogTls })}`}{address.netflow > 0 && ` · ${t('source.serverFlowPort', { port: address.netflow })}`}</span>
      </label>
      {isLoopback(address.host) && <p className="notice warn">{t('source.loopback')}</p>}
      <Tabs
        size="small"
        tabBarGutter={18}
        defaultActiveKey={usual(source.kind)}
        items={offered.map((sender) => ({
          key: sender.key,
          label: sender.pulled === 'files' ? t('source.pulled.name') : sender.name,
          children: (
            <div className="stack">
              {sender.byAddress && source.senders.length === 0 && <p className="notice warn">{t('source.needsAddress')}</p>}
              {sender.pulled && <p className="notice">{t(`source.pulled.${sender.pulled}`)}</p>}
              <Snippet where={sender.file} text={sender.text(address, token)} />
              {sender.apply && <Snippet where={t('source.apply')} text={sender.apply} prose />}
            </div>
          ),
        }))}
      />
    </>
  );
}

/** One piece of text to paste, with where it belongs. */
export function Snippet({ where, text, prose }: { where?: string; text: string; prose?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="snippet">
      <header>
        {where && (prose ? <span>{where}</span> : <code>{where}</code>)}
        <span className="grow" />
        <CopyButton value={text} label={t('kit.copy')} />
      </header>
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '[::1]' || host === '::1';
}
