import { useQuery } from '@tanstack/react-query';
import { Button, Drawer, Segmented, Select } from 'antd';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, Problem, type ExceptionTerm } from '../client';
import { Failure, Loading } from '../kit/states';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import type { EditorHandle } from '../search/editor';
import { useCheck, useKnown } from '../search/known';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import '../search/search.css';
import './except.css';
import { Impact } from './impact';
import { exceptionsKey, joined, lives } from './params';
import { draftQuery, impactQuery } from './queries';

const Editor = lazy(() => import('../search/editor'));

interface Props {
  /** What it begins with: an alert, a rule, or nothing. */
  from: { alert?: string; rule?: { id: string; title: string } };
  close: () => void;
}

interface Start {
  tenant: string | undefined;
  rule: string;
  title: string;
  query: string;
  terms: ExceptionTerm[];
  alert?: string;
}

/** Writes an exception: whose, from which rule, on which events, why, until when. It is saved once its impact was counted. */
export function ExceptionDrawer({ from, close }: Props) {
  const { t, i18n } = useTranslation();
  const { tenant } = useScope();
  const draft = useQuery({ ...draftQuery(from.alert ?? ''), enabled: from.alert !== undefined });
  const start: Start | undefined = from.alert === undefined
    ? { tenant: tenant?.id, rule: from.rule?.id ?? '', title: from.rule?.title ?? '', query: '', terms: [] }
    : draft.data && {
      tenant: draft.data.tenant, rule: draft.data.rule, query: draft.data.query, terms: draft.data.terms, alert: from.alert,
      title: (i18n.language === 'zh-CN' && draft.data.rule_title_zh) || draft.data.rule_title,
    };
  if (start) return <Form start={start} close={close} />;
  return (
    <Drawer open size={720} title={t('except.new')} onClose={close}>
      {draft.error ? <Failure error={draft.error} retry={() => void draft.refetch()} /> : <Loading lines={8} />}
    </Drawer>
  );
}

const day = 86_400_000; // ms

function Form({ start, close }: { start: Start; close: () => void }) {
  const { t } = useTranslation();
  const { tenants, fixed } = useScope();
  const [tenant, setTenant] = useState(start.tenant);
  const [general, setGeneral] = useState(start.rule === '');
  const [terms, setTerms] = useState(start.terms);
  const [query, setQuery] = useState(start.query);
  const [asked, setAsked] = useState(start.query); // what the impact is counted of
  const [days, setDays] = useState(7);
  const [life, setLife] = useState<number>(30);
  const [opened] = useState(() => Date.now());
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const editor = useRef<EditorHandle>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const rule = general ? '' : start.rule;
  const ready = tenant !== undefined && asked.trim() !== '';
  const impact = useQuery({ ...impactQuery({ tenant: tenant ?? '', rule, query: asked, days }), enabled: ready });
  const counted = ready && impact.data !== undefined && asked === query.trim();
  const ends = new Date(opened + life * day).toISOString();
  const save = useChange({
    run: () => ask(client.POST('/api/v1/exceptions', { body: { tenant: tenant!, rule, query: asked, reason: reason.trim(), alert: start.alert, expires_at: ends } })),
    stale: [exceptionsKey], done: t('except.made'), then: close,
  });
  const count = (text: string) => {
    setAsked(text.trim());
    if (text.trim() === asked && impact.error) void impact.refetch();
  };
  const toggle = (at: number) => {
    const next = terms.map((term, i) => (i === at ? { ...term, chosen: !term.chosen } : term));
    setTerms(next);
    setQuery(joined(next));
    setAsked(joined(next));
  };
  const submit = () => {
    if (!counted) return;
    if (reason.trim() === '') {
      setMissing(true);
      field.current?.focus();
      return;
    }
    save.mutate();
  };
  return (
    <Drawer
      open
      size={720}
      title={t('except.new')}
      onClose={close}
      footer={
        <div className="row">
          <Button type="primary" disabled={!counted} loading={save.isPending} onClick={submit}>{t('except.save')}<kbd aria-hidden="true">Ctrl ↵</kbd></Button>
          <Button onClick={close}>{t('kit.cancel')}</Button>
          {!counted && <span className="soft">{t('except.countFirst')}</span>}
        </div>
      }
    >
      <form
        className="except-form"
        aria-label={t('except.new')}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          event.stopPropagation();
          submit();
        }}
      >
        <dl className="pairs">
          <dt>{t('kit.tenant')}</dt>
          <dd>
            {start.alert !== undefined || fixed ? <TenantName id={tenant ?? ''} /> : (
              <Select
                className="except-tenant"
                aria-label={t('kit.tenant')}
                placeholder={t('except.chooseTenant')}
                value={tenant}
                onChange={setTenant}
                showSearch={{ optionFilterProp: 'label' }}
                options={tenants.map((each) => ({ value: each.id, label: each.name }))}
              />
            )}
          </dd>
          <dt>{t('except.rule')}</dt>
          <dd className="stack">
            {start.rule !== '' && <label><input type="radio" name="scope" checked={!general} onChange={() => setGeneral(false)} /> <Untrusted value={start.title} /></label>}
            <label><input type="radio" name="scope" checked={general} onChange={() => setGeneral(true)} /> {t('except.everyRule')}</label>
          </dd>
        </dl>
        {terms.length > 0 && (
          <fieldset className="except-terms">
            <legend>{t('except.terms')}</legend>
            {terms.map((term, i) => (
              <label key={term.field} title={term.query}>
                <input type="checkbox" checked={term.chosen} onChange={() => toggle(i)} />
                <code className="soft">{term.field}</code>
                <code className="clip"><Untrusted value={term.values.join(' · ')} /></code>
                {term.kind === 'match' && <span className="faint">{t('except.matched')}</span>}
              </label>
            ))}
          </fieldset>
        )}
        <div className="except-field">
          <span id="except-query">{t('except.query')}</span>
          <FilterEditor tenant={tenant} value={query} changed={setQuery} run={count} handle={editor} />
          <div className="row">
            <Button size="small" disabled={query.trim() === '' || tenant === undefined} loading={impact.isFetching} onClick={() => count(query)}>{t('except.count')}</Button>
            <span className="soft">{t('except.queryText')}</span>
          </div>
        </div>
        <section className="except-impact" aria-label={t('except.impact.title')} aria-live="polite" aria-busy={impact.isFetching}>
          <div className="row">
            <h3>{t('except.impact.title')}</h3>
            <Segmented size="small" aria-label={t('except.impact.days')} value={days} onChange={setDays} options={[1, 7, 30].map((n) => ({ value: n, label: t('except.days', { count: n }) }))} />
          </div>
          {!ready && <p className="faint">{t(tenant === undefined ? 'except.chooseTenant' : 'except.impact.none')}</p>}
          {ready && impact.error && <Refused error={impact.error} retry={() => void impact.refetch()} />}
          {ready && impact.isFetching && !impact.data && <Loading lines={3} />}
          {ready && impact.data && <Impact impact={impact.data} stale={!counted} />}
        </section>
        <label className="except-field">
          <span>{t('except.reason')}</span>
          <textarea ref={field} rows={2} maxLength={1000} value={reason} placeholder={t('except.reasonExample')} onChange={(event) => setReason(event.target.value)} />
        </label>
        {missing && reason.trim() === '' && <p className="wrong" role="alert">{t('except.needReason')}</p>}
        <div className="except-field">
          <span>{t('except.expires')}</span>
          <div className="row"><Life value={life} set={setLife} /> <span className="soft"><At at={ends} /></span></div>
        </div>
      </form>
    </Drawer>
  );
}

/** How long, among a few usual lengths. */
export function Life({ value, set }: { value: number; set: (days: number) => void }) {
  const { t } = useTranslation();
  return <Segmented size="small" aria-label={t('except.expires')} value={value} onChange={set} options={lives.map((n) => ({ value: n as number, label: t('except.days', { count: n }) }))} />;
}

// A filter that the server refuses is told in its words, with the place being marked in the editor.
function Refused({ error, retry }: { error: unknown; retry: () => void }) {
  if (!(error instanceof Problem) || error.fields.length === 0) return <Failure error={error} retry={retry} />;
  return <p className="notice warn" role="alert">{error.fields.map((field) => field.message).join(' · ')}</p>;
}

const span = 7 * day;

interface EditorProps {
  tenant: string | undefined;
  value: string;
  changed: (query: string) => void;
  run: (query: string) => void;
  handle: React.RefObject<EditorHandle | null>;
}

function FilterEditor({ tenant, value, changed, run, handle }: EditorProps) {
  const { t } = useTranslation();
  const [question] = useState(() => ({ from: new Date(Date.now() - span).toISOString(), to: undefined, query: '' }));
  const [asked, setAsked] = useState({ ...question, tenants: tenant ? [tenant] : undefined });
  if (asked.tenants?.[0] !== tenant) setAsked({ ...question, tenants: tenant ? [tenant] : undefined });
  const known = useKnown(asked);
  const check = useCheck();
  return (
    <div className="query-box">
      <Suspense fallback={<div className="editor-space mono soft clip">{value}</div>}>
        <Editor value={value} run={run} changed={changed} known={known} check={check} earlier={none} label={t('except.query')} hint={t('except.queryHint')} handle={handle} />
      </Suspense>
    </div>
  );
}

const none = () => [];
