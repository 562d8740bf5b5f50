import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Button } from 'antd';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Exception } from '../client';
import { useCan } from '../identity/session';
import { Choice } from '../kit/choice';
import { useHotkeys } from '../kit/hotkeys';
import { count } from '../kit/number';
import { Page } from '../kit/page';
import { SearchField } from '../kit/search-field';
import { SideList } from '../kit/side-list';
import { Empty, Failure, Loading } from '../kit/states';
import { useScope } from '../tenancy/scope';
import { leadWidth, useExceptionColumns } from './columns';
import { ExceptionDrawer } from './drawer';
import { ExceptionPane } from './pane';
import { states, type ExceptionsParams } from './params';
import { listQuery } from './queries';

const route = getRouteApi('/shell/exceptions');

/** Every exception: what it keeps back, why, and until when. */
export function ExceptionList() {
  const { t, i18n } = useTranslation();
  const tune = useCan()('rule.tune');
  const { tenant } = useScope();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const { q, state, rule, at } = params;
  const list = useQuery(listQuery({ tenant: tenant?.slug, q, state, rule }));
  const set = useCallback((change: ExceptionsParams) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true }), [navigate]);
  const search = useCallback((next: string) => set({ q: next || undefined }), [set]);
  const { lead, columns, narrow } = useExceptionColumns();
  const rows = list.data;
  const filtered = q !== undefined || state !== undefined || rule !== undefined;
  useHotkeys(tune && !params.new ? { c: { run: (event) => { event.preventDefault(); set({ new: '1' }); }, what: t('except.new') } } : {});
  return (
    <Page
      fill
      title={t('except.title')}
      count={rows && t('kit.items', { count: rows.length, shown: count(rows.length, i18n.language) })}
      actions={tune && <Button type="primary" onClick={() => set({ new: '1' })}>{t('except.new')}<kbd aria-hidden="true">c</kbd></Button>}
    >
      <div className="row">
        <SearchField value={q ?? ''} onChange={search} label={t('except.find')} />
        <Choice label={t('except.stateTitle')} any={t('except.anyState')} value={state} options={states.map((each) => ({ value: each, label: t(`except.state.${each}`) }))} set={(next) => set({ state: next })} />
        {filtered && <Button size="small" onClick={() => void navigate({ search: {} })}>{t('kit.clearFilters')}</Button>}
      </div>
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {!rows && !list.error && <Loading lines={10} />}
      {rows?.length === 0 && <Empty title={t(filtered ? 'except.noneFit' : 'except.none')}>{!filtered && <p className="soft">{t('except.noneText')}</p>}</Empty>}
      {rows && rows.length > 0 && (
        <SideList
          name="exceptions"
          label={t('except.title')}
          paneLabel={t('except.exception')}
          rows={rows}
          rowKey={idOf}
          lead={lead}
          leadWidth={leadWidth}
          columns={columns}
          narrow={narrow}
          at={at}
          setAt={(id) => set({ at: id })}
          pane={(exception) => <ExceptionPane key={exception.id} exception={exception} />}
        />
      )}
      {params.new && tune && <ExceptionDrawer from={{}} close={() => set({ new: undefined })} />}
    </Page>
  );
}

const idOf = (exception: Exception) => exception.id;
