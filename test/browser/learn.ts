import type { Product } from './product';
import { api, ingest, stamp } from './seed';

/** A source of a device that nobody ever heard of, and the parser proposed for it. */
export interface Learned {
  source: string;
  token: string;
  proposal: string;
}

const people = ['zhangsan', 'lisi', 'wangwu', 'maria', 'kofi', 'ines', 'tomas'];
const verdicts = ['GRANTED', 'GRANTED', 'GRANTED', 'REFUSED'];
const doors = ['north-lobby', 'server-room', 'lab-2', 'archive', 'dock'];

/** Records of a gate of an invented maker: passages and faults as name=value, the door's own notes as words. */
export function passage(i: number): string {
  const at = stamp(i % 50);
  switch (i % 10) {
    case 8: return `<132>${at} gate-${i % 4} tessera: kind=FAULT sensor=S${i % 9} reading=${300 + ((i * 37) % 400)} door=${doors[i % doors.length]} note="contact open too long"`;
    case 9: return `<134>${at} gate-${i % 4} tessera: firmware check of reader R${i % 12} finished in ${20 + ((i * 13) % 700)} ms`;
    default: return `<134>${at} gate-${i % 4} tessera: kind=PASS badge=${(0xa1000 + i * 7919).toString(16)} holder=${people[i % people.length]} station=10.31.${i % 5}.${2 + (i % 200)} portal=${4000 + (i % 900)} verdict=${verdicts[i % verdicts.length]} door=${doors[i % doors.length]} took=${3 + (i % 40)}`;
  }
}

/** The same gate after an update: other names, and one more of them. */
export function changedPassage(i: number): string {
  return `<134>${stamp(0)} gate-${i % 4} tessera: type=PASSAGE card=${(0xa1000 + i * 104729).toString(16)} person=${people[i % people.length]} terminal=10.31.${i % 5}.${2 + (i % 200)} result=${i % 4 === 3 ? 'no' : 'yes'} lift=${i % 3}`;
}

/** Waits until a parser is proposed for a source for that reason. */
export async function waitForProposal(product: Product, token: string, tenant: string, source: string, reason: string): Promise<string> {
  for (let i = 0; i < 120; i++) {
    const page = await api(product, token, 'GET', `/api/v1/parser-proposals?tenant=${tenant}&source=${source}&state=open`);
    const first = (page['items'] as { id: string; reason: string }[])[0];
    if (first?.reason === reason) return first.id;
    await new Promise((next) => setTimeout(next, 500));
  }
  throw new Error(`no parser proposed (${reason}) after a minute`);
}

/** Makes the source, sends its records, and waits until a parser is proposed. */
export async function seedLearning(product: Product, token: string, tenant: string, name: string): Promise<Learned> {
  const made = await api(product, token, 'POST', `/api/v1/tenants/${tenant}/sources`, { name, kind: 'auto' });
  const source = made['id'] as string;
  await ingest(product, made['token'] as string, Array.from({ length: 500 }, (_, i) => passage(i)));
  return { source, token: made['token'] as string, proposal: await waitForProposal(product, token, tenant, source, 'new') };
}

/** Takes the proposed parser over as it is, sends the records of after the update, and waits until a changed one is proposed. */
export async function seedDrift(product: Product, token: string, tenant: string, name: string): Promise<Learned> {
  const learned = await seedLearning(product, token, tenant, name);
  await api(product, token, 'POST', `/api/v1/parser-proposals/${learned.proposal}/approve`, { version: 1 });
  await ingest(product, learned.token, Array.from({ length: 400 }, (_, i) => changedPassage(i)));
  return { ...learned, proposal: await waitForProposal(product, token, tenant, learned.source, 'drift') };
}
