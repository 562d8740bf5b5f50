// The browser's tab: "(3) Alerts · Example Hospital · iSOC".
const parts = { name: '', tenant: '', count: 0 };

function write(change: Partial<typeof parts>): void {
  Object.assign(parts, change);
  const words = [parts.name, parts.tenant, 'iSOC'].filter(Boolean).join(' · ');
  document.title = parts.count > 0 ? `(${parts.count > 99 ? '99+' : parts.count}) ${words}` : words;
}

/** What the page is called. */
export function nameTab(name: string): void {
  write({ name });
}

/** The customer that is chosen; empty where all are. */
export function nameTabTenant(tenant: string): void {
  write({ tenant });
}

/** How much is new since somebody looked; 0 for nothing. A page that sets it takes it back when it goes. */
export function countTab(count: number): void {
  write({ count });
}
