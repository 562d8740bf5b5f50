import { Link, type LinkProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Permission } from '../identity/session';
import { isProvider, useCan, useMe } from '../identity/session';

interface Entry {
  to: LinkProps['to'];
  name: 'alerts' | 'search' | 'sources' | 'inbox' | 'rules' | 'packs' | 'tenants' | 'users' | 'audit' | 'health';
  needs: Permission;
  provider?: boolean;
}

const groups: { name: 'work' | 'data' | 'platform'; entries: Entry[] }[] = [
  {
    name: 'work',
    entries: [
      { to: '/alerts', name: 'alerts', needs: 'alert.read' },
      { to: '/search', name: 'search', needs: 'event.search' },
    ],
  },
  {
    name: 'data',
    entries: [
      { to: '/sources', name: 'sources', needs: 'source.read' },
      { to: '/inbox', name: 'inbox', needs: 'inbox.manage', provider: true },
      { to: '/rules', name: 'rules', needs: 'rule.read' },
      { to: '/packs', name: 'packs', needs: 'rule.read', provider: true },
    ],
  },
  {
    name: 'platform',
    entries: [
      { to: '/tenants', name: 'tenants', needs: 'tenant.manage', provider: true },
      { to: '/users', name: 'users', needs: 'user.manage', provider: true },
      { to: '/audit', name: 'audit', needs: 'audit.read' },
      { to: '/health', name: 'health', needs: 'health.read', provider: true },
    ],
  },
];

export function Navigation({ open }: { open: boolean }) {
  const { t } = useTranslation();
  const can = useCan();
  const provider = isProvider(useMe());
  const shown = (entry: Entry) => can(entry.needs) && (provider || !entry.provider);
  return (
    <nav className={`nav ${open ? 'open' : ''}`} aria-label={t('shell.menu')}>
      {groups.map((group) => {
        const entries = group.entries.filter(shown);
        if (entries.length === 0) return null;
        return (
          <div key={group.name}>
            <h2>{t(`shell.group.${group.name}`)}</h2>
            {entries.map((entry) => (
              <Link key={entry.name} to={entry.to} activeProps={{ className: 'active' }} activeOptions={{ includeSearch: false }}>
                {t(`shell.nav.${entry.name}`)}
              </Link>
            ))}
          </div>
        );
      })}
    </nav>
  );
}
