import { App } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copy } from '../kit/copy';
import { Flyout } from '../kit/flyout';
import { bytes } from '../kit/number';
import { useWords } from '../kit/states';
import { Untrusted } from '../kit/untrusted';
import examples from './examples.json';
import { curl, exportEvents, type ExportAsk } from './export';
import type { Order, Question } from './queries';

const caret = <span className="caret" aria-hidden="true">▾</span>;

/** Saves what was found as a file; says how much came so far, and can be stopped. */
export function ExportButton({ question, order, columns, rows }: { question: Question; order: Order; columns: string[]; rows: boolean }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const words = useWords();
  const [got, setGot] = useState<number>();
  const abort = useRef<AbortController>(undefined);
  const start = async (ask: Pick<ExportAsk, 'format' | 'fields'>) => {
    abort.current = new AbortController();
    setGot(0);
    try {
      const done = await exportEvents({ question, order, ...ask }, setGot, abort.current.signal);
      if (done.cut) void message.warning(t('search.exportCut'), 8);
      else void message.success(t('search.exported', { bytes: bytes(done.bytes) }));
    } catch (error) {
      if (!abort.current.signal.aborted) void message.error(words(error), 6);
    } finally {
      setGot(undefined);
    }
  };
  if (got !== undefined) {
    return (
      <span className="row tight">
        <span className="soft" role="status">{t('search.exporting', { bytes: bytes(got) })}</span>
        <button type="button" className="plain-button" onClick={() => abort.current?.abort()}>{t('search.cancel')}</button>
      </span>
    );
  }
  const choices: [string, Pick<ExportAsk, 'format' | 'fields'>][] = [
    [t('search.exportCsvAll'), { format: 'csv', fields: [] }],
    [t('search.exportJson'), { format: 'jsonl', fields: [] }],
  ];
  if (!rows) choices.unshift([t('search.exportCsv'), { format: 'csv', fields: ['@timestamp', 'isoc.tenant', ...columns] }]);
  return (
    <Flyout label={t('search.export')} button={<>{t('search.export')} {caret}</>}>
      {(close) => (
        <ul className="choices">
          {choices.map(([label, ask]) => (
            <li key={label}><button type="button" onClick={() => {
              close();
              void start(ask);
            }}>{label}</button></li>
          ))}
        </ul>
      )}
    </Flyout>
  );
}

/** The search as text for somewhere else. */
export function CopyMenu({ question, order }: { question: Question; order: Order }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const put = (text: string) => void copy(text).then((done) => done && message.success(t('kit.copied')));
  const choices: [string, () => string][] = [
    [t('search.copyQuery'), () => question.query || '*'],
    [t('search.copyLink'), () => window.location.href],
    [t('search.copyCurl'), () => curl(window.location.origin, question, order)],
  ];
  return (
    <Flyout label={t('search.copyAs')} button={<>{t('search.copyAs')} {caret}</>}>
      {(close) => (
        <ul className="choices">
          {choices.map(([label, text]) => (
            <li key={label}><button type="button" onClick={() => {
              close();
              put(text());
            }}>{label}</button></li>
          ))}
        </ul>
      )}
    </Flyout>
  );
}

export function RecentMenu({ list, run }: { list: () => string[]; run: (query: string) => void }) {
  const { t } = useTranslation();
  return (
    <Flyout label={t('search.recent')} button={<>{t('search.recent')} {caret}</>}>
      {(close) => {
        const all = list();
        return all.length === 0 ? <p className="soft choices-none" tabIndex={0}>{t('search.recentNone')}</p> : (
          <ul className="choices queries">
            {all.slice(0, 20).map((query) => (
              <li key={query}><button type="button" onClick={() => {
                close();
                run(query);
              }}><code><Untrusted value={query.slice(0, 300)} /></code></button></li>
            ))}
          </ul>
        );
      }}
    </Flyout>
  );
}

/** Worked examples, which run on a click, and the keys of the editor. */
export function Help({ run }: { run: (query: string) => void }) {
  const { t } = useTranslation();
  const keys: [string[], string][] = [
    [['Enter'], t('search.key.run')], [['Shift', 'Enter'], t('search.key.newline')], [['Ctrl', 'Space'], t('search.key.complete')], [['↑'], t('search.key.history')], [['/'], t('search.key.focus')],
  ];
  return (
    <Flyout label={t('search.help')} button={<>{t('search.help')} {caret}</>}>
      {(close) => (
        <div className="search-help">
          <ul className="choices queries">
            {examples.map(({ key, query }) => (
              <li key={key}>
                <button type="button" onClick={() => {
                  close();
                  run(query);
                }}>
                  <span>{t(`search.example.${key}` as 'search.example.failed')}</span>
                  <code>{query}</code>
                </button>
              </li>
            ))}
          </ul>
          <p className="row soft">
            {keys.map(([caps, what]) => <span key={what} className="nowrap">{caps.map((cap) => <kbd key={cap}>{cap}</kbd>)} {what}</span>)}
          </p>
        </div>
      )}
    </Flyout>
  );
}
