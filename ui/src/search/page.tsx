import { getRouteApi } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { someOf } from '../kit/params';
import { Page } from '../kit/page';
import { resolve, type Range } from '../kit/time-range';
import { TimeRangePicker } from '../kit/time-range-picker';
import { useScope } from '../tenancy/scope';
import { rangeOf, type SearchParams } from './params';
import { QueryField } from './query-field';
import { Results } from './results';
import './search.css';
import type { Question } from './queries';

const route = getRouteApi('/shell/search');

export function SearchPage() {
  const { t } = useTranslation();
  const params = route.useSearch();
  const navigate = route.useNavigate();
  const { tenant, tenants } = useScope();
  const [askedAt, setAskedAt] = useState(() => Date.now());
  const range = rangeOf(params);
  const chosen = tenant ? [tenant.slug] : someOf(params.in, tenants.map((each) => each.slug));
  const go = useCallback(
    (change: SearchParams) => {
      setAskedAt(Date.now());
      void navigate({ search: (before) => ({ ...before, ...change }) });
    },
    [navigate],
  );
  const question = useQuestion(params.q ?? '', range, chosen.join(','), askedAt);
  const setRange = (next: Range) => go({ from: next.from || undefined, to: next.to || undefined });
  return (
    <Page title={t('search.title')}>
      <div className="search-bar">
        <QueryField key={params.q} value={params.q ?? ''} run={(q) => go({ q: q || undefined })} />
        <div className="row">
          {!tenant && (
            <Select
              mode="multiple"
              className="search-tenants"
              aria-label={t('kit.tenant')}
              placeholder={t('shell.tenant.all')}
              allowClear
              maxTagCount="responsive"
              value={chosen}
              onChange={(slugs) => go({ in: slugs.join(',') || undefined })}
              options={tenants.map((each) => ({ value: each.slug, label: each.name }))}
              showSearch={{ optionFilterProp: 'label' }}
            />
          )}
          <TimeRangePicker value={range} onChange={setRange} />
          <Button onClick={() => go({})}>{t('search.again')}</Button>
        </div>
      </div>
      <Results question={question} refine={(q) => go({ q })} zoom={(from, to) => setRange({ from: from.toISOString(), to: to.toISOString() })} />
    </Page>
  );
}

function useQuestion(query: string, range: Range, slugs: string, askedAt: number): Question {
  const { from, to } = range;
  return useMemo(
    () => ({
      query,
      from: resolve(from, askedAt)?.toISOString(),
      to: resolve(to, askedAt)?.toISOString(),
      tenants: slugs ? slugs.split(',') : undefined,
    }),
    [query, from, to, slugs, askedAt],
  );
}
