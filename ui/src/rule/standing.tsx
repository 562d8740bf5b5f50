import '../alert/triage.css';
import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type RuleDetail, type RuleStanding } from '../client';
import { isProvider, useCan, useMe } from '../identity/session';
import { Failure, Loading } from '../kit/states';
import { Ago } from '../kit/time';
import { Untrusted } from '../kit/untrusted';
import { useChange } from '../kit/use-change';
import { TenantName } from '../tenancy/band';
import { RuleState } from './columns';
import { ruleStandingQuery, rulesKey } from './queries';
import { AskFirst, Parts } from './together';

const movable = ['draft', 'testing', 'shadow', 'enabled', 'deprecated'] as const;
const choices = ['enabled', 'shadow', 'off', 'inherit'] as const;
type Choice = (typeof choices)[number];

/** The state of a rule, who put it there, where it may go, and which customers have it otherwise. */
export function Standing({ rule }: { rule: RuleDetail }) {
  const { t } = useTranslation();
  const standing = useQuery(ruleStandingQuery(rule.id));
  const can = useCan();
  const provider = isProvider(useMe());
  const manage = provider && can('rule.manage');
  const [asking, setAsking] = useState<(typeof movable)[number]>();
  const move = useChange({
    run: (state: (typeof movable)[number]) => ask(client.PUT('/api/v1/rules/{id}/state', { params: { path: { id: rule.id } }, body: { state, reason: '', confirm: asking !== undefined } })),
    stale: [['rule', rule.id], rulesKey],
    then: () => setAsking(undefined),
  });
  if (standing.error) return <section><h3>{t('rule.stateTitle')}</h3><Failure error={standing.error} retry={() => void standing.refetch()} /></section>;
  if (!standing.data) return <section><h3>{t('rule.stateTitle')}</h3><Loading lines={2} /></section>;
  const { state, moves, by, at, reason, overrides, used_by: uses, parts } = standing.data;
  const held = moves.filter((each) => !each.allowed);
  return (
    <section className="rule-standing">
      <h3>{t('rule.stateTitle')}</h3>
      <p className="row tight">
        <RuleState rule={{ state }} />
        {by && <span className="faint"><Untrusted value={by} /> · <Ago at={at} /></span>}
        {reason && <Untrusted value={reason} />}
      </p>
      {rule.failing > 0 && state === 'testing' && <p className="notice warn">{t('rule.life.failing', { count: rule.failing })}</p>}
      {manage && moves.length > 0 && (
        <p className="row tight" role="group" aria-label={t('rule.life.move')}>
          {moves.map(({ to, allowed, reasons }) => {
            const name = movable.find((each) => each === to);
            return name && (
              <button key={to} type="button" className="act" disabled={!allowed || move.isPending} title={reasons.map(({ message }) => message).join('\n') || t(`rule.stateText.${name}`)} onClick={() => (state === 'enabled' && uses.length > 0 ? setAsking(name) : move.mutate(name))}>
                {t(`rule.life.to.${name}`)}
              </button>
            );
          })}
        </p>
      )}
      {asking && <AskFirst uses={uses} busy={move.isPending} go={() => move.mutate(asking)} stop={() => setAsking(undefined)} />}
      {manage && held.length > 0 && (
        <ul className="plain-list soft">
          {[...new Map(held.flatMap(({ reasons }) => reasons.map((each) => [`${each.location} ${each.message}`, each] as const))).values()].map(({ location, message }) => (
            <li key={location + message}><code>{location}</code> <Untrusted value={message} /></li>
          ))}
        </ul>
      )}
      {(manage && rule.kind !== 'filter' || overrides.length > 0) && <Overrides rule={rule} overrides={overrides} manage={manage} uses={uses} />}
      <Parts parts={parts} />
    </section>
  );
}

interface OverridesProps {
  rule: RuleDetail;
  overrides: { tenant: string; state: Choice; reason: string; by: string; at: string }[];
  manage: boolean;
  uses: RuleStanding['used_by'];
}

interface Wanted {
  tenant: string;
  state: Choice;
}

/** Customers that have the rule otherwise than the platform. */
function Overrides({ rule, overrides, manage, uses }: OverridesProps) {
  const { t } = useTranslation();
  const { tenants } = useMe();
  const [adding, setAdding] = useState<string>();
  const [asking, setAsking] = useState<Wanted>();
  const change = useChange({
    run: ({ tenant, state }: Wanted) =>
      ask(client.PUT('/api/v1/tenants/{tenant}/rules/{id}/state', { params: { path: { tenant, id: rule.id } }, body: { state, reason: '', confirm: asking !== undefined } })),
    stale: [['rule', rule.id], rulesKey],
    then: () => {
      setAdding(undefined);
      setAsking(undefined);
    },
  });
  const set = (wanted: Wanted) => (uses.length > 0 && (wanted.state === 'inherit' ? rule.state : wanted.state) !== 'enabled' ? setAsking(wanted) : change.mutate(wanted));
  const others = tenants.filter(({ id }) => !overrides.some((each) => each.tenant === id));
  const options = (of: readonly Choice[]) => of.map((state) => ({ value: state, label: t(`rule.life.override.${state}`) }));
  return (
    <>
      <h4>{t('rule.life.overrides')}</h4>
      {overrides.length === 0 && <p className="soft">{t('rule.life.noOverride')}</p>}
      <ul className="plain-list rule-overrides">
        {overrides.map(({ tenant, state, by, at }) => (
          <li key={tenant}>
            <TenantName id={tenant} />
            {manage
              ? <Select size="small" aria-label={t('rule.life.overrideOf', { tenant: tenants.find(({ id }) => id === tenant)?.name ?? tenant })} value={state} options={options(choices)} onChange={(next) => set({ tenant, state: next })} />
              : <span>{t(`rule.life.override.${state}`)}</span>}
            <span className="faint"><Untrusted value={by} /> · <Ago at={at} /></span>
          </li>
        ))}
      </ul>
      {asking && <AskFirst uses={uses} busy={change.isPending} go={() => change.mutate(asking)} stop={() => setAsking(undefined)} />}
      {manage && others.length > 0 && (
        <div className="row tight">
          <Select
            size="small" showSearch optionFilterProp="label" className="override-tenant" placeholder={t('rule.life.addTenant')} aria-label={t('rule.life.addTenant')}
            value={adding} options={others.map(({ id, name }) => ({ value: id, label: name }))} onChange={setAdding}
          />
          {adding && (
            <span className="row tight" role="group" aria-label={t('rule.life.overrideOf', { tenant: others.find(({ id }) => id === adding)?.name ?? adding })}>
              {(['off', 'shadow', 'enabled'] as const).map((state) => (
                <button key={state} type="button" className="act" disabled={change.isPending} onClick={() => set({ tenant: adding, state })}>{t(`rule.life.override.${state}`)}</button>
              ))}
            </span>
          )}
        </div>
      )}
    </>
  );
}
