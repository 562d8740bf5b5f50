import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Product } from './product';
import { api } from './seed';

/** A ZIP archive of texts, stored as they are. */
export function zip(files: Record<string, string>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const body = Buffer.from(text);
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt32LE(crc32(body), 10);
    about.writeUInt32LE(body.length, 14);
    about.writeUInt32LE(body.length, 18);
    about.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), about, Buffer.from(name), body]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), about, place, Buffer.from(name)]));
    parts.push(local);
    at += local.length;
  }
  const table = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(table.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, table, Buffer.from('PK\x05\x06'), end]);
}

/** Somebody who signs packs; written from docs/how-to/packs.md alone. */
export interface Maker {
  id: string;
  pem: string;
  pack(version: string, files: Record<string, string>): Buffer;
}

export function maker(): Maker {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const id = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)).digest('hex').slice(0, 16);
  return { id, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(), pack: (version, files) => signed(privateKey, id, version, files) };
}

function signed(key: KeyObject, id: string, version: string, files: Record<string, string>): Buffer {
  const manifest = JSON.stringify({
    format: 1, name: 'acme', version, title: 'Acme rules', title_zh: 'Acme 规则', author: 'Acme', licence: 'DRL-1.1', created: '2026-01-02T03:04:05Z',
    files: Object.entries(files).map(([path, text]) => ({ path, kind: 'rule', size: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') })),
  });
  const signature = sign(null, Buffer.from(manifest), key).toString('base64');
  return zip({ 'pack.json': manifest, 'pack.sig': JSON.stringify({ algorithm: 'ed25519', key: id, signature }), ...files });
}

/** A rule of the pack. */
export function rule(n: number, title: string, level: string, looks: string): string {
  return `title: ${title}\nid: 22222222-3333-4444-8555-66666666660${n}\nstatus: test\nlevel: ${level}\nlogsource:\n  product: linux\ndetection:\n  sel:\n    message|contains: ${looks}\n  condition: sel\n`;
}

/** The first version of the pack and the one after it: one rule each added, removed and refused, three changed. */
export const versions: Record<string, string>[] = [
  { 'a.yml': rule(1, 'Acme reverse shell', 'medium', 'acme-one'), 'b.yml': rule(2, 'Acme tunnel', 'high', 'acme-two'), 'c.yml': rule(3, 'Acme miner', 'low', 'acme-three'), 'd.yml': rule(4, 'Acme old tool', 'low', 'acme-four'), 'e.yml': rule(5, 'Acme scanner', 'low', 'acme-five') },
  { 'a.yml': rule(1, 'Acme reverse shell', 'high', 'acme-uno'), 'b.yml': rule(2, 'Acme tunnel, renamed', 'high', 'acme-two'), 'c.yml': rule(3, 'Acme miner', 'low', 'acme-tres'), 'e.yml': rule(5, 'Acme scanner', 'low', 'acme-five').replace('condition: sel', 'condition: sel and nothing_there'), 'f.yml': rule(6, 'Acme beacon', 'critical', 'acme-six') },
];

/** Takes a pack over the API; returns its id. */
export async function importPack(product: Product, token: string, archive: Buffer, query = ''): Promise<string> {
  const response = await fetch(`${product.http}/api/v1/content/packs?${query}`, {
    method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/zip' }, body: new Uint8Array(archive),
  });
  if (!response.ok) throw new Error(`import: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { id: string }).id;
}

/** Edits the first rule here, over its first version. */
export async function edit(product: Product, token: string): Promise<void> {
  const id = '22222222-3333-4444-8555-666666666601';
  const source = rule(1, 'Acme reverse shell', 'medium', 'acme-here');
  await api(product, token, 'POST', `/api/v1/rules/${id}/state`, {}).catch(() => undefined);
  await api(product, token, 'PUT', `/api/v1/rules/${id}/samples`, {
    items: [{ name: 'hit', fires: true, lines: [{ raw: '<30>Mar  2 08:15:30 h app: acme-here' }] }, { name: 'miss', fires: false, lines: [{ raw: '<30>Mar  2 08:15:30 h app: else' }] }],
  }).catch(() => undefined);
  await api(product, token, 'PUT', `/api/v1/rules/${id}`, { source, note: 'ours', version: 0 });
}

/** A pack in force with an edited rule, an update that waits, a key and an address; returns the update's id. */
export async function seedPacks(product: Product, token: string): Promise<string> {
  const acme = maker();
  await api(product, token, 'POST', '/api/v1/content/keys', { name: 'Acme', public_key: acme.pem });
  await importPack(product, token, acme.pack('1.0.0', versions[0]!), 'activate=true');
  await edit(product, token);
  await importPack(product, token, zip({ 'rules/windows/a.yml': rule(7, 'Somebody’s rule', 'low', 'x'), 'rules/linux/b.yml': rule(8, 'Another', 'low', 'y'), 'version.txt': 'r2025-10-01' }), 'unsigned=true');
  await api(product, token, 'POST', '/api/v1/content/feeds', { name: 'acme', url: 'https://127.0.0.1:9/acme.zip', hours: 24, unsigned: false, activate: false });
  const feeds = (await api(product, token, 'GET', '/api/v1/content/feeds'))['items'] as { id: string }[];
  await api(product, token, 'POST', `/api/v1/content/feeds/${feeds[0]!.id}/check`);
  return importPack(product, token, acme.pack('1.1.0', versions[1]!));
}
