import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Segmented, Select } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '../identity/session';
import { Popup } from '../kit/popup';
import { SearchField } from '../kit/search-field';
import { levels, Severity } from '../kit/severity';
import { At } from '../kit/time';
import { TimeRangePicker } from '../kit/time-range-picker';
import { Untrusted } from '../kit/untrusted';
import { ruleQuery } from '../rule/queries';
import { useTechniqueName } from '../rule/attack';
import { tactics } from '../rule/params';
import { useTacticName } from '../rule/tags';
import { useRuleWords } from '../rule/words';
import { sourcesQuery } from '../source/queries';
import { useScope } from '../tenancy/scope';
import type { Person } from './judge';
import { alertParams, chosenEntities, chosenLevels, entityParts, usualFields, verdicts, views, withEntity, type AlertParams } from './params';

interface Props {
  params: AlertParams;
  set: (change: AlertParams) => void;
  people: readonly Person[] | undefined;
  children?: React.ReactNode;
}

/** What the list is narrowed by: the usual at a click, the rest from a menu, and a chip for each that is set. */
export function Filters({ params, set, people, children }: Props) {
  const { t } = useTranslation();
  const find = useCallback((q: string) => set({ q: q || undefined }), [set]);
  const quick = (assignee: string, label: string) => (
    <Button
      type={params.assignee === assignee ? 'primary' : 'default'}
      ghost={params.assignee === assignee}
      aria-pressed={params.assignee === assignee}
      onClick={() => set({ assignee: params.assignee === assignee ? undefined : assignee })}
    >{label}</Button>
  );
  return (
    <>
      <div className="row filters">
        <Segmented
          value={params.state ?? 'open'}
          onChange={(state) => set({ state: state === 'open' ? undefined : state })}
          options={views.map((view) => ({ value: view, label: t(`alert.view.${view}`) }))}
        />
        {quick('me', t('triage.mine'))}
        {quick('none', t('triage.unassigned'))}
        <SearchField value={params.q ?? ''} onChange={find} label={t('triage.find')} />
        <Select
          mode="multiple"
          className="level-filter"
          allowClear
          aria-label={t('alert.level')}
          placeholder={t('alert.anyLevel')}
          value={chosenLevels(params)}
          onChange={(chosen) => set({ level: chosen.join(',') || undefined })}
          options={levels.map((level) => ({ value: level, label: <Severity level={level} /> }))}
          maxTagCount="responsive"
          showSearch={false}
        />
        <More params={params} set={set} people={people} />
        <span className="grow" />
        {children}
      </div>
      <Chips params={params} set={set} people={people} />
    </>
  );
}

function More({ params, set, people }: Props) {
  const { t } = useTranslation();
  return (
    <Popup placement="bottomLeft" content={<Choices params={params} people={people} set={set} />}>
      <Button icon={<PlusOutlined />} aria-haspopup="dialog">{t('triage.filter.add')}</Button>
    </Popup>
  );
}

function Choices({ params, set, people }: Props) {
  const { t } = useTranslation();
  const { tenant } = useScope();
  const can = useCan();
  const tactic = useTacticName();
  const [field, setField] = useState<(typeof usualFields)[number]>('host.name');
  const [value, setValue] = useState('');
  const sources = useQuery({ ...sourcesQuery(tenant?.slug ?? ''), enabled: tenant !== undefined && can('source.read') });
  return (
    <div className="filter-choices" role="dialog" aria-label={t('triage.filter.add')}>
      <label>{t('triage.filter.time')}</label>
      <TimeRangePicker value={{ from: params.from ?? '', to: params.to ?? '' }} onChange={({ from, to }) => set({ from: from || undefined, to: to || undefined })} />
      <label>{t('alert.assignee')}</label>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        allowClear
        aria-label={t('alert.assignee')}
        placeholder={t('triage.filter.any')}
        value={params.assignee}
        onChange={(assignee: string | undefined) => set({ assignee })}
        options={[
          { value: 'me', label: t('triage.mine') },
          { value: 'none', label: t('triage.unassigned') },
          ...(people ?? []).map((person) => ({ value: person.username, label: person.name || person.username })),
        ]}
      />
      <label>{t('alert.close.verdict')}</label>
      <Select
        mode="multiple"
        allowClear
        aria-label={t('alert.close.verdict')}
        placeholder={t('triage.filter.any')}
        value={params.verdict?.split(',') ?? []}
        onChange={(chosen: string[]) => set({ verdict: chosen.join(',') || undefined, ...(chosen.length > 0 && params.state === undefined ? { state: 'all' } : {}) })}
        options={verdicts.map((verdict) => ({ value: verdict, label: t(`alert.verdict.${verdict}`) }))}
        showSearch={false}
      />
      {sources.data && (
        <>
          <label>{t('triage.column.source')}</label>
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            aria-label={t('triage.column.source')}
            placeholder={t('triage.filter.any')}
            value={params.source}
            onChange={(source: string | undefined) => set({ source })}
            options={sources.data.items.map((source) => ({ value: source.id, label: source.name }))}
          />
        </>
      )}
      <label>{t('triage.filter.tactic')}</label>
      <Select
        mode="multiple"
        allowClear
        aria-label={t('triage.filter.tactic')}
        placeholder={t('triage.filter.any')}
        value={params.tactic?.split(',') ?? []}
        onChange={(chosen: string[]) => set({ tactic: chosen.join(',') || undefined })}
        options={tactics.map((each) => ({ value: each.replaceAll('_', '-'), label: tactic(`attack.${each}`) }))}
        showSearch={{ optionFilterProp: 'label' }}
      />
      <label>{t('triage.filter.technique')}</label>
      <Input
        aria-label={t('triage.filter.technique')}
        placeholder="T1110, T1059.001"
        defaultValue={params.technique}
        key={params.technique}
        onPressEnter={(event) => set({ technique: alertParams({ technique: event.currentTarget.value }).technique })}
        onBlur={(event) => set({ technique: alertParams({ technique: event.currentTarget.value }).technique })}
      />
      <label>{t('triage.filter.entity')}</label>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (value.trim() === '') return;
          set(withEntity(params, field, value.trim()));
          setValue('');
        }}
      >
        <Select className="field-choice" aria-label={t('triage.filter.field')} value={field} onChange={setField} options={usualFields.map((each) => ({ value: each, label: each }))} />
        <Input className="value-choice" aria-label={t('triage.filter.value')} placeholder={t('triage.filter.value')} value={value} onChange={(event) => setValue(event.target.value)} />
        <Button htmlType="submit">{t('triage.filter.set')}</Button>
      </form>
    </div>
  );
}

function Chips({ params, set, people }: Props) {
  const { t } = useTranslation();
  const tactic = useTacticName();
  const technique = useTechniqueName();
  const entities = chosenEntities(params);
  const someone = params.assignee && params.assignee !== 'me' && params.assignee !== 'none' ? params.assignee : undefined;
  const span = params.from ?? params.to;
  if (!someone && !params.verdict && !params.rule && !params.technique && !params.tactic && !params.source && !span && !params.raised_from && !params.moved_from && entities.length === 0) return null;
  return (
    <div className="chips">
      {params.rule && <Chip label={t('triage.filter.rule')} off={() => set({ rule: undefined })}><RuleName id={params.rule} /></Chip>}
      {params.technique?.split(',').map((id) => (
        <Chip key={id} label={t('triage.filter.technique')} off={() => set({ technique: without(params.technique, id) })}><code>{id}</code> {technique(id)}</Chip>
      ))}
      {params.tactic?.split(',').map((name) => (
        <Chip key={name} label={t('triage.filter.tactic')} off={() => set({ tactic: without(params.tactic, name) })}>{tactic(`attack.${name}`)}</Chip>
      ))}
      {entities.map((entity) => {
        const { field, value, not } = entityParts(entity);
        return (
          <Chip key={entity} label={not ? t('triage.filter.not', { field }) : field} off={() => set({ entity: entities.filter((each) => each !== entity) })}>
            {value === '' ? t('triage.group.none') : <code><Untrusted value={value} /></code>}
          </Chip>
        );
      })}
      {someone && <Chip label={t('alert.assignee')} off={() => set({ assignee: undefined })}>{people?.find(({ username }) => username === someone)?.name ?? someone}</Chip>}
      {params.verdict?.split(',').map((verdict) => (
        <Chip key={verdict} label={t('alert.close.verdict')} off={() => set({ verdict: without(params.verdict, verdict) })}>
          {t(`alert.verdict.${verdict as (typeof verdicts)[number]}`)}
        </Chip>
      ))}
      {params.source && <Chip label={t('triage.column.source')} off={() => set({ source: undefined })}><SourceName id={params.source} /></Chip>}
      {params.raised_from && <Chip label={t('triage.filter.raised')} off={() => set({ raised_from: undefined })}><Bound value={params.raised_from} /></Chip>}
      {params.moved_from && <Chip label={t('triage.filter.moved')} off={() => set({ moved_from: undefined })}><Bound value={params.moved_from} /></Chip>}
      {span && (
        <span className="chip">
          <TimeRangePicker value={{ from: params.from ?? '', to: params.to ?? '' }} onChange={({ from, to }) => set({ from: from || undefined, to: to || undefined })} />
          <button type="button" aria-label={t('triage.filter.remove')} onClick={() => set({ from: undefined, to: undefined })}>✕</button>
        </span>
      )}
      <button type="button" className="plain" onClick={() => set({ rule: undefined, technique: undefined, tactic: undefined, entity: undefined, assignee: undefined, verdict: undefined, source: undefined, from: undefined, to: undefined, raised_from: undefined, moved_from: undefined })}>
        {t('kit.clearFilters')}
      </button>
    </div>
  );
}

/** A comma-separated list without one of its words. */
function without(list: string | undefined, word: string): string | undefined {
  return list?.split(',').filter((each) => each !== word).join(',') || undefined;
}

function Chip({ label, off, children }: { label: string; off: () => void; children: React.ReactNode }) {
  const { t } = useTranslation();
  return (
    <span className="chip">
      <span className="soft">{label}</span> {children}
      <button type="button" aria-label={t('triage.filter.remove')} onClick={off}>✕</button>
    </span>
  );
}

// A moment, or a relative one as it stands in the URL.
function Bound({ value }: { value: string }) {
  return value.startsWith('now') ? <code>{value}</code> : <At at={value} />;
}

function RuleName({ id }: { id: string }) {
  const can = useCan();
  const words = useRuleWords();
  const rule = useQuery({ ...ruleQuery(id), enabled: can('rule.read') }).data;
  return <Untrusted value={rule ? words.title(rule) : id} />;
}

function SourceName({ id }: { id: string }) {
  const { tenant } = useScope();
  const { t } = useTranslation();
  const can = useCan();
  const sources = useQuery({ ...sourcesQuery(tenant?.slug ?? ''), enabled: tenant !== undefined && can('source.read') });
  if (id === 'none') return t('triage.group.none');
  return <Untrusted value={sources.data?.items.find((source) => source.id === id)?.name ?? id} />;
}
