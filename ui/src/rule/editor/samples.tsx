import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, InputNumber, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RuleTrial } from '../../client';
import { Failure } from '../../kit/states';
import { Untrusted } from '../../kit/untrusted';
import { kinds, useKindName } from '../../source/kinds';
import { caption, emptySample, type Draft, type Ran } from './model';
import { Outcome } from './outcome';
import { RecordPicker } from './record-picker';

const most = 64;

interface Props {
  drafts: Draft[];
  change: (drafts: Draft[]) => void;
  ran: Ran | undefined;
  stale: boolean;
  running: boolean;
  error: unknown;
  run: () => void;
  rule: string | undefined;
  /** Why nothing can be run just now. */
  barred: string | undefined;
}

/** What the rule is tried on: records that should make it fire and near misses that should not, with what came of each. */
export function Samples({ drafts, change, ran, stale, running, error, run, rule, barred }: Props) {
  const { t } = useTranslation();
  const [open, setOpen] = useState<number>();
  const edit = (key: number, part: Partial<Draft>) => change(drafts.map((draft) => (draft.key === key ? { ...draft, ...part } : draft)));
  const add = (...fresh: Draft[]) => {
    change([...drafts, ...fresh].slice(0, most));
    setOpen(fresh.at(-1)?.key);
  };
  const filled = drafts.some((draft) => draft.lines.some((line) => line.raw !== ''));
  const passed = ran ? drafts.filter((draft) => ran.by.get(draft.key)?.fault === '').length : 0;
  return (
    <div className="stack rule-samples">
      <div className="row tight wrap">
        <Button type="primary" size="small" loading={running} disabled={!filled || barred !== undefined} title={barred} onClick={run}>{t('editor.samples.run')}</Button>
        <Button size="small" icon={<PlusOutlined />} onClick={() => add(emptySample(true))}>{t('editor.samples.addFires')}</Button>
        <Button size="small" icon={<PlusOutlined />} onClick={() => add(emptySample(false))}>{t('editor.samples.addNot')}</Button>
        <RecordPicker rule={rule} pick={(fresh) => add(...fresh)} />
        <span className="grow" />
        <span role="status" className={stale ? 'faint' : ''}>
          {ran && t(passed === ran.by.size ? 'editor.samples.passed' : 'editor.samples.failed', { passed, all: ran.by.size })}
          {ran && stale && ` ${t('editor.samples.stale')}`}
        </span>
      </div>
      {error !== null && error !== undefined && <Failure error={error} />}
      {barred && <p className="soft">{barred}</p>}
      {drafts.length === 0 && <p className="empty">{t('editor.samples.none')}</p>}
      <ul className="plain-list sample-list">
        {drafts.map((draft, i) => (
          <Sample
            key={draft.key}
            draft={draft}
            place={i + 1}
            result={ran?.by.get(draft.key)}
            stale={stale}
            open={open === draft.key}
            toggle={() => setOpen(open === draft.key ? undefined : draft.key)}
            edit={(part) => edit(draft.key, part)}
            remove={() => change(drafts.filter((each) => each.key !== draft.key))}
          />
        ))}
      </ul>
      {drafts.length > 0 && <p className="faint">{t('editor.samples.shared')}</p>}
    </div>
  );
}

interface SampleProps {
  draft: Draft;
  place: number;
  result: RuleTrial['items'][number] | undefined;
  stale: boolean;
  open: boolean;
  toggle: () => void;
  edit: (part: Partial<Draft>) => void;
  remove: () => void;
}

function Sample({ draft, place, result, stale, open, toggle, edit, remove }: SampleProps) {
  const { t } = useTranslation();
  const text = caption(draft);
  const locked = draft.origin === 'pack';
  return (
    <li className={`sample ${open ? 'open' : ''}`}>
      <div className="sample-head">
        <button type="button" className="sample-line" aria-expanded={open} onClick={toggle}>
          <span aria-hidden="true" className="truth-fold">{open ? '▾' : '▸'}</span>
          <span className={`tag ${draft.fires ? 'accent' : ''}`}>{t(draft.fires ? 'editor.samples.fires' : 'editor.samples.not')}</span>
          {result && <span className={`sample-came ${result.fault === '' ? 'good-text' : 'bad-text'} ${stale ? 'dim' : ''}`}>{result.fault === '' ? '✓ ' : '✗ '}{t(`editor.samples.came.${result.fault || (result.fired ? 'fired' : 'quiet')}`)}</span>}
          <span className="clip">{text ? <Untrusted value={text} /> : <span className="faint">{t('editor.samples.empty')}</span>}</span>
        </button>
        {locked ? <span className="faint nowrap">{t('editor.samples.ofPack')}</span> : <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t('editor.samples.remove', { place })} onClick={remove} />}
      </div>
      {open && (
        <div className="sample-body stack">
          {locked ? <Shown draft={draft} /> : <SampleForm draft={draft} place={place} edit={edit} />}
          {result && <Outcome sample={draft} result={result} stale={stale} />}
        </div>
      )}
    </li>
  );
}

/** A sample of a pack, to read. */
function Shown({ draft }: { draft: Draft }) {
  return (
    <div className="stack">
      {draft.lines.map((line, i) => <pre key={i} className="raw"><Untrusted value={line.raw} /></pre>)}
      {draft.why && <p className="soft"><Untrusted value={draft.why} /></p>}
    </div>
  );
}

function SampleForm({ draft, place, edit }: { draft: Draft; place: number; edit: (part: Partial<Draft>) => void }) {
  const { t } = useTranslation();
  const kindName = useKindName();
  const lines = draft.lines;
  const set = (i: number, part: Partial<Draft['lines'][number]>) => edit({ lines: lines.map((line, j) => (j === i ? { ...line, ...part } : line)) });
  return (
    <>
      <div className="row tight wrap">
        <Segmented
          size="small"
          value={draft.fires ? 'fires' : 'not'}
          onChange={(value) => edit({ fires: value === 'fires' })}
          options={[{ value: 'fires', label: t('editor.samples.fires') }, { value: 'not', label: t('editor.samples.not') }]}
        />
        <Select
          size="small"
          className="sample-kind"
          aria-label={t('editor.samples.kind')}
          value={draft.form === 'event' ? '{}' : (draft.kind ?? 'auto')}
          onChange={(kind) => edit(kind === '{}' ? { form: 'event', kind: 'auto' } : { form: 'record', kind })}
          showSearch={{ optionFilterProp: 'label' }}
          options={[...kinds.map((kind) => ({ value: kind as string, label: kindName(kind) })), { value: '{}', label: t('editor.samples.event') }]}
        />
        <Input size="small" className="sample-name" maxLength={200} aria-label={t('editor.samples.name')} placeholder={t('editor.samples.name')} value={draft.name} onChange={(change) => edit({ name: change.target.value })} />
      </div>
      {lines.map((line, i) => (
        <div key={i} className="row tight sample-record">
          {lines.length > 1 && (
            <InputNumber
              size="small"
              className="sample-after"
              min={0}
              max={2_678_400}
              precision={0}
              prefix="+"
              suffix={t('editor.samples.seconds')}
              aria-label={t('editor.samples.after', { place: i + 1 })}
              disabled={i === 0}
              value={(line.after_ms ?? 0) / 1000}
              onChange={(value) => set(i, { after_ms: (value ?? 0) * 1000 })}
            />
          )}
          <Input.TextArea
            className="mono grow"
            autoSize={{ minRows: lines.length > 1 ? 1 : 3, maxRows: 12 }}
            aria-label={t('editor.samples.raw', { place, line: i + 1 })}
            placeholder={t('editor.samples.rawHint')}
            maxLength={65_536}
            value={line.raw}
            onChange={(change) => set(i, { raw: change.target.value })}
          />
          {lines.length > 1 && <Button size="small" type="text" icon={<DeleteOutlined />} aria-label={t('editor.samples.removeRecord', { place: i + 1 })} onClick={() => edit({ lines: lines.filter((_, j) => j !== i) })} />}
        </div>
      ))}
      <div className="row tight wrap">
        <Button size="small" type="link" onClick={() => edit({ lines: [...lines, { raw: '', after_ms: lines.at(-1)?.after_ms ?? 0 }] })}>{t('editor.samples.addRecord')}</Button>
        {!draft.fires && <Input size="small" className="grow" maxLength={500} aria-label={t('editor.samples.why')} placeholder={t('editor.samples.why')} value={draft.why} onChange={(change) => edit({ why: change.target.value })} />}
      </div>
    </>
  );
}
