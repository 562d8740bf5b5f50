import { useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import { preference } from '../kit/preference';

const wide = window.matchMedia('(min-width: 1101px)');

const shown = preference<boolean>({
  key: 'isoc.alert.preview',
  read: (stored) => stored !== 'closed',
  write: (open) => (open ? 'open' : 'closed'),
});

export interface PreviewState {
  open: boolean;
  set: (open: boolean) => void;
}

function subscribe(tell: () => void): () => void {
  wide.addEventListener('change', tell);
  return () => wide.removeEventListener('change', tell);
}

/** Whether the preview is shown. Beside the list it is from the start, and the choice is remembered; where it covers the list only when asked for. */
export function usePreview(): PreviewState {
  const beside = useSyncExternalStore(subscribe, () => wide.matches);
  const chosen = shown.use();
  const [over, setOver] = useState(false);
  const open = beside ? chosen : over;
  const set = useCallback((next: boolean) => {
    if (wide.matches) shown.set(next);
    else setOver(next);
  }, []);
  return useMemo(() => ({ open, set }), [open, set]);
}
