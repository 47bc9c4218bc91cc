import { setTimeout as wait } from 'node:timers/promises';
import type { Store } from '../store';
import { rawEdge, rollupEdge } from '../store';
import { Detector } from './detector';
import { loadDetectionRules, rulesMark } from './loadRules';

/** What the watch is told beside the store. */
export interface WatchOptions {
  /** Folder of a site's rule files. */
  readonly rulesDir: string | undefined;
  readonly complaintProviders: readonly string[];
  readonly timezone: string;
  /** Told of rules that cannot be used, and of looks that failed; neither ends the watch. */
  readonly onTrouble: (error: unknown) => void;
  /** Waited for before each look: the classes of new reasons are known then. */
  readonly ready?: () => Promise<void>;
}

/** Looks for incidents while the service runs. */
export interface DetectionWatch {
  /** Says that a commit is done. */
  touch(): void;
  /** Resolves when all that was said so far has been looked at. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Reads of detection take turns with those of people, and never come first. */
const ASKER = { owner: 'detection' };

/** After a commit others often follow: so long is waited for them, in milliseconds. */
export const SETTLING = 1000;

/** How often the clock is looked at, and the rule file: windows close by it, and incidents do. */
const TICK = 15_000;

/**
 * While files are loaded, work of some length is followed by a pause that is so many times as long: a tenth of the time at
 * most goes to detection then. Files are loaded while the last commit is not longer ago than this, in milliseconds.
 */
const PAUSES = 9;
const LOADING = 10_000;

/** No such pause is longer, in milliseconds: what stands in a live log is to be told soon. */
export const LONGEST_PAUSE = 10_000;

/** The first look, and every look at old days, goes on beside everything else; closed when the service ends. */
export function watchIncidents(
  store: Pick<Store, 'read' | 'append' | 'retention'>,
  options: WatchOptions,
): DetectionWatch {
  const ending = new AbortController();
  const { signal } = ending;
  const sleep = (ms: number): Promise<void> => wait(ms, undefined, { signal }).catch(() => undefined);
  const { onTrouble } = options;

  let committed = 0;
  const rest = (): number =>
    Date.now() - committed < LOADING ? Math.min(LONGEST_PAUSE, (Date.now() - since) * PAUSES) : 0;

  let mark = rulesMark(options.rulesDir);
  let since = Date.now();
  const detector = new Detector(
    {
      read: (sql, more) => store.read(sql, { ...more, asker: ASKER, signal }),
      append: (table, rows, token) => store.append(table, rows, token),
    },
    {
      ...options,
      rules: loadDetectionRules(options.rulesDir),
      frozenBefore: () => frozenBefore(store.retention),
      pause: async () => {
        signal.throwIfAborted();
        await sleep(rest());
        signal.throwIfAborted();
        since = Date.now();
      },
    },
  );

  const reload = (): void => {
    const now = rulesMark(options.rulesDir);
    if (now === mark) return;
    mark = now;
    try {
      detector.use(loadDetectionRules(options.rulesDir));
      touched = true;
    } catch (error) {
      onTrouble(error);
    }
  };

  let touched = true;
  let wake: (() => void) | undefined;
  const waiting: (() => void)[] = [];

  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      since = Date.now();
      const settled = waiting.splice(0);
      const begun = touched;
      touched = false;
      try {
        reload();
        await options.ready?.();
        await (begun || touched ? detector.update() : detector.settle());
      } catch (error) {
        if (signal.aborted) break;
        touched = true;
        onTrouble(error);
      }
      for (const resolve of settled) resolve();
      if (signal.aborted) break;
      await sleep(Math.max(SETTLING, rest()));
      if (!touched && waiting.length === 0) {
        const woken = new Promise<void>((resolve) => (wake = resolve));
        await Promise.race([woken, sleep(TICK)]);
        wake = undefined;
      }
    }
    for (const resolve of waiting.splice(0)) resolve();
  };
  const running = work();

  return {
    touch() {
      touched = true;
      committed = Date.now();
      wake?.();
    },
    idle: () =>
      new Promise((resolve) => {
        if (signal.aborted) resolve();
        else waiting.push(resolve);
        wake?.();
      }),
    async close() {
      ending.abort();
      wake?.();
      await running;
    },
  };
}

/** A baseline, and the wait of deferred messages, of what is near the edge of what is kept cannot be told again. */
const SHRINKING = 8 * 86_400;

function frozenBefore(retention: Store['retention']): number {
  const rollups = rollupEdge(retention);
  return Math.max(rawEdge(retention), rollups === 0 ? 0 : rollups + SHRINKING);
}
