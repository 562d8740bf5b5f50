import { expect, it } from 'vitest';
import { asLines, asNetworks } from './networks';

it('reads networks from lines and writes them back', () => {
  const read = asNetworks('203.0.113.0/24  办公 网 \n\n 2001:db8::/32\n');
  expect(read).toEqual([{ cidr: '203.0.113.0/24', name: '办公 网' }, { cidr: '2001:db8::/32' }]);
  expect(asNetworks(asLines(read))).toEqual(read);
});
