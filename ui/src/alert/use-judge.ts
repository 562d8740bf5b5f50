import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Alert } from '../client';
import { useMe } from '../identity/session';
import { useWords } from '../kit/states';
import * as api from './desk-api';
import { inChunks, planned, predicted, undoing, type Action, type Change, type Failure, type Person, type Step } from './judge';
import { patchOf, type Patch } from './snapshot';
import type { Desk } from './use-desk';

/** What became of a change, for the line that says so. */
export interface Outcome {
  kind: Action['kind'] | 'undo';
  changed: number;
  failed: Failure[];
  /** Alerts it meant nothing for. */
  skipped: number;
  /** Words for what kept all of it from happening, such as a server that could not be reached. */
  broken?: string;
  /** What could not be changed, and what was to be done with it. */
  missed: Alert[];
  action?: Action;
  /** What undoes it; none where it cannot be undone. */
  back: Step[];
}

/** A list that is changed as a whole. */
export interface Whole {
  /** How many alerts it has. */
  of: number;
  pages: (signal: AbortSignal) => AsyncIterable<Alert[]>;
}

export interface Progress {
  done: number;
  of: number;
  stop: () => void;
}

const noFailures: ReadonlyMap<string, Failure> = new Map();

/**
 * Makes changes to alerts: shows them at once, puts back what the server refuses and names it on its row, and remembers how
 * to undo the last ones.
 */
export function useJudge(desk: Desk, people: readonly Person[]) {
  const queries = useQueryClient();
  const me = useMe();
  const words = useWords();
  const [progress, setProgress] = useState<Progress>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [failures, setFailures] = useState(noFailures);
  const latest = useRef({ desk, people, words });
  useEffect(() => {
    latest.current = { desk, people, words };
  });
  const underWay = useRef(new Map<string, Promise<unknown>>()); // by alert
  const after = useRef(new Map<string, Patch>()); // how alerts stand that are not on the screen, since they were changed
  const self = useRef<Person>({ username: me.username, name: me.name });

  const patch = (patches: ReadonlyMap<string, Patch>) => {
    for (const store of latest.current.desk.stores) store.patch(patches);
  };

  const now = useCallback((row: Alert): Alert => latest.current.desk.alert(row.id) ?? { ...row, ...after.current.get(row.id) }, []);

  // What is asked of an alert while its last change is being saved waits for that, and is not lost.
  const inTurn = useCallback(<T,>(ids: readonly string[], run: () => Promise<T>): Promise<T> => {
    const before = new Set(ids.flatMap((id) => underWay.current.get(id) ?? []));
    const mine = before.size === 0 ? run() : Promise.allSettled(before).then(run);
    for (const id of ids) underWay.current.set(id, mine);
    const done = () => {
      for (const id of ids) if (underWay.current.get(id) === mine) underWay.current.delete(id);
    };
    void mine.then(done, done);
    return mine;
  }, []);

  const make = useCallback(async (kind: Outcome['kind'], steps: Step[], asked: number, action?: Action) => {
    const { signal, stop } = stopper();
    const of = steps.reduce((sum, step) => sum + step.rows.length, 0);
    const versions = new Map<string, number>();
    const changed = new Map<string, { before: Alert; change: Change }>();
    const failed = new Map<string, Failure>();
    const rows = new Map<string, Alert>();
    let done = 0;
    let broken: unknown;
    setOutcome(undefined);
    if (of > 500) setProgress({ done: 0, of, stop });
    for (const { change, rows: all } of steps) {
      const open = all.filter((row) => !failed.has(row.id)).map(now);
      for (const row of open) rows.set(row.id, row);
      patch(new Map(open.map((row) => [row.id, predicted(row, change, latest.current.people, self.current)])));
      const waiting = new Map(open.map((row) => [row.id, row]));
      try {
        await inChunks(
          open.map((row) => ({ id: row.id, version: versions.get(row.id) ?? row.version })), change, api.bulk,
          (so, part) => {
            for (const { id, version, state } of part.changed) {
              versions.set(id, version);
              after.current.set(id, { version, state });
              const before = waiting.get(id);
              if (before && !changed.has(id)) changed.set(id, { before, change });
              waiting.delete(id);
              patch(new Map([[id, { version, state }]]));
            }
            for (const each of part.failed) failed.set(each.id, each);
            if (of > 500) setProgress({ done: done + so, of, stop });
          }, signal,
        );
      } catch (error) {
        broken = error;
      }
      done += open.length;
      // What was not confirmed goes back to how it stood.
      patch(new Map([...waiting].map(([id, row]) => [id, patchOf(row)])));
      if (broken !== undefined || signal.aborted) break;
    }
    setProgress(undefined);
    setFailures(new Map(failed));
    const missed = [...rows.values()].filter((row) => failed.has(row.id) || (broken !== undefined && !changed.has(row.id)));
    setOutcome({
      kind, changed: changed.size, failed: [...failed.values()], skipped: asked - of, broken: broken === undefined ? undefined : latest.current.words(broken),
      missed, action, back: kind === 'undo' ? [] : undoSteps([...changed.values()], self.current),
    });
    latest.current.desk.recount();
    for (const id of changed.keys()) void queries.invalidateQueries({ queryKey: ['alert', id] });
    if (missed.length > 0) {
      for (const store of latest.current.desk.stores) void store.renew(new Set(missed.map((row) => row.id))).catch(() => undefined);
    }
    return changed.size;
  }, [queries, now]);

  const run = useCallback((action: Action, rows: readonly Alert[]): Promise<number> => inTurn(rows.map(({ id }) => id), () => (
    make(action.kind, planned(action, rows.map(now), self.current), rows.length, action)
  )), [make, inTurn, now]);

  /** The same for any number of alerts, of which only a page at a time is held here. So many are not undone. */
  const sweep = useCallback(async (action: Action, whole: Whole): Promise<void> => {
    const { signal, stop } = stopper();
    const failed = new Map<string, Failure>();
    const missed: Alert[] = [];
    let [changed, skipped, done] = [0, 0, 0];
    let broken: unknown;
    setOutcome(undefined);
    setProgress({ done, of: whole.of, stop });
    try {
      for await (const page of whole.pages(signal)) {
        for (const { change, rows } of planned(action, page, self.current)) {
          const said = await inChunks(rows, change, api.bulk, () => undefined, signal);
          const byID = new Map(rows.map((row) => [row.id, row]));
          patch(new Map(said.changed.map(({ id, version, state }) => [id, { ...predicted(byID.get(id)!, change, latest.current.people, self.current), version, state }])));
          changed += said.changed.length;
          for (const each of said.failed) {
            failed.set(each.id, each);
            missed.push(byID.get(each.id)!);
          }
          skipped -= rows.length;
        }
        skipped += page.length;
        done += page.length;
        setProgress({ done, of: whole.of, stop });
      }
    } catch (error) {
      if (!signal.aborted) broken = error;
    }
    setProgress(undefined);
    setFailures(new Map(failed));
    setOutcome({
      kind: action.kind, changed, failed: [...failed.values()], skipped, broken: broken === undefined ? undefined : latest.current.words(broken),
      missed, action, back: [],
    });
    latest.current.desk.recount();
    void queries.invalidateQueries({ queryKey: ['alert'] });
  }, [queries]);

  const dismiss = useCallback(() => {
    setOutcome(undefined);
    setFailures(noFailures);
  }, []);
  const again = useCallback(() => {
    if (outcome?.action) void run(outcome.action, outcome.missed);
  }, [outcome, run]);
  const undo = useCallback(() => {
    if (!outcome || outcome.back.length === 0) return;
    const ids = new Set(outcome.back.flatMap(({ rows }) => rows.map(({ id }) => id)));
    void inTurn([...ids], () => make('undo', outcome.back, outcome.changed));
  }, [outcome, make, inTurn]);
  return { run, sweep, progress, outcome, failures, dismiss, again, undo };
}

function stopper() {
  const controller = new AbortController();
  return { signal: controller.signal, stop: () => controller.abort() };
}

// Rows changed alike are undone together.
function undoSteps(changed: { before: Alert; change: Change }[], me: Person): Step[] {
  const byChange = new Map<string, { change: Change; rows: Alert[] }>();
  for (const { before, change } of changed) {
    const key = JSON.stringify(change);
    const same = byChange.get(key) ?? { change, rows: [] };
    same.rows.push(before);
    byChange.set(key, same);
  }
  return [...byChange.values()].flatMap(({ change, rows }) => undoing(rows, change, me));
}
