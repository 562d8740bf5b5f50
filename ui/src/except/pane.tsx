import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type Exception } from '../client';
import { useCan } from '../identity/session';
import { CopyButton } from '../kit/copy';
import { count } from '../kit/number';
import { Ago, At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { TenantName } from '../tenancy/band';
import { ExceptionState, useRuleOf } from './columns';
import { Life } from './drawer';
import { exceptionsKey } from './params';

/** One exception beside the list; its end and its reason can be changed, and it can be removed. */
export function ExceptionPane({ exception: x }: { exception: Exception }) {
  const { t, i18n } = useTranslation();
  const tune = useCan()('rule.tune');
  const ruleOf = useRuleOf();
  const [form, setForm] = useState<'extend' | 'remove'>();
  return (
    <article className="side">
      <header>
        <h2><Untrusted value={ruleOf(x)} /></h2>
        <div className="row">
          <ExceptionState exception={x} />
          <TenantName id={x.tenant} />
          {tune && <button type="button" className="plain-button" aria-expanded={form === 'extend'} onClick={() => setForm('extend')}>{t('except.extend')}</button>}
          {tune && <button type="button" className="plain-button" aria-expanded={form === 'remove'} onClick={() => setForm('remove')}>{t('except.remove')}</button>}
        </div>
      </header>
      {x.fault && x.state !== 'expired' && <p className="notice bad">{t('except.broken')} <Untrusted value={x.fault} /></p>}
      {x.rule_gone && <p className="notice warn">{t('except.ruleGone')}</p>}
      {form === 'extend' && <Extend exception={x} close={() => setForm(undefined)} />}
      {form === 'remove' && <Remove exception={x} close={() => setForm(undefined)} />}
      <section>
        <h3 className="row">{t('except.query')} <CopyButton value={x.query} /></h3>
        <code className="except-query"><Untrusted value={x.query} /></code>
      </section>
      <section>
        <h3>{t('except.reason')}</h3>
        <p><Untrusted value={x.reason} /></p>
      </section>
      <dl className="pairs">
        <dt>{t('except.hits')}</dt><dd>{count(x.hits, i18n.language)} <span className="soft">{t('except.hitsLag')}</span></dd>
        <dt>{t('except.lastHit')}</dt><dd>{x.last_hit ? <><At at={x.last_hit} /> <span className="faint">(<Ago at={x.last_hit} />)</span></> : '–'}</dd>
        <dt>{t('except.expires')}</dt><dd><At at={x.expires_at} /></dd>
        <dt>{t('except.by')}</dt><dd><Untrusted value={x.created_by} /> <At at={x.created_at} /></dd>
        {x.version > 1 && <><dt>{t('except.changed')}</dt><dd><Untrusted value={x.updated_by} /> <At at={x.updated_at} /></dd></>}
        {x.rule !== '' && <><dt>{t('except.rule')}</dt><dd>{x.rule_gone ? <code><Untrusted value={x.rule} /></code> : <Link to="/rules/$id" params={{ id: x.rule }}><Untrusted value={ruleOf(x)} /></Link>}</dd></>}
        {x.alert !== '' && <><dt>{t('except.alert')}</dt><dd><Link to="/alerts/$id" params={{ id: x.alert }}>{t('except.openAlert')}</Link></dd></>}
      </dl>
    </article>
  );
}

const day = 86_400_000; // ms

function Extend({ exception: x, close }: { exception: Exception; close: () => void }) {
  const { t } = useTranslation();
  const [life, setLife] = useState(30);
  const [reason, setReason] = useState(x.reason);
  const [opened] = useState(() => Date.now());
  const ends = new Date(opened + life * day).toISOString();
  const save = useChange({
    run: () => ask(client.PATCH('/api/v1/exceptions/{exception}', { params: { path: { exception: x.id } }, body: { expires_at: ends, reason: reason.trim(), version: x.version } })),
    stale: [exceptionsKey], done: t('kit.saved'), then: close,
  });
  return (
    <form className="except-form notice" aria-label={t('except.extend')} onSubmit={(event) => { event.preventDefault(); save.mutate(); }} onKeyDown={(event) => { if (event.key === 'Escape') { event.stopPropagation(); close(); } }}>
      <div className="except-field"><span>{t('except.expires')}</span><Life value={life} set={setLife} /><span className="soft"><At at={ends} /></span></div>
      <label className="except-field"><span>{t('except.reason')}</span><textarea autoFocus rows={2} maxLength={1000} value={reason} onChange={(event) => setReason(event.target.value)} /></label>
      <div className="row"><Button type="primary" size="small" htmlType="submit" disabled={reason.trim() === ''} loading={save.isPending}>{t('kit.save')}</Button><Button size="small" onClick={close}>{t('kit.cancel')}</Button></div>
    </form>
  );
}

function Remove({ exception: x, close }: { exception: Exception; close: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const remove = useChange({
    run: () => ask(client.DELETE('/api/v1/exceptions/{exception}', { params: { path: { exception: x.id }, query: { reason: reason.trim() } } })),
    stale: [exceptionsKey], done: t('except.removed'), then: close,
  });
  return (
    <form className="except-form notice warn" aria-label={t('except.remove')} onSubmit={(event) => { event.preventDefault(); remove.mutate(); }} onKeyDown={(event) => { if (event.key === 'Escape') { event.stopPropagation(); close(); } }}>
      <label className="except-field"><span>{t('except.removeReason')}</span><textarea autoFocus rows={2} maxLength={1000} value={reason} onChange={(event) => setReason(event.target.value)} /></label>
      <div className="row"><Button danger size="small" htmlType="submit" disabled={reason.trim() === ''} loading={remove.isPending}>{t('except.remove')}</Button><Button size="small" onClick={close}>{t('kit.cancel')}</Button></div>
    </form>
  );
}
