import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client, type Membership } from '../client';
import { DemoTag } from '../demo/tag';
import { Flyout } from '../kit/flyout';
import { useCan } from '../identity/session';
import { ranked } from '../kit/fuzzy';
import { useHotkeys } from '../kit/hotkeys';
import { count } from '../kit/number';
import { PickList, type Pick } from '../kit/pick-list';
import { isLevel, Severity } from '../kit/severity';
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
        label={t('kit.pair', { name: t('shell.tenant.label'), value: tenant?.name ?? t('shell.tenant.all') })}
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
  const open = useOpenAlerts();
  const pick = (tenant: Membership): Pick => ({
    id: tenant.id,
    content: <><Name tenant={tenant} />{tenant.id === current?.id && <span className="soft" aria-label={t('shell.tenant.current')}>✓</span>}</>,
    hint: <>{tenant.slug}{open(tenant)}</>,
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

// How many alerts of a customer are open, and the worst of them; nothing where there are none.
function useOpenAlerts(): (tenant: Membership) => ReactNode {
  const { t, i18n } = useTranslation();
  const can = useCan();
  const groups = useQuery({
    queryKey: ['alerts', 'groups', 'switcher'],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts/groups', { params: { query: { by: 'tenant', state: 'open' } }, signal })),
    enabled: can('alert.read'),
    staleTime: 10_000,
  });
  return (tenant) => {
    const own = groups.data?.items.find(({ key }) => key === tenant.id || key === tenant.slug);
    if (!own || own.open === 0) return null;
    const shown = count(own.open, i18n.language);
    return (
      <span className="switcher-open" title={t('shell.tenant.open', { count: own.open, shown })}>
        {isLevel(own.worst_level) && <Severity level={own.worst_level} bare />}{shown}
      </span>
    );
  };
}
