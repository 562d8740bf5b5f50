import { Button, Segmented, Select } from 'antd';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { RulePage } from '../client';
import { isProvider, useCan, useMe } from '../identity/session';
import { Choice } from '../kit/choice';
import { count } from '../kit/number';
import { Popup } from '../kit/popup';
import { revealed } from '../kit/reveal';
import { SearchField } from '../kit/search-field';
import { isLevel, levels, Severity } from '../kit/severity';
import { useTechniqueName } from './attack';
import { firedSpans, origins, ruleStates, statuses, tactics, type RuleParams, type RuleState } from './params';

interface Props {
  params: RuleParams;
  page: RulePage | undefined;
  set: (change: RuleParams) => void;
}

/** What the list of rules is narrowed by. */
export function RuleFilters({ params, page, set }: Props) {
  const { t, i18n } = useTranslation();
  const provider = isProvider(useMe());
  const records = useCan()('alert.read');
  const find = useCallback((q: string) => set({ q: q || undefined }), [set]);
  const counted = (value: number) => count(value, i18n.language);
  const usual = params.pack ? 'all' : 'live';
  const shown = params.state ?? usual;
  // A state that no rule is in does not ask to be looked at.
  const states = ruleStates.filter((state) => state !== 'enabled' && (provider || state !== 'refused') && (state === 'shadow' || state === shown || (page?.states[state] ?? 0) > 0));
  return (
    <>
      <div className="row filters rule-filters">
        <Segmented<RuleState | 'all' | 'live'>
          aria-label={t('rule.stateTitle')}
          value={shown}
          onChange={(state) => set({ state: state === usual || state === 'live' ? undefined : state })}
          options={[
            ...(params.pack ? [] : [{ value: 'live' as const, label: <span title={t('rule.stateText.live')}>{t('rule.state.live')} <span className="soft">{page && counted(page.states.enabled + page.states.shadow)}</span></span> }]),
            ...(params.pack || shown === 'enabled' ? [{ value: 'enabled' as const, label: <span title={t('rule.stateText.enabled')}>{t('rule.state.enabled')} <span className="soft">{page && counted(page.states.enabled)}</span></span> }] : []),
            ...states.map((state) => ({ value: state, label: <span title={t(`rule.stateText.${state}`)}>{t(`rule.state.${state}`)} <span className="soft">{page && counted(page.states[state])}</span></span> })),
            { value: 'all' as const, label: t('rule.state.all') },
          ]}
        />
        <SearchField value={params.q ?? ''} onChange={find} label={t('rule.find')} />
        <Select
          mode="multiple"
          className="level-filter"
          allowClear
          showSearch={false}
          maxTagCount="responsive"
          aria-label={t('alert.level')}
          placeholder={t('alert.anyLevel')}
          value={params.level?.split(',').filter(isLevel) ?? []}
          onChange={(chosen) => set({ level: chosen.join(',') || undefined })}
          options={levels.map((level) => ({ value: level, label: <Severity level={level} /> }))}
        />
        <Choice
          label={t('rule.product')} any={t('rule.anyProduct')} value={params.product} search
          options={(page?.products ?? []).map((each) => ({ value: each.value, label: `${revealed(each.label)} (${counted(each.count)})` }))}
          set={(product) => set({ product })}
        />
        <Choice
          label={t('why.attack.tactic')} any={t('rule.anyTactic')} value={params.tactic}
          options={tactics.map((tactic) => ({ value: tactic, label: t(`rule.tactics.${tactic}`) }))}
          set={(tactic) => set({ tactic })}
        />
        {records && (
          <>
            <Choice
              label={t('rule.fired.label')} any={t('rule.fired.any')} value={params.fired}
              options={firedSpans.map((span) => ({ value: span, label: t(`rule.fired.${span}`) }))}
              set={(fired) => set({ fired })}
            />
            <span className="picks">
              {provider && <button type="button" aria-pressed={params.slow ?? false} title={t('rule.slowText')} onClick={() => set({ slow: params.slow ? undefined : true, sort: params.slow ? undefined : 'cost' })}>{t('rule.slow')}</button>}
              <button type="button" aria-pressed={params.noisy ?? false} title={t('rule.noisyText')} onClick={() => set({ noisy: params.noisy ? undefined : true })}>{t('rule.noisy')}</button>
            </span>
          </>
        )}
        <More params={params} page={page} set={set} />
      </div>
      {params.technique && <Technique id={params.technique} off={() => set({ technique: undefined })} />}
    </>
  );
}

/** What rules are seldom narrowed by; how many of these are is told on the button. */
function More({ params, page, set }: Props) {
  const { t, i18n } = useTranslation();
  const counted = (value: number) => count(value, i18n.language);
  const on = [params.pack, params.status, params.origin].filter(Boolean).length;
  return (
    <Popup
      placement="bottomRight"
      content={
        <div className="filter-choices">
          <span>{t('rule.pack')}</span>
          <Choice
            label={t('rule.pack')} any={t('rule.anyPack')} value={params.pack}
            options={(page?.packs ?? []).map((each) => ({ value: each.value, label: `${revealed(each.label)} (${counted(each.count)})` }))}
            set={(pack) => set({ pack })}
          />
          <span>{t('rule.statusTitle')}</span>
          <Choice
            label={t('rule.statusTitle')} any={t('rule.anyStatus')} value={params.status}
            options={statuses.map((status) => ({ value: status, label: t(`rule.status.${status}`) }))}
            set={(status) => set({ status })}
          />
          <span>{t('rule.origin.label')}</span>
          <Choice
            label={t('rule.origin.label')} any={t('rule.origin.any')} value={params.origin}
            options={origins.map((origin) => ({ value: origin, label: t(`rule.origin.${origin}`) }))}
            set={(origin) => set({ origin })}
          />
        </div>
      }
    >
      <Button aria-haspopup="dialog">{t('rule.more')}{on > 0 && <span className="tag accent">{on}</span>}</Button>
    </Popup>
  );
}

function Technique({ id, off }: { id: string; off: () => void }) {
  const { t } = useTranslation();
  const name = useTechniqueName();
  return (
    <div className="chips">
      <span className="chip">
        <span className="soft">{t('rule.column.technique')}</span> <code>{id}</code> {name(id)}
        <button type="button" aria-label={t('triage.filter.remove')} onClick={off}>✕</button>
      </span>
    </div>
  );
}
