import { expect, it } from 'vitest';
import { countTab, nameTab, nameTabTenant } from './tab';

it('says what is new, where one is and whose it is', () => {
  nameTab('Alerts');
  expect(document.title).toBe('Alerts · iSOC');
  nameTabTenant('Acme');
  countTab(3);
  expect(document.title).toBe('(3) Alerts · Acme · iSOC');
  countTab(1234);
  expect(document.title).toBe('(99+) Alerts · Acme · iSOC');
  nameTab('');
  nameTabTenant('');
  countTab(0);
  expect(document.title).toBe('iSOC');
});
