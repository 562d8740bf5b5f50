import { DownloadOutlined } from '@ant-design/icons';
import { keepPreviousData, queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { App, Button, Segmented, Select } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type AttackTechnique } from '../client';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { revealed } from '../kit/reveal';
import { Empty, Failure, Loading, useWords } from '../kit/states';
import { useTechniqueName } from '../rule/attack';
import { tactics as tacticNames } from '../rule/params';
import { useScope } from '../tenancy/scope';
import './attack.css';
import { columnsOf, strength, toggled, unfed, type Cell, type ColumnOf } from './model';
import { shades, shows, type AttackParams, type Shade } from './params';

const route = getRouteApi('/shell/attack');

function coverageQuery(tenant: string | undefined, product: string | undefined) {
  return queryOptions({
    queryKey: ['attack', 'coverage', tenant, product],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/attack/coverage', { params: { query: { tenant, product } }, signal })),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
}

/** ATT&CK's matrix: for each technique the rules that look for it, whether they are tested and fed, and what they found. */
export function AttackPage() {
  const { t, i18n } = useTranslation();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const { tenant } = useScope();
  const { shade = 'rules', show = 'all', product } = params;
  const set = useCallback((change: AttackParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const coverage = useQuery(coverageQuery(tenant?.slug, product));
  const columns = useMemo(() => coverage.data && columnsOf(coverage.data, show), [coverage.data, show]);
  const n = (value: number) => count(value, i18n.language);
  const { data } = coverage;
  return (
    <Page
      title={t('attack.title')}
      count={data && t('attack.covered', { covered: n(data.covered), of: n(data.of) })}
      actions={<Export tenant={tenant?.slug} product={product} />}
    >
      <div className="row filters attack-filters">
        <Segmented<Shade> aria-label={t('attack.shade')} value={shade} onChange={(value) => set({ shade: value === 'rules' ? undefined : value })} options={shades.map((value) => ({ value, label: t(`attack.shades.${value}`) }))} />
        <Segmented aria-label={t('attack.show')} value={show} onChange={(value) => set({ show: value === 'all' ? undefined : value })} options={shows.map((value) => ({ value, label: t(`attack.shows.${value}`) }))} />
        <Select
          allowClear
          className="filter"
          aria-label={t('attack.product')}
          placeholder={t('attack.product')}
          value={product}
          onChange={(value?: string) => set({ product: value })}
          showSearch={{ optionFilterProp: 'label' }}
          options={(data?.products ?? []).map((each) => ({ value: each.value, label: `${revealed(each.label)} (${n(each.count)})` }))}
        />
      </div>
      {coverage.error && <Failure error={coverage.error} retry={() => void coverage.refetch()} />}
      {!data && !coverage.error && <Loading lines={12} />}
      {data && <Legend shade={shade} looked={data.looked} />}
      {columns && (columns.every(({ cells }) => cells.length === 0)
        ? <Empty title={t('attack.none')} />
        : (
          <div className="attack-box" tabIndex={0} role="region" aria-label={t('attack.title')}>
            <div className="attack-matrix">
              {columns.map((column) => <Column key={column.tactic} column={column} params={params} set={set} alerts={data?.alerts ?? false} />)}
            </div>
          </div>
        ))}
      {data && data.unplaced > 0 && <p className="faint">{t('attack.unplaced', { count: data.unplaced, shown: n(data.unplaced), version: data.version })}</p>}
    </Page>
  );
}

function Legend({ shade, looked }: { shade: Shade; looked: number }) {
  const { t } = useTranslation();
  return (
    <p className="row tight wrap attack-legend soft">
      {([0, 1, 2, 3, 4] as const).map((step) => <span key={step} className="row tight"><i className={`attack-key s${step}`} aria-hidden="true" /> {t(`attack.steps.${step}`)}</span>)}
      {shade !== 'alerts' && <span className="row tight" title={t('attack.unfedText', { count: looked })}><i className="attack-key s2 unfed" aria-hidden="true" /> {t('attack.unfed')}</span>}
    </p>
  );
}

interface ColumnProps {
  column: ColumnOf;
  params: AttackParams;
  set: (change: AttackParams) => void;
  alerts: boolean;
}

function Column({ column, params, set, alerts }: ColumnProps) {
  const { t } = useTranslation();
  const name = tacticNames.find((each) => each === column.tactic.replaceAll('-', '_'));
  const open = params.open?.split(',') ?? [];
  return (
    <section className="attack-column" aria-label={name ? t(`rule.tactics.${name}`) : column.tactic}>
      <h2>
        {name ? <Link to="/rules" search={{ tactic: name, product: params.product }}>{t(`rule.tactics.${name}`)}</Link> : column.tactic}
        <span className="faint number" title={t('attack.covered', { covered: column.covered, of: column.of })}>{column.covered}/{column.of}</span>
      </h2>
      <ul>
        {column.cells.map((cell) => (
          <li key={cell.id}>
            <TechniqueCell technique={cell} params={params} alerts={alerts} fold={cell.subs.length > 0 ? { open: open.includes(cell.id), cell, toggle: () => set({ open: toggled(params.open, cell.id) }) } : undefined} />
            {open.includes(cell.id) && <ul className="attack-subs">{cell.subs.map((sub) => <li key={sub.id}><TechniqueCell technique={sub} params={params} alerts={alerts} /></li>)}</ul>}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface CellProps {
  technique: AttackTechnique;
  params: AttackParams;
  alerts: boolean;
  fold?: { open: boolean; cell: Cell; toggle: () => void };
}

function TechniqueCell({ technique, params, alerts, fold }: CellProps) {
  const { t, i18n } = useTranslation();
  const nameOf = useTechniqueName();
  const shade = params.shade ?? 'rules';
  const step = strength(technique, shade);
  const n = (value: number) => count(value, i18n.language);
  const dry = shade !== 'alerts' && unfed(technique);
  return (
    <div className={`attack-cell s${step} ${dry ? 'unfed' : ''}`}>
      <div className="attack-name">
        <code>{technique.id}</code>
        <span>{nameOf(technique.id)}</span>
      </div>
      <div className="attack-figures">
        {technique.rules > 0
          ? <Link to="/rules" search={{ technique: technique.id, product: params.product }} title={t('attack.rulesText', { count: technique.rules, tested: technique.tested, fed: technique.fed })}>{t('attack.rules', { count: technique.rules, shown: n(technique.rules) })}{technique.tested > 0 && <span className="attack-tested"> · ✓{n(technique.tested)}</span>}</Link>
          : technique.idle > 0
            ? <Link to="/rules" search={{ technique: technique.id, product: params.product, state: 'all' }}>{t('attack.idle', { count: technique.idle, shown: n(technique.idle) })}</Link>
            : <span>{t('attack.gap')}</span>}
        {alerts && technique.month > 0 && (
          <span>
            <Link to="/alerts" search={{ technique: technique.id, state: 'all', from: 'now-30d' }} title={t('attack.alertsText', { week: n(technique.week), month: n(technique.month) })}>{t('attack.alerts', { count: technique.month, shown: n(technique.month) })}</Link>
          </span>
        )}
        {fold && (
          <button type="button" className="attack-fold" aria-expanded={fold.open} aria-label={t('attack.subs', { id: technique.id, count: fold.cell.subs.length })} onClick={fold.toggle}>
            {fold.open ? '▾' : '▸'} {fold.cell.subs.length}
          </button>
        )}
      </div>
    </div>
  );
}

function Export({ tenant, product }: { tenant: string | undefined; product: string | undefined }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const words = useWords();
  const layer = useMutation({
    mutationFn: () => ask(client.GET('/api/v1/attack/layer', { params: { query: { tenant, product } } })),
    onSuccess: (data) => {
      const link = document.createElement('a');
      const address = URL.createObjectURL(new Blob([JSON.stringify(data, undefined, 2)], { type: 'application/json' }));
      link.href = address;
      link.download = `isoc-attack-${tenant ?? 'all'}.json`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000); // once the browser has taken it
    },
    onError: (error) => void message.error(words(error), 6),
  });
  return <Button size="small" icon={<DownloadOutlined />} loading={layer.isPending} title={t('attack.exportText')} onClick={() => layer.mutate()}>{t('attack.export')}</Button>;
}
