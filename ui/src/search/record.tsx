import { useTranslation } from 'react-i18next';
import type { FlatEvent } from '../client';
import { CopyButton } from '../kit/copy';
import { asText, Fields } from '../kit/fields';
import { useHotkeys } from '../kit/hotkeys';
import { Place } from '../kit/placed';
import { At } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { Value } from '../kit/value-menu';
import { TenantName } from '../tenancy/band';
import { Around } from './around';
import { tabs, type Tab } from './params';

interface Props {
  event: FlatEvent;
  tab: Tab;
  setTab: (tab: Tab) => void;
  open: (event: FlatEvent) => void;
  close: () => void;
  toggle: (field: string) => void;
  columns: string[];
  link: string;
}

/** One record beside the list: its fields, as JSON, as it was received, and what stood around it. */
export function Record({ event, tab, setTab, open, close, toggle, columns, link }: Props) {
  const { t } = useTranslation();
  useHotkeys({ Escape: () => close() });
  const raw = asText(event['event.original']);
  return (
    <aside className="record" aria-label={t('search.record')}>
      <header className="row">
        <strong><At at={asText(event['@timestamp'])} fine /></strong>
        {asText(event['isoc.tenant']) && <TenantName id={asText(event['isoc.tenant'])} />}
        <span className="grow" />
        <CopyButton value={link} label={t('search.link')} />
        <CopyButton value={json(event)} label={t('search.copyJson')} />
        <button type="button" className="act" title={t('search.close')} aria-label={t('search.close')} onClick={close}>×</button>
      </header>
      <div role="tablist" className="record-tabs" aria-label={t('search.record')} onKeyDown={(key) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[key.key];
        if (!step) return;
        const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] ?? 'table';
        setTab(next);
        key.currentTarget.querySelector<HTMLElement>(`[data-tab=${next}]`)?.focus();
      }}>
        {tabs.map((each) => (
          <button key={each} type="button" role="tab" data-tab={each} id={`tab-${each}`} aria-controls="record-panel" aria-selected={each === tab} tabIndex={each === tab ? 0 : -1} onClick={() => setTab(each)}>
            {{ table: t('search.tabTable'), json: t('search.tabJson'), raw: t('search.tabRaw'), around: t('search.tabAround') }[each]}
          </button>
        ))}
      </div>
      <div className="record-body" role="tabpanel" id="record-panel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === 'table' && <FieldTable event={event} toggle={toggle} columns={columns} />}
        {tab === 'json' && <pre className="raw"><Untrusted value={json(event)} /></pre>}
        {tab === 'raw' && (
          <>
            <div className="row"><span className="soft">{t('search.raw')}</span><CopyButton value={raw} /></div>
            <p className="raw"><Untrusted value={raw} /></p>
          </>
        )}
        {tab === 'around' && <Around event={event} open={open} />}
      </div>
    </aside>
  );
}

function json(event: FlatEvent): string {
  return JSON.stringify(Object.fromEntries(Object.entries(event).sort(([a], [b]) => (a < b ? -1 : 1))), null, 2);
}

function FieldTable({ event, toggle, columns }: { event: FlatEvent; toggle: (field: string) => void; columns: string[] }) {
  const { t } = useTranslation();
  const tenant = asText(event['isoc.tenant']);
  const at = asText(event['@timestamp']);
  return (
    <Fields
      event={event}
      value={(name, value) => <><Value field={name} value={value} tenant={tenant} at={at} /><Place field={name} value={value} /></>}
      actions={(name) => {
        if (name === '@timestamp' || name === 'isoc.tenant') return null;
        const what = columns.includes(name) ? t('search.noColumn') : t('search.asColumn');
        return <button type="button" className="act" aria-pressed={columns.includes(name)} title={what} aria-label={what} onClick={() => toggle(name)}>▥</button>;
      }}
    />
  );
}
