import type { Alert } from '../client';
import { begun, indexOf, landed, nothing, offsetOf, pageSize, patched, patchOf, rowAt, trimmed, type Answer, type Patch, type Snapshot } from './snapshot';

/** Asks for rows of one list. */
export type Load = (window: { offset: number; limit: number; until?: string }, signal: AbortSignal) => Promise<Answer>;

const settle = 90; // ms that a flying view has to rest before its rows are loaded
const abreast = 3; // requests at the same time

export interface Standing {
  snapshot: Snapshot;
  /** The first page is not there yet. */
  waiting: boolean;
  /** A new snapshot is on its way, with the old one still shown. */
  refreshing: boolean;
  error?: unknown;
}

/**
 * The rows of one list: loads what is looked at, page by page, gives up what flew by, and changes rows in place. Screens
 * subscribe to it; it knows nothing of them.
 */
export class RowStore {
  private standing: Standing = { snapshot: nothing, waiting: true, refreshing: false };
  private readonly listeners = new Set<() => void>();
  private readonly underWay = new Map<number, AbortController>();
  private view: [first: number, end: number] = [0, 0];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private renewing: AbortController | undefined;
  private readonly load: Load;
  private readonly fits: (row: Alert) => boolean;

  constructor(load: Load, fits: (row: Alert) => boolean) {
    this.load = load;
    this.fits = fits;
  }

  readonly subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => void this.listeners.delete(tell);
  };

  readonly now = (): Standing => this.standing;

  row(index: number): Alert | undefined {
    return rowAt(this.standing.snapshot, index);
  }

  find(id: string): number {
    return indexOf(this.standing.snapshot, id);
  }

  has(id: string): boolean {
    return this.find(id) >= 0;
  }

  /** Takes a new snapshot; the old one is shown until it is there. */
  async refresh(): Promise<void> {
    this.renewing?.abort();
    this.stop();
    const mine = (this.renewing = new AbortController());
    this.put({ refreshing: true, error: undefined });
    try {
      const answer = await this.load({ offset: 0, limit: pageSize }, mine.signal);
      if (mine.signal.aborted) return;
      this.put({ snapshot: begun(answer), waiting: false, refreshing: false });
      this.fetch();
    } catch (error) {
      if (!mine.signal.aborted) this.put({ refreshing: false, error });
    }
  }

  /** Says which rows are on the screen, end excluded. */
  seen(first: number, end: number): void {
    const before = this.view;
    this.view = [first, end];
    const flies = first > before[1] + pageSize || end < before[0] - pageSize;
    for (const [page, request] of this.underWay) {
      if (!this.wanted().includes(page)) {
        request.abort();
        this.underWay.delete(page);
      }
    }
    clearTimeout(this.timer);
    if (flies) this.timer = setTimeout(() => this.fetch(), settle);
    else this.fetch();
  }

  /** Changes rows where they are loaded. */
  patch(patches: ReadonlyMap<string, Patch>): void {
    const snapshot = patched(this.standing.snapshot, patches, this.fits);
    if (snapshot !== this.standing.snapshot) this.put({ snapshot });
  }

  /** Asks anew for the pages on the screen that hold any of these (or for all of them), and takes over what changed, in place. */
  async renew(ids?: ReadonlySet<string>): Promise<void> {
    const { snapshot } = this.standing;
    const pages = this.wanted().filter((page) => snapshot.pages.get(page)?.some((row) => ids?.has(row.id) ?? true));
    await Promise.all(pages.map(async (page) => {
      const answer = await this.load({ offset: offsetOf(snapshot, page), limit: pageSize, until: snapshot.until }, new AbortController().signal);
      this.patch(new Map(answer.items.map((row) => [row.id, patchOf(row)])));
    }));
  }

  /** All rows from one index to another, loading those that are not there. */
  async range(first: number, last: number): Promise<Alert[]> {
    const rows: Alert[] = [];
    for (let index = first; index <= last; index++) {
      const loaded = this.row(index);
      if (loaded) {
        rows.push(loaded);
        continue;
      }
      const page = Math.floor(index / pageSize);
      await this.fetchPage(page, new AbortController());
      const now = this.row(index);
      if (!now) break;
      rows.push(now);
    }
    return rows;
  }

  /** Tries again what failed. */
  retry(): void {
    if (this.standing.waiting) {
      void this.refresh();
      return;
    }
    this.put({ error: undefined });
    this.fetch();
  }

  /** Gives up everything that is under way. */
  stop(): void {
    clearTimeout(this.timer);
    for (const request of this.underWay.values()) request.abort();
    this.underWay.clear();
  }

  private wanted(): number[] {
    const { total } = this.standing.snapshot;
    const from = Math.max(0, Math.floor((this.view[0] - pageSize / 4) / pageSize));
    const to = Math.min(Math.ceil(total / pageSize) - 1, Math.floor((this.view[1] + pageSize / 4) / pageSize));
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  }

  private fetch(): void {
    if (this.standing.waiting || this.standing.error !== undefined) return;
    for (const page of this.wanted()) {
      if (this.underWay.size >= abreast) return;
      if (this.standing.snapshot.pages.has(page) || this.underWay.has(page)) continue;
      const request = new AbortController();
      this.underWay.set(page, request);
      void this.fetchPage(page, request).then(() => this.fetch());
    }
  }

  private async fetchPage(page: number, request: AbortController): Promise<void> {
    const { snapshot: asked } = this.standing;
    try {
      const answer = await this.load({ offset: offsetOf(asked, page), limit: pageSize, until: asked.until }, request.signal);
      const { snapshot } = this.standing;
      if (request.signal.aborted || snapshot.until !== asked.until) return;
      this.put({ snapshot: trimmed(landed(snapshot, page, answer), page) });
    } catch (error) {
      if (!request.signal.aborted) this.put({ error });
    } finally {
      if (this.underWay.get(page) === request) this.underWay.delete(page);
    }
  }

  private put(change: Partial<Standing>): void {
    this.standing = { ...this.standing, ...change };
    for (const tell of this.listeners) tell();
  }
}
