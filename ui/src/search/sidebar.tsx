import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { count, share } from '../kit/number';
import { Place } from '../kit/placed';
import { Failure } from '../kit/states';
import { revealed } from '../kit/reveal';
import { Untrusted } from '../kit/untrusted';
import { Numbers } from './numbers';
import { fieldsQuery, valuesQuery, type Question } from './queries';
import { measures, numeric } from './rows';

interface Props {
  question: Question;
  total: number | undefined;
  columns: string[];
  toggle: (field: string) => void;
  keep: (field: string, value: string) => void;
  drop: (field: string, value: string) => void;
  split: (field: string) => void;
  /** Adds a condition to the query. */
  narrow: (condition: string) => void;
}

const hidden = new Set(['@timestamp', 'isoc.tenant.id', 'event.id', 'event.sequence', 'event.original']);
const most = 400; // fields listed at once; finding narrows them

/** The fields of what was found; each opens to its most frequent values. */
export function Sidebar(props: Props) {
  const { question, total, columns } = props;
  const { t } = useTranslation();
  const [find, setFind] = useState('');
  const fields = useQuery(fieldsQuery(question));
  const wanted = find.trim().toLowerCase();
  const listed = useMemo(
    () => (fields.data ?? []).filter(({ name }) => (wanted ? name.toLowerCase().includes(wanted) : !hidden.has(name))),
    [fields.data, wanted],
  );
  const hits = new Map(fields.data?.map(({ name, hits }) => [name, hits]));
  const pinned = columns.filter((name) => name.toLowerCase().includes(wanted));
  const rest = listed.filter(({ name }) => !columns.includes(name)).slice(0, most);
  const item = (name: string) => <Field key={name} {...props} name={name} hits={hits.get(name) ?? 0} total={total} />;
  return (
    <aside className="fields-side" aria-label={t('search.fields')}>
      <input type="search" value={find} onChange={(event) => setFind(event.target.value)} placeholder={t('search.findField')} aria-label={t('search.findField')} />
      <div className="fields-list" tabIndex={-1}>
        {fields.error !== null && !fields.data && <Failure error={fields.error} retry={() => void fields.refetch()} />}
        {pinned.length > 0 && <h2>{t('search.pinned')}</h2>}
        <ul>{pinned.map(item)}</ul>
        <h2>{t('search.available')}{fields.data && <span className="faint"> {rest.length}</span>}</h2>
        <ul>{rest.map(({ name }) => item(name))}</ul>
      </div>
    </aside>
  );
}

function Field({ name, hits, total, question, columns, toggle, keep, drop, split, narrow }: Props & { name: string; hits: number }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const shown = columns.includes(name);
  // The archive counts whole blocks, so the share is at most what it says.
  const covered = total ? share(Math.min(hits, total), total) : '';
  return (
    <li className={open ? 'open' : ''}>
      <div className="field-line">
        <button type="button" className="field-name" aria-expanded={open} onClick={() => setOpen(!open)} title={covered && hits > 0 ? t('search.coverage', { share: covered }) : undefined}>
          <span className="clip"><Untrusted value={name} /></span>
          {hits > 0 && <span className="faint">{covered}</span>}
        </button>
        <button type="button" className="act" aria-pressed={shown} title={shown ? t('search.noColumn') : t('search.asColumn')} aria-label={`${shown ? t('search.noColumn') : t('search.asColumn')} ${revealed(name)}`} onClick={() => toggle(name)}>
          {shown ? '×' : '+'}
        </button>
      </div>
      {open && <TopValues name={name} total={total} question={question} keep={keep} drop={drop} split={split} narrow={narrow} />}
    </li>
  );
}

function TopValues({ name, total, question, keep, drop, split, narrow }: Pick<Props, 'question' | 'total' | 'keep' | 'drop' | 'split' | 'narrow'> & { name: string }) {
  const { t, i18n } = useTranslation();
  const values = useQuery(valuesQuery(question, name));
  if (values.error) return <Failure error={values.error} />;
  if (!values.data) return <p className="faint values-wait">{t('kit.loading')}</p>;
  const whole = total || values.data.reduce((sum, each) => sum + each.hits, 0);
  return (
    <div className="values">
      {values.data.length > 1 && measures(name) && values.data.every(({ value }) => numeric(value) !== undefined) && <Numbers name={name} question={question} narrow={narrow} />}
      {values.data.length === 0 && <p className="faint">{t('search.noValues')}</p>}
      <ul aria-label={t('search.topValues')}>
        {values.data.map(({ value, hits }) => (
          <li key={value}>
            <div className="value-line">
              <span className="clip"><code><Untrusted value={value.slice(0, 300)} /></code><Place field={name} value={value} /></span>
              <button type="button" className="act" title={t('kit.value.keep')} aria-label={`${t('kit.value.keep')} ${revealed(value.slice(0, 80))}`} onClick={() => keep(name, value)}>+</button>
              <button type="button" className="act" title={t('kit.value.drop')} aria-label={`${t('kit.value.drop')} ${revealed(value.slice(0, 80))}`} onClick={() => drop(name, value)}>−</button>
            </div>
            <div className="value-share" title={count(hits, i18n.language)}>
              <i style={{ width: `${Math.min(100, (hits / Math.max(1, whole)) * 100)}%` }} />
              <span className="soft">{share(Math.min(hits, whole), whole)}</span>
            </div>
          </li>
        ))}
      </ul>
      {values.data.length > 1 && <button type="button" className="link" onClick={() => split(name)}>{t('search.splitBy')}</button>}
    </div>
  );
}
