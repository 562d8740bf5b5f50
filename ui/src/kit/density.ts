import { preference } from './preference';

/** How tall rows are: 28 px, or 36 px for tired eyes and touch screens. base.css has the figures as --row. */
export type Density = 'compact' | 'cosy';
export const densities = ['compact', 'cosy'] as const;

const density = preference<Density>({
  key: 'isoc.density',
  read: (stored) => (stored === 'cosy' ? 'cosy' : 'compact'),
  write: (value) => (value === 'compact' ? null : value),
  apply: (value) => {
    document.documentElement.dataset.density = value;
  },
});

export function setDensity(next: Density): void {
  density.set(next);
}

export function useDensity(): Density {
  return density.use();
}

/** Height of a row in pixels, for lists that place their rows themselves. */
export const rowHeight: Record<Density, number> = { compact: 28, cosy: 36 };
