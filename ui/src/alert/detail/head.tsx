import { CopyOutlined, DownOutlined, PrinterOutlined, UpOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { App, Button, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { AlertDetail } from '../../client';
import { copy } from '../../kit/copy';
import { useHotkeys, type Keys } from '../../kit/hotkeys';
import { count } from '../../kit/number';
import { Ago, At } from '../../kit/time';
import { Untrusted } from '../../kit/untrusted';
import { TenantName } from '../../tenancy/band';
import { neighbours } from '../queue';
import { StateTag } from '../state';

/** The line below the title: whose, how far, since when, how often. */
export function Facts({ alert }: { alert: AlertDetail }) {
  const { t, i18n } = useTranslation();
  return (
    <dl className="alert-facts">
      <div><dt className="sr-only">{t('alert.stateTitle')}</dt><dd><StateTag state={alert.state} verdict={alert.verdict} /></dd></div>
      {alert.backfilled_by !== '' && <div><dt>{t('gap.mark')}</dt><dd><Untrusted value={alert.backfilled_by} /> <span className="faint"><Ago at={alert.created_at} /></span></dd></div>}
      <div><dt>{t('why.risk.title')}</dt><dd><Risk alert={alert} /></dd></div>
      <div><dt>{t('kit.tenant')}</dt><dd><TenantName id={alert.tenant} /></dd></div>
      <div><dt>{t('alert.assignee')}</dt><dd>{alert.assignee_name || alert.assignee || <span className="faint">{t('alert.nobody')}</span>}</dd></div>
      <div><dt>{t('alert.count')}</dt><dd>{count(alert.count, i18n.language)}</dd></div>
      <div><dt>{t('alert.first')}</dt><dd><At at={alert.first_at} /></dd></div>
      {alert.count > 1 && <div><dt>{t('alert.last')}</dt><dd><At at={alert.last_at} /> <span className="faint">(<Ago at={alert.last_at} />)</span></dd></div>}
    </dl>
  );
}

/** How urgent, with the reasons on demand. */
function Risk({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const word = ({ code, n }: AlertDetail['risk_parts'][number]) => {
    if (code.startsWith('level.')) return t('why.risk.level');
    const known = (['firings', 'rules', 'stages'] as const).find((each) => each === code);
    return known ? t(`why.risk.${known}`, { n }) : t('why.risk.other');
  };
  const parts = (
    <div className="risk-parts">
      <p>{t('why.risk.of')}</p>
      <ul>{alert.risk_parts.map((part) => <li key={part.code}><span>{word(part)}</span><b>{t('why.risk.points', { points: part.points })}</b></li>)}</ul>
    </div>
  );
  return (
    <Tooltip title={parts} trigger={['hover', 'focus']} placement="bottomLeft" styles={{ root: { maxWidth: 380 } }}>
      <button type="button" className="risk-figure"><b>{alert.risk}</b></button>
    </Tooltip>
  );
}

/** Through the queue, copy the link, print. */
export function Tools({ alert, title }: { alert: AlertDetail; title: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const near = neighbours(alert.id);
  const go = (id: string | undefined) => {
    if (id) void navigate({ to: '/alerts/$id', params: { id } });
  };
  const link = () => void copy(window.location.href).then((done) => done && message.success(t('alert.linkCopied')));
  const keys: Keys = {};
  if (near) {
    keys.n = { what: t('alert.nextInQueue'), run: () => go(near.after) };
    keys.p = { what: t('alert.previousInQueue'), run: () => go(near.before) };
    keys.J = () => go(near.after);
    keys.K = () => go(near.before);
  }
  useHotkeys(keys);
  return (
    <span className="row tight no-print">
      {near && (
        <>
          <span className="soft">{t('alert.inQueue', { at: near.at, of: near.of })}</span>
          <Button size="small" icon={<UpOutlined />} disabled={!near.before} aria-label={t('alert.previousInQueue')} title={`${t('alert.previousInQueue')} (p)`} onClick={() => go(near.before)} />
          <Button size="small" icon={<DownOutlined />} disabled={!near.after} aria-label={t('alert.nextInQueue')} title={`${t('alert.nextInQueue')} (n)`} onClick={() => go(near.after)} />
        </>
      )}
      <Button size="small" icon={<CopyOutlined />} onClick={link}>{t('alert.copyLink')}</Button>
      <Button
        size="small"
        icon={<PrinterOutlined />}
        onClick={() => {
          const before = document.title;
          document.title = `${title} ${alert.id}`; // names the file it is printed to
          window.print();
          document.title = before;
        }}
      >
        {t('alert.print')}
      </Button>
    </span>
  );
}
