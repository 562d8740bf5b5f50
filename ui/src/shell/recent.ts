import { preference } from '../kit/preference';

/** Where the person was lately in this browser, newest first. Forgotten at log-out. */
export interface Recent {
  /** Path and query. */
  href: string;
  title: string;
}

const most = 12;

const list = preference<Recent[]>({
  key: 'isoc.recent',
  read: (stored) => {
    try {
      const all: unknown = JSON.parse(stored ?? '[]');
      return Array.isArray(all) ? all.filter(isRecent).slice(0, most) : [];
    } catch {
      return [];
    }
  },
  write: (value) => (value.length === 0 ? null : JSON.stringify(value)),
});

function isRecent(value: unknown): value is Recent {
  const { href, title } = (value ?? {}) as Partial<Recent>;
  return typeof href === 'string' && href.startsWith('/') && !href.startsWith('//') && typeof title === 'string';
}

export function recents(): Recent[] {
  return list.get();
}

/** Puts a place first; the same place stands once. */
export function remember(place: Recent): void {
  list.set([place, ...list.get().filter(({ href }) => href !== place.href)].slice(0, most));
}

export function forgetRecents(): void {
  list.set([]);
}

const tenants = preference<string[]>({
  key: 'isoc.tenants',
  read: (stored) => (stored ?? '').split(',').filter(Boolean).slice(0, 8),
  write: (value) => value.join(',') || null,
});

/** Slugs of the customers looked at lately, newest first. */
export function recentTenants(): string[] {
  return tenants.get();
}

export function rememberTenant(slug: string): void {
  tenants.set([slug, ...tenants.get().filter((each) => each !== slug)].slice(0, 8));
}
