import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, client } from '../client';
import { findTenant, isProvider, useCan, useMe } from '../identity/session';
import { usersKey } from '../identity/users-params';
import { ranked } from '../kit/fuzzy';
import type { PickGroup } from '../kit/pick-list';
import { Severity } from '../kit/severity';
import { Untrusted } from '../kit/untrusted';
import { useRuleWords } from '../rule/words';
import { everywhere } from '../search/logsql';
import { SourceState } from '../source/state';
import { TenantName } from '../tenancy/band';
import { useScope } from '../tenancy/scope';
import { kindOf } from './kind';

const pause = 180; // ms without a key before the server is asked
const most = 5;

/** What the server finds for the words typed: alerts, rules, sources of every customer of the person's, users. */
export function usePaletteSearch(typed: string, done: () => void): { groups: PickGroup[]; busy: boolean } {
  const { t } = useTranslation();
  const q = useSettled(typed.trim());
  const can = useCan();
  const me = useMe();
  const provider = isProvider(me);
  const { tenant } = useScope();
  const navigate = useNavigate();
  const words = useRuleWords();
  const enough = q.length > 1 || /[\u4e00-\u9fff]/.test(q);
  const alerts = useQuery({
    queryKey: ['palette', 'alerts', q, tenant?.id],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/alerts', { params: { query: { q, tenant: tenant?.id, limit: most } }, signal })),
    enabled: enough && can('alert.read'),
    placeholderData: keepPreviousData,
  });
  const rules = useQuery({
    queryKey: ['palette', 'rules', q],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/rules', { params: { query: { q, limit: most } }, signal })),
    enabled: enough && can('rule.read'),
    placeholderData: keepPreviousData,
  });
  const sources = useQuery({
    queryKey: ['palette', 'sources', q],
    queryFn: ({ signal }) => ask(client.GET('/api/v1/sources', { params: { query: { q, sort: 'fit', limit: most } }, signal })),
    enabled: enough && can('source.read'),
    placeholderData: keepPreviousData,
  });
  const users = useQuery({
    queryKey: usersKey,
    queryFn: ({ signal }) => ask(client.GET('/api/v1/users', { signal })),
    enabled: enough && provider && can('user.manage'),
  });
  const go = (run: () => Promise<void>) => () => {
    done();
    void run();
  };
  if (!enough) return { groups: [], busy: false };
  const groups: PickGroup[] = [
    {
      id: 'alerts',
      title: t('shell.nav.alerts'),
      picks: (alerts.data?.items ?? []).map((each) => ({
        id: each.id,
        content: <><Severity level={each.rule.level} bare /><span className="clip"><Untrusted value={words.title(each.rule)} /></span></>,
        hint: tenant ? undefined : <TenantName id={each.tenant} />,
        run: go(() => navigate({ to: '/alerts/$id', params: { id: each.id } })),
      })),
    },
    {
      id: 'rules',
      title: t('shell.nav.rules'),
      picks: (rules.data?.items ?? []).map((each) => ({
        id: each.id,
        content: <><Severity level={each.level} bare /><span className="clip"><Untrusted value={words.title(each)} /></span></>,
        run: go(() => navigate({ to: '/rules/$id', params: { id: each.id } })),
      })),
    },
    {
      id: 'sources',
      title: t('shell.nav.sources'),
      picks: (sources.data?.items ?? []).map((each) => ({
        id: each.id,
        content: <><SourceState state={each.health.state} bare /><span className="clip">{each.name}</span></>,
        hint: me.tenants.length > 1 ? <TenantName id={each.tenant} /> : each.kind,
        run: go(() => navigate({ to: '/sources/$id', params: { id: each.id }, search: { tenant: findTenant(me, each.tenant)?.slug } })),
      })),
    },
    {
      id: 'users',
      title: t('shell.nav.users'),
      picks: ranked(q, users.data?.items ?? [], (each) => `${each.name} ${each.username}`, most).map((each) => ({
        id: each.id,
        content: <span className="clip">{each.name || each.username}</span>,
        hint: each.username,
        run: go(() => navigate({ to: '/users', search: (before) => ({ tenant: before.tenant, at: each.username }) })),
      })),
    },
  ];
  if (!kindOf(q)) groups.push({ id: 'words', title: t('shell.palette.text'), picks: textPicks() });
  return { groups, busy: alerts.isFetching || rules.isFetching || sources.isFetching };

  function textPicks() {
    const picks = [];
    if (can('alert.read')) picks.push({ id: 'alerts', content: t('shell.palette.inAlerts'), hint: q, run: go(() => navigate({ to: '/alerts', search: (before) => ({ tenant: before.tenant, q, state: 'all' }) })) });
    if (can('event.search')) picks.push({ id: 'logs', content: t('shell.palette.inLogs'), hint: q, run: go(() => navigate({ to: '/search', search: (before) => ({ tenant: before.tenant, q: everywhere(q), from: 'now-24h', to: 'now' }) })) });
    return picks;
  }
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
