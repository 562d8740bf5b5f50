import { getRouteApi, Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { isProvider, useCan, useMe } from '../identity/session';
import { useHotkeys } from '../kit/hotkeys';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { SideList } from '../kit/side-list';
import { Empty, Failure, Loading } from '../kit/states';
import { useScope } from '../tenancy/scope';
import { SavedViews } from '../view/saved-views';
import { leadWidth, useRuleColumns } from './columns';
import '../alert/triage.css';
import { BulkBar } from './bulk';
import { RuleFilters } from './filters';
import { RefusedPane, RulePane } from './pane';
import { asQuery, type Order, type RuleParams } from './params';
import './rule.css';
import { usePicked } from './use-picked';
import { rowKey, useRules } from './use-rules';

const route = getRouteApi('/shell/rules');
const ownOfPlace = ['at'] as const;

/** Every rule that is loaded: what it looks for, what came of it, and how that was judged. */
export function RuleList() {
  const { t, i18n } = useTranslation();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const { tenant } = useScope();
  const can = useCan();
  const records = can('alert.read');
  const manage = can('rule.manage');
  const set = useCallback((change: RuleParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const setAt = useCallback((at: string | undefined) => set({ at }), [set]);
  const sort = useCallback((order: Order) => set({ sort: order === 'week' ? undefined : order }), [set]);
  const { q, level, status, product, tactic, technique, pack, state, origin, fired, noisy, slow, sort: order } = params;
  const query = useMemo(
    () => asQuery({ q, level, status, product, tactic, technique, pack, state, origin, fired, noisy, slow, sort: order }, tenant?.slug),
    [q, level, status, product, tactic, technique, pack, state, origin, fired, noisy, slow, order, tenant?.slug],
  );
  const { rows, page, error, retry, onSeen } = useRules(query);
  const picked = usePicked(rows);
  const { lead, columns, narrow } = useRuleColumns(order ?? 'week', sort, records, isProvider(useMe()), state === 'refused' ? 'refused' : 'mixed');
  const { at } = params;
  useHotkeys(at !== undefined && !at.includes('/') ? { o: { run: () => void navigate({ to: '/rules/$id', params: { id: at } }), what: t('rule.open') } } : {});
  return (
    <Page
      fill
      title={t('rule.title')}
      count={page && t('kit.rows', { count: page.total, shown: count(page.total, i18n.language) })}
      actions={<>{manage && <Link to="/rules/new"><Button size="small" type="primary">{t('rule.new')}</Button></Link>}<SavedViews page="rules" ignore={ownOfPlace} /></>}
    >
      <RuleFilters params={params} page={page} set={set} />
      {error && <Failure error={error} retry={retry} />}
      {!rows && !error && <Loading lines={12} />}
      {rows?.length === 0 && (
        <Empty title={t('rule.none')}>
          <Button size="small" onClick={() => void navigate({ search: (before) => ({ tenant: before.tenant }) })}>{t('kit.clearFilters')}</Button>
        </Empty>
      )}
      {rows && rows.length > 0 && (
        <SideList
          name="rules"
          label={t('rule.title')}
          paneLabel={t('rule.pane')}
          rows={rows}
          rowKey={rowKey}
          lead={lead}
          leadWidth={leadWidth}
          columns={columns}
          narrow={narrow}
          at={at}
          setAt={setAt}
          onSeen={onSeen}
          pick={manage && state !== 'refused' ? picked.pick : undefined}
          pane={(rule) => (rule.state === 'refused' ? <RefusedPane rule={rule} /> : <RulePane id={rule.id} />)}
          paneOf={(key) => !key.includes('/') && <RulePane id={key} />}
        />
      )}
      {manage && <div className="rule-bulk"><BulkBar picked={picked} total={page?.total ?? 0} /></div>}
    </Page>
  );
}
