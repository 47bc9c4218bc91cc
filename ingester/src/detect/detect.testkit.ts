import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLogs, type LogOptions, type Truth } from '@pmta-watchtower/generator';
import { complaintReporters, loadRules } from '../formats';
import { openRoom, type Room } from '../ingest/ingest.testkit';
import { BACKFILL } from '../model';
import { openReasons, type Reasons } from '../reasons';
import { Detector, SHIPPED_RULES, type DetectorOptions, type IncidentRecord } from '.';
import { readIncidents } from './records';

/** A store with an ingest, and a detector that looks at what is loaded. */
export interface Watch {
  readonly room: Room;
  readonly detector: Detector;
  /** Loads files, looks, and gives the incidents that stand. */
  load(...paths: string[]): Promise<IncidentRecord[]>;
  /** Looks, and gives the incidents that stand; not what tells of several of them. */
  look(): Promise<IncidentRecord[]>;
  /** All incidents, retracted ones too. */
  all(): Promise<IncidentRecord[]>;
  /** Another detector on the same store, as after a restart. */
  another(more?: Partial<DetectorOptions>): Detector;
  close(): Promise<void>;
}

/** Opens a watch; `more` are options of its detector. */
export async function openWatch(more: Partial<DetectorOptions> = {}): Promise<Watch> {
  const room = await openRoom();
  const rules = loadRules();
  const reasons: Reasons = await openReasons(room.store, rules);
  const another = (again: Partial<DetectorOptions> = {}) =>
    new Detector(room.store, {
      rules: SHIPPED_RULES,
      complaintProviders: complaintReporters(rules),
      timezone: 'UTC',
      ...more,
      ...again,
    });
  const detector = another();
  const watch: Watch = {
    room,
    detector,
    another,
    async load(...paths) {
      for (const path of paths) await (await room.ingest.submit(path, { origin: 'cli' })).done;
      return watch.look();
    },
    async look() {
      await reasons.refresh();
      await detector.update();
      return (await watch.all()).filter(({ kind, state }) => state !== 'retracted' && kind !== BACKFILL);
    },
    async all() {
      const records = await readIncidents(room.store);
      return records.sort((a, b) => a.start - b.start || (a.kind + a.id < b.kind + b.id ? -1 : 1));
    },
    close: () => room.close(),
  };
  return watch;
}

/** Writes logs into a folder of their own; gives their paths and what is true of them. */
export async function generated(
  options: LogOptions,
): Promise<{ paths: string[]; truth: Truth; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'watchtower-detect-'));
  const { truth } = await writeLogs(folder, options);
  const paths = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
  return { paths, truth, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Incidents as they are compared: what happened, without ids and moments of the clock. */
export function happened(records: readonly IncidentRecord[]): string[] {
  return records
    .filter(({ state }) => state !== 'retracted')
    .map(({ kind, provider, pool, vmta, job, sender, node, start, finish, state, rate, sentence }) =>
      JSON.stringify({ kind, provider, pool, vmta, job, sender, node, start, finish, state, rate, sentence }),
    )
    .sort();
}
