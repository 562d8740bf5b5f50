import type { Alert } from '../client';
import type { State, Verdict } from './params';
import type { Patch } from './snapshot';

/** What is asked of alerts, all at once. */
export interface Change {
  to?: State;
  verdict?: Verdict;
  reason?: string;
  /** A username; empty releases. */
  assignee?: string;
}

export interface Person {
  username: string;
  name: string;
}

/** One change to the rows it fits. */
export interface Step {
  change: Change;
  rows: Alert[];
}

export type Action =
  | { kind: 'acknowledge' }
  | { kind: 'investigate' }
  | { kind: 'close'; verdict: Verdict; reason: string }
  | { kind: 'reopen' }
  | { kind: 'assign'; person: Person | undefined };

/** The same moves as docs/states/alert.md has them; the server has the last word. */
const moves: Record<State, readonly State[]> = {
  new: ['acknowledged', 'investigating', 'closed'],
  acknowledged: ['investigating', 'closed', 'new'],
  investigating: ['acknowledged', 'closed'],
  closed: ['investigating'],
};

export function allowed(from: State, to: State): boolean {
  return moves[from].includes(to);
}

/** What an action comes to for rows in different states. Rows it means nothing for are in no step. */
export function planned(action: Action, rows: readonly Alert[], me: Person): Step[] {
  const fit = (change: Change, test: (row: Alert) => boolean): Step => ({ change, rows: rows.filter(test) });
  const steps = (() => {
    switch (action.kind) {
      case 'acknowledge': // to take it: whoever acknowledges an alert is who works on it
        return [
          fit({ to: 'acknowledged', assignee: me.username }, (row) => row.state === 'new'),
          fit({ assignee: me.username }, (row) => row.state !== 'new' && row.state !== 'closed' && row.assignee !== me.username),
        ];
      case 'investigate':
        return [fit({ to: 'investigating' }, (row) => row.state !== 'closed' && allowed(row.state, 'investigating'))];
      case 'close':
        return [fit({ to: 'closed', verdict: action.verdict, reason: action.reason }, (row) => allowed(row.state, 'closed'))];
      case 'reopen':
        return [fit({ to: 'investigating' }, (row) => row.state === 'closed')];
      case 'assign':
        return [fit({ assignee: action.person?.username ?? '' }, (row) => row.assignee !== (action.person?.username ?? ''))];
    }
  })();
  return steps.filter((step) => step.rows.length > 0);
}

/** How a row is going to look, shown before the server has answered. */
export function predicted(row: Alert, change: Change, people: readonly Person[], me: Person): Patch {
  const patch: Patch = {};
  const assign = (username: string) => {
    patch.assignee = username;
    patch.assignee_name = people.find((person) => person.username === username)?.name ?? (username === me.username ? me.name : username);
  };
  if (change.to) {
    patch.state = change.to;
    patch.verdict = change.to === 'closed' ? change.verdict ?? '' : '';
    patch.reason = change.reason ?? '';
    if (change.to === 'new') assign('');
    else if (row.assignee === '' && change.to !== 'closed') assign(me.username);
  }
  if (change.assignee !== undefined) assign(change.assignee);
  return patch;
}

/** What undoes a change of rows that stood so before: the moves back, in the order they have to be made. */
export function undoing(before: readonly Alert[], change: Change, me: Person): Step[] {
  const ways = before.map((row) => {
    const back: Change[] = (change.to ? wayBack(change.to, row.state) : []).map((to) => (
      to === 'closed' ? { to, verdict: row.verdict as Verdict, reason: row.reason } : { to }
    ));
    const holds = row.state === 'new' && back.length > 0 ? '' : predicted(row, change, [], me).assignee ?? row.assignee;
    if (holds !== row.assignee) back.push({ assignee: row.assignee });
    return { row, back };
  });
  const steps: Step[] = [];
  const most = Math.max(0, ...ways.map(({ back }) => back.length));
  for (let turn = 0; turn < most; turn++) {
    const together = new Map<string, Step>();
    for (const { row, back } of ways) {
      const next = back[turn];
      if (!next) continue;
      const key = JSON.stringify(next);
      const step = together.get(key) ?? { change: next, rows: [] };
      step.rows.push(row);
      together.set(key, step);
    }
    steps.push(...together.values());
  }
  return steps;
}

function wayBack(from: State, to: State): State[] {
  const ways: State[][] = [[from]];
  for (let way = ways.shift(); way; way = ways.shift()) {
    const last = way[way.length - 1]!;
    if (last === to) return way.slice(1);
    for (const next of moves[last]) if (!way.includes(next)) ways.push([...way, next]);
  }
  return [];
}

export interface Failure {
  id: string;
  code: string;
  detail: string;
}

export interface Done {
  changed: { id: string; version: number; state: State }[];
  failed: Failure[];
}

export type Send = (items: { id: string; version: number }[], change: Change) => Promise<Done>;

const mostAtOnce = 500; // as the server has it

/** Makes a change to any number of rows, so many at a time, and says after each how far it is. It stops where asked to. */
export async function inChunks(
  rows: readonly { id: string; version: number }[], change: Change, send: Send, said: (done: number, part: Done) => void, signal: AbortSignal,
): Promise<Done> {
  const all: Done = { changed: [], failed: [] };
  for (let from = 0; from < rows.length && !signal.aborted; from += mostAtOnce) {
    const part = rows.slice(from, from + mostAtOnce);
    const done = await send(part.map(({ id, version }) => ({ id, version })), change);
    all.changed.push(...done.changed);
    all.failed.push(...done.failed);
    said(from + part.length, done);
  }
  return all;
}
