import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Membership } from '../client';
import { DemoTag } from '../demo/tag';
import { Flyout } from '../kit/flyout';
import { ranked } from '../kit/fuzzy';
import { useHotkeys } from '../kit/hotkeys';
import { PickList, type Pick } from '../kit/pick-list';
import { TenantMark } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { recentTenants, rememberTenant } from './recent';

/** Says whose data one is looking at, and changes it. */
export function TenantSwitcher() {
  const { t } = useTranslation();
  const { tenant, tenants, fixed, choose } = useScope();
  const [open, setOpen] = useState(false);
  const slug = tenant?.slug;
  useEffect(() => {
    if (slug) rememberTenant(slug);
  }, [slug]);
  useHotkeys(fixed || tenants.length === 0 ? {} : {
    t: {
      run: (event) => {
        event.preventDefault();
        setOpen(true);
      },
      what: t('shell.tenant.label'),
    },
  }, 'everywhere');
  if (fixed && tenant) return <div className="switcher"><span className="now"><Name tenant={tenant} /></span></div>;
  const name = tenant ? <Name tenant={tenant} /> : <><i className="tenant-mark all" aria-hidden="true" /><span className="clip">{t('shell.tenant.all')}</span></>;
  return (
    <div className="switcher">
      <Flyout
        label={`${t('shell.tenant.label')}：${tenant?.name ?? t('shell.tenant.all')}`}
        title={`${t('shell.tenant.label')} (t)`}
        buttonClass="plain-button switcher-button"
        button={<>{name}<span className="caret" aria-hidden="true">▾</span></>}
        open={open}
        onOpen={setOpen}
      >
        {(close) => (
          <Choices
            current={tenant}
            tenants={tenants}
            choose={(next) => {
              close();
              choose(next);
            }}
          />
        )}
      </Flyout>
    </div>
  );
}

function Name({ tenant }: { tenant: Membership }) {
  return (
    <>
      <TenantMark id={tenant.id} name={tenant.name} />
      <span className="clip">{tenant.name}</span>
      {tenant.demo && <DemoTag />}
    </>
  );
}

interface ChoicesProps {
  current: Membership | undefined;
  tenants: Membership[];
  choose: (slug: string | undefined) => void;
}

function Choices({ current, tenants, choose }: ChoicesProps) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const pick = (tenant: Membership): Pick => ({
    id: tenant.id,
    content: <Name tenant={tenant} />,
    hint: tenant.id === current?.id ? '✓' : tenant.slug,
    run: () => choose(tenant.slug),
  });
  const all = { id: '*', content: <><i className="tenant-mark all" aria-hidden="true" />{t('shell.tenant.all')}</>, hint: current ? undefined : '✓', run: () => choose(undefined) };
  const bare = query.trim() === '';
  const late = recentTenants().flatMap((slug) => tenants.filter((each) => each.slug === slug && each.id !== current?.id)).slice(0, 5);
  const few = tenants.length <= 8;
  const fitting = ranked(query, tenants, (each) => `${each.name} ${each.slug}`);
  return (
    <div className="switcher-panel">
      <PickList
        label={t('shell.tenant.label')}
        placeholder={t('shell.tenant.find')}
        query={query}
        onQuery={setQuery}
        empty={t('shell.tenant.none')}
        groups={[
          { id: 'all', picks: bare ? [all] : [] },
          { id: 'recent', title: t('shell.palette.recent'), picks: bare && !few ? late.map(pick) : [] },
          { id: 'tenants', title: bare && !few ? t('shell.tenant.every') : undefined, picks: fitting.map(pick) },
        ]}
      />
    </div>
  );
}
