import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { DemoTag } from '../demo/tag';
import { colour } from '../tenancy/colour';
import { useScope } from '../tenancy/scope';

const everyone = '*';

/** Says whose data one is looking at, and changes it. */
export function TenantSwitcher() {
  const { t } = useTranslation();
  const { tenant, tenants, fixed, choose } = useScope();
  if (fixed && tenant) {
    return (
      <div className="switcher">
        <span className="now"><i style={{ background: colour(tenant.id) }} /><span className="clip">{tenant.name}</span>{tenant.demo && <DemoTag />}</span>
      </div>
    );
  }
  return (
    <div className="switcher">
      <Select
        showSearch={{ optionFilterProp: 'search' }}
        aria-label={t('shell.tenant.label')}
        value={tenant?.slug ?? everyone}
        onChange={(slug) => choose(slug === everyone ? undefined : slug)}
        popupMatchSelectWidth={260}
        options={[
          { value: everyone, search: t('shell.tenant.all'), label: <Option name={t('shell.tenant.all')} /> },
          ...tenants.map((each) => ({
            value: each.slug,
            search: `${each.name} ${each.slug}`,
            label: <Option name={each.name} id={each.id} demo={each.demo} />,
          })),
        ]}
      />
    </div>
  );
}

function Option({ name, id, demo }: { name: string; id?: string; demo?: boolean }) {
  return (
    <span className="option">
      <i className={id ? '' : 'all'} style={id ? { background: colour(id) } : undefined} />
      <span className="clip">{name}</span>
      {demo && <DemoTag />}
    </span>
  );
}
