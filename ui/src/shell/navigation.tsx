import { Link, type LinkProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Permission } from '../identity/session';
import { isProvider, useCan, useMe } from '../identity/session';

export interface Entry {
  to: LinkProps['to'];
  name: 'overview' | 'alerts' | 'search' | 'sources' | 'parsers' | 'inbox' | 'rules' | 'attack' | 'exceptions' | 'packs' | 'tenants' | 'users' | 'audit' | 'health';
  needs: Permission;
  /** The letter that goes there after g. */
  go?: string;
  provider?: boolean;
}

const groups: { name: 'work' | 'data' | 'platform'; entries: Entry[] }[] = [
  {
    name: 'work',
    entries: [
      { to: '/', name: 'overview', go: 'o', needs: 'alert.read' },
      { to: '/alerts', name: 'alerts', go: 'a', needs: 'alert.read' },
      { to: '/search', name: 'search', go: 's', needs: 'event.search' },
    ],
  },
  {
    name: 'data',
    entries: [
      { to: '/sources', name: 'sources', go: 'l', needs: 'source.read' },
      { to: '/parsers', name: 'parsers', go: 'f', needs: 'source.read' },
      { to: '/inbox', name: 'inbox', go: 'i', needs: 'inbox.manage', provider: true },
      { to: '/rules', name: 'rules', go: 'r', needs: 'rule.read' },
      { to: '/exceptions', name: 'exceptions', go: 'e', needs: 'alert.read' },
      { to: '/attack', name: 'attack', go: 'm', needs: 'rule.read' },
      { to: '/packs', name: 'packs', go: 'p', needs: 'rule.read', provider: true },
    ],
  },
  {
    name: 'platform',
    entries: [
      { to: '/tenants', name: 'tenants', go: 't', needs: 'tenant.manage', provider: true },
      { to: '/users', name: 'users', go: 'u', needs: 'user.manage', provider: true },
      { to: '/audit', name: 'audit', go: 'd', needs: 'audit.read' },
      { to: '/health', name: 'health', go: 'h', needs: 'health.read', provider: true },
    ],
  },
];

function useShown(): (entry: Entry) => boolean {
  const can = useCan();
  const provider = isProvider(useMe());
  return (entry) => can(entry.needs) && (provider || !entry.provider);
}

/** The pages this person may open, in the order of the navigation. */
export function usePlaces(): Entry[] {
  return groups.flatMap((group) => group.entries).filter(useShown());
}

export function Navigation({ open }: { open: boolean }) {
  const { t } = useTranslation();
  const shown = useShown();
  return (
    <nav className={`nav ${open ? 'open' : ''}`} aria-label={t('shell.menu')}>
      {groups.map((group) => {
        const entries = group.entries.filter(shown);
        if (entries.length === 0) return null;
        return (
          <div key={group.name}>
            <h2>{t(`shell.group.${group.name}`)}</h2>
            {entries.map((entry) => (
              <Link key={entry.name} to={entry.to} title={entry.go && `g ${entry.go}`} activeProps={{ className: 'active' }} activeOptions={{ includeSearch: false, exact: entry.to === '/' }}>
                {t(`shell.nav.${entry.name}`)}
              </Link>
            ))}
          </div>
        );
      })}
    </nav>
  );
}
