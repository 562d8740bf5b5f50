import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMe } from '../identity/session';
import { count } from '../kit/number';
import { Severity } from '../kit/severity';
import { ColumnChooser } from './column-chooser';
import { groupings, type AlertParams, type Grouping } from './params';
import type { News } from './use-news';

/** What came meanwhile, for whoever wants it in the list. */
export function NewsBar({ news, drifted, refresh }: { news: News | undefined; drifted: boolean; refresh: () => void }) {
  const { t, i18n } = useTranslation();
  return (
    <span role="status" aria-live="polite" className="news">
      {news ? (
        <button type="button" className="act" onClick={refresh}>
          <Severity level={news.worst} bare /> {t('triage.news', { count: news.count, shown: `${count(news.count, i18n.language)}${news.more ? '+' : ''}` })} <kbd>n</kbd>
        </button>
      ) : drifted && <button type="button" className="act" onClick={refresh}>{t('triage.drifted')} <kbd>n</kbd></button>}
    </span>
  );
}

/** How the list is laid out: groups, order, columns. */
export function Layout({ params, set, manyTenants }: { params: AlertParams; set: (change: AlertParams) => void; manyTenants: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const offered = groupings.filter((by) => by !== 'tenant' || (manyTenants && me.tenants.length > 1));
  return (
    <div className="row tight">
      <Select<Grouping | ''>
        aria-label={t('triage.group.label')}
        value={params.group ?? ''}
        onChange={(by) => set({ group: by === '' ? undefined : by })}
        popupMatchSelectWidth={false}
        options={[{ value: '', label: t('triage.group.off') }, ...offered.map((by) => ({ value: by, label: t(`triage.group.by.${by}`) }))]}
      />
      <Select
        aria-label={t('triage.sort.label')}
        value={params.sort ?? 'risk'}
        onChange={(sort) => set({ sort: sort === 'risk' ? undefined : sort })}
        popupMatchSelectWidth={false}
        options={[{ value: 'risk' as const, label: t('triage.sort.risk') }, { value: 'newest' as const, label: t('triage.sort.newest') }]}
      />
      <ColumnChooser />
    </div>
  );
}
