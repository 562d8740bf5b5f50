import { useRouter } from '@tanstack/react-router';
import { useCallback } from 'react';

/**
 * Tells whether the reader is on the way to another page that has not come yet. What changes the address of this page by itself, or
 * later than it was asked to, must ask first: it would call the reader back.
 */
export function useLeaving(): () => boolean {
  const router = useRouter();
  return useCallback(() => {
    const shown = router.state.resolvedLocation;
    return shown !== undefined && shown.pathname !== router.latestLocation.pathname;
  }, [router]);
}
