import { Button, Select } from 'antd';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventField } from '../client';
import { revealed } from '../kit/reveal';
import { Untrusted } from '../kit/untrusted';
import type { Change, Standing } from './draft';
import { Sure } from './sureness';
import { keyOf, offered, targetOf, type Target } from './targets';
import { useLearnWords } from './words';

interface Props {
  field: Standing;
  /** The records do not name the field: it can be called otherwise. */
  named: boolean;
  /** What the schema knows. */
  known: readonly EventField[];
  change: (change: Change) => void;
  /** Takes back everything that was changed about the field. */
  restore?: () => void;
  close: () => void;
}

/** Changes one field: what it becomes, what it is called, and what its values mean. */
export function FieldEditor({ field, named, known, change, restore, close }: Props) {
  const { t } = useTranslation();
  const form = useRef<HTMLDivElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLInputElement>('.ant-select input')?.focus();
  }, []);
  const name = useId();
  return (
    <div
      className="learn-editor"
      ref={form}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || (event.target instanceof Element && event.target.closest('.ant-select-open'))) return;
        event.stopPropagation();
        close();
      }}
    >
      <div className="learn-line">
        <span>{t('learn.becomes')}</span>
        <TargetSelect field={field} known={known} set={({ target, as }) => change({ target, as })} />
      </div>
      <Alternatives field={field} set={({ target, as }) => change({ target, as })} />
      {named && (
        <div className="learn-line">
          <label htmlFor={name}>{t('learn.name')}</label>
          <input id={name} className="field mono" value={field.name} maxLength={64} spellCheck={false} onChange={(event) => change({ name: event.target.value })} />
        </div>
      )}
      {field.target !== '' && field.values.length > 0 && <Table field={field} allowed={known.find((each) => each.name === field.target)?.values ?? []} change={change} />}
      <div className="row">
        <Button size="small" type="primary" onClick={close}>{t('learn.done')}</Button>
        {restore && <Button size="small" onClick={restore}>{t('learn.asProposed')}</Button>}
      </div>
    </div>
  );
}

function TargetSelect({ field, known, set }: { field: Standing; known: readonly EventField[]; set: (target: Target) => void }) {
  const { t } = useTranslation();
  const words = useLearnWords();
  const [typed, setTyped] = useState('');
  const row = (each: Target): { value: string; label: ReactNode } => ({
    value: keyOf(each),
    label: <span className="learn-option"><code>{each.target}</code> <span className="soft">{each.as ? words.form(each.as) : words.target(each)}</span></span>,
  });
  const targets = offered(typed, [field, ...field.alternatives], known.map((each) => each.name), (each) => (each.as ? words.form(each.as) : words.target(each)));
  const options = targets.map(row);
  const none = { value: keyOf({ target: '', as: '' }), label: <span className="soft">{t('learn.kept')}</span> };
  return (
    <Select
      className="learn-select"
      aria-label={t('learn.becomes')}
      value={keyOf(field)}
      showSearch={{ searchValue: typed, onSearch: setTyped, filterOption: false }}
      popupMatchSelectWidth={420}
      labelRender={({ value }) => (String(value) === none.value ? none.label : row(targetOf(String(value))).label)}
      notFoundContent={t('learn.noField')}
      options={typed.trim() === '' ? [none, ...options] : options}
      onChange={(key: string) => {
        setTyped('');
        set(targetOf(key));
      }}
    />
  );
}

function Alternatives({ field, set }: { field: Standing; set: (target: Target) => void }) {
  const { t } = useTranslation();
  const words = useLearnWords();
  const others = field.alternatives.filter((each) => keyOf(each) !== keyOf(field));
  if (others.length === 0) return null;
  return (
    <div className="learn-line">
      <span>{t('learn.alternatives')}</span>
      <span className="picks">
        {others.map((each) => (
          <button key={keyOf(each)} type="button" onClick={() => set(each)}>
            <code>{each.target}</code>{each.as !== '' && <span className="soft">{words.form(each.as)}</span>} <Sure confidence={each.confidence} />
          </button>
        ))}
      </span>
    </div>
  );
}

/** What the device's values become; an empty one stays as it is. */
function Table({ field, allowed, change }: { field: Standing; allowed: readonly string[]; change: (change: Change) => void }) {
  const { t } = useTranslation();
  const list = useId();
  const enumerated = ['enum', 'constant', 'word', 'integer'].includes(field.type);
  const [asked, setShown] = useState(false);
  if (!asked && Object.keys(field.table).length === 0 && allowed.length === 0) return enumerated ? <div><button type="button" className="learn-link" onClick={() => setShown(true)}>{t('learn.makeTable')}</button></div> : null;
  const values = [...new Set([...field.values.map(({ value }) => value), ...Object.keys(field.table)])];
  const set = (value: string, to: string) => {
    const table = { ...field.table, [value]: to };
    if (to === '') delete table[value];
    change({ table });
  };
  return (
    <div className="learn-line top">
      <span>{t('learn.table')}</span>
      <div className="stack tight">
        <table className="learn-table" aria-label={t('learn.table')}>
          <tbody>
            {values.map((value) => (
              <tr key={value}>
                <th scope="row"><code><Untrusted value={value} /></code></th>
                <td aria-hidden="true">→</td>
                <td>
                  <input
                    className="field mono" list={allowed.length > 0 ? list : undefined} value={field.table[value] ?? ''} maxLength={200} spellCheck={false}
                    placeholder={allowed.length > 0 ? t('learn.noValue') : revealed(value)} aria-label={t('learn.valueOf', { value: revealed(value) })}
                    onChange={(event) => set(value, event.target.value)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {allowed.length > 0 && <p className="soft">{t('learn.allowed', { field: field.target })} {allowed.map((each) => <code key={each}>{each} </code>)}</p>}
        {allowed.length > 0 && <datalist id={list}>{allowed.map((each) => <option key={each} value={each} />)}</datalist>}
      </div>
    </div>
  );
}
