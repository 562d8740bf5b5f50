import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { count, share } from '../kit/number';
import { Untrusted } from '../kit/untrusted';
import '../kit/data-table.css';
import type { Standing } from './draft';
import { Sure } from './sureness';
import { useLearnWords } from './words';

interface Props {
  fields: Standing[];
  /** Lines of the format. */
  lines: number;
  /** The chosen field, by its name in the proposal. */
  chosen: string | undefined;
  editing: boolean;
  /** Whether fields may be changed. */
  open: boolean;
  choose: (field: string, edit: boolean) => void;
  editor: (field: Standing) => ReactNode;
}

const shownValues = 3;

/** The fields of a format: what the device calls each, what it is, what it becomes, how surely and why. */
export function FieldTable({ fields, lines, chosen, editing, open, choose, editor }: Props) {
  const { t } = useTranslation();
  const body = useRef<HTMLTableSectionElement>(null);
  useEffect(() => {
    body.current?.querySelector('tr.active')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <div className="data-table learn-fields">
      <table aria-label={t('learn.fields')}>
        <thead>
          <tr>
            <th scope="col">{t('learn.field')}</th>
            <th scope="col" className="wide-only">{t('learn.values')}</th>
            <th scope="col">{t('learn.becomes')}</th>
            <th scope="col" className="min">{t('learn.sureTitle')}</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {fields.map((field) => {
            const active = field.origin === chosen;
            return (
              <Row key={field.origin} field={field} lines={lines} active={active} editing={active && editing} open={open} choose={choose}>
                {active && editing && editor(field)}
              </Row>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  field: Standing;
  lines: number;
  active: boolean;
  editing: boolean;
  open: boolean;
  choose: (field: string, edit: boolean) => void;
  children: ReactNode;
}

function Row({ field, lines, active, editing, open, choose, children }: RowProps) {
  const { t, i18n } = useTranslation();
  const words = useLearnWords();
  const facts = [words.type(field.type), share(field.present, lines), t('learn.distinct', { count: field.distinct, shown: count(field.distinct, i18n.language) })];
  return (
    <>
      <tr
        className={`opens ${active ? 'active' : ''}`}
        aria-current={active || undefined}
        onClick={(event) => {
          if (event.target instanceof Element && event.target.closest('button, input, a')) return;
          if ((window.getSelection()?.toString() ?? '') === '') choose(field.origin, false);
        }}
      >
        <td>
          <button type="button" className="learn-link" aria-pressed={active} onClick={() => choose(field.origin, false)}><code><Untrusted value={field.name} /></code></button>
          {field.name !== field.origin && <span className="faint"> <Untrusted value={field.origin} /></span>}
          <span className="learn-sub">{facts.join(' · ')}</span>
        </td>
        <td className="wide-only learn-values">
          <span>{field.values.slice(0, shownValues).map(({ value, count: n }) => <code key={value} title={count(n, i18n.language)}><Untrusted value={value} /></code>)}</span>
        </td>
        <td>
          {open
            ? (
              <button type="button" className="plain-button bare learn-target" aria-expanded={editing} onClick={() => choose(field.origin, !editing)}>
                <Becomes field={field} /> <span className="unseen">{t('learn.change', { field: field.name })}</span><span className="caret" aria-hidden="true">▾</span>
              </button>
            )
            : <Becomes field={field} />}
          {Object.keys(field.table).length > 0 && <span className="learn-sub">{t('learn.tableOf', { count: Object.keys(field.table).length })}</span>}
        </td>
        <td className="min">
          {field.byHand ? <span className="tag accent">{t('learn.byHand')}</span> : field.target !== '' ? <Sure confidence={field.confidence} /> : <span className="faint">–</span>}
          {!field.byHand && field.target !== '' && field.why.length > 0 && <span className="learn-sub">{words.why(field.why)}</span>}
        </td>
      </tr>
      {children !== false && <tr className="under"><td colSpan={4}>{children}</td></tr>}
    </>
  );
}

function Becomes({ field }: { field: Pick<Standing, 'target' | 'as'> }) {
  const { t } = useTranslation();
  const words = useLearnWords();
  if (field.target === '') return <span className="soft">{t('learn.kept')}</span>;
  return <span><code>{field.target}</code>{field.as !== '' && <span className="soft"> {words.form(field.as)}</span>}</span>;
}
