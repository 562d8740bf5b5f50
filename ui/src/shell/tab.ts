import { useEffect } from 'react';
import type { Membership } from '../client';
import { nameTabTenant } from '../kit/tab';
import { useLook } from '../tenancy/band';
import { initial } from '../tenancy/colour';

/** Puts the chosen customer's colour and initial on the browser's tab, so that of many tabs each says whose it is. */
export function useTab(tenant: Membership | undefined): void {
  const look = useLook();
  const colour = tenant && look(tenant.id).colour;
  const letter = tenant && initial(tenant.name);
  const name = tenant?.name ?? '';
  useEffect(() => nameTabTenant(name), [name]);
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (!link) return;
    const own = link.href;
    if (colour && letter) link.href = `data:image/svg+xml,${encodeURIComponent(icon(colour, letter))}`;
    return () => {
      link.href = own;
    };
  }, [colour, letter]);
}

function icon(colour: string, letter: string): string {
  const safe = letter.replace(/[<>&"']/g, '');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="${colour}"/><text x="16" y="23" font-size="20" font-weight="700" font-family="sans-serif" text-anchor="middle" fill="#fff">${safe}</text></svg>`;
}
