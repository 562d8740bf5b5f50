import { useCallback, useMemo } from 'react';
import { preference } from '../kit/preference';

const wide = window.matchMedia('(min-width: 1101px)');

// Open from the start where there is room beside the list.
const shown = preference<boolean>({
  key: 'isoc.alert.preview',
  read: (stored) => (stored === null ? wide.matches : stored === 'open'),
  write: (open) => (open ? 'open' : 'closed'),
});

export interface PreviewState {
  open: boolean;
  set: (open: boolean) => void;
}

/** Whether the preview is shown; remembered. */
export function usePreview(): PreviewState {
  const open = shown.use();
  const set = useCallback((next: boolean) => shown.set(next), []);
  return useMemo(() => ({ open, set }), [open, set]);
}
