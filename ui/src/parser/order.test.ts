import { describe, expect, it } from 'vitest';
import type { Parser } from '../client';
import { chosen } from './order';

const row = (id: string, vendor: string, vendor_zh: string, product: string, kind: string, events = 0, formats = 1): Parser => ({
  id, vendor, vendor_zh, product, product_zh: '', kind, versions: [], dataset: `x.${product.toLowerCase()}`, formats, samples: 1, use: { events, sources: events ? 1 : 0 },
});
const all = [
  row('huawei-usg', 'Huawei', '\u534e\u4e3a', 'USG', 'firewall', 0, 9),
  row('nginx', 'F5', '', 'nginx', 'web', 5),
  row('', 'Acme', '', 'Gate', 'firewall', 7),
];
const names = (params: Parameters<typeof chosen>[1]) => chosen(all, params, (kind) => kind).map(({ product }) => product);

describe('the rows of the catalogue', () => {
  it('come with what is in use first', () => {
    expect(names({})).toEqual(['Gate', 'nginx', 'USG']);
    expect(names({ sort: 'formats' })).toEqual(['USG', 'Gate', 'nginx']);
  });
  it('are narrowed by kind, vendor and what is told of them', () => {
    expect(names({ kind: 'firewall' })).toEqual(['Gate', 'USG']);
    expect(names({ vendor: 'Huawei' })).toEqual(['USG']);
    expect(names({ show: 'used' })).toEqual(['Gate', 'nginx']);
    expect(names({ show: 'packs' })).toEqual(['nginx', 'USG']);
    expect(names({ show: 'recognised' })).toEqual(['Gate']);
  });
  it('are found by Chinese names and by the first letters of their reading', () => {
    expect(names({ q: '\u534e\u4e3a' })).toEqual(['USG']);
    expect(names({ q: 'hw' })).toEqual(['USG']);
    expect(names({ q: 'nothing such' })).toEqual([]);
  });
});
