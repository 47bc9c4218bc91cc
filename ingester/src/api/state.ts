import type { IngestFigures } from '../ingest';
import { newestEventAge } from '../model';
import type { TurnFigures } from '../store';
import type { ApiDependencies } from './route';

/** How long the store may take to say that it is there, in milliseconds. */
const STORE_DEADLINE = 5_000;

/** What the store says of itself. */
export interface StoreState {
  schemaVersion: number;
  /** Active parts and their bytes, of all tables. */
  parts: number;
  bytes: number;
  /** Rows of events. */
  rows: number;
}

/** The service as it is now. */
export interface ServiceState {
  /** Undefined where the store does not answer; `problem` then says why. */
  readonly store: StoreState | undefined;
  readonly problem: string | undefined;
  /** Seconds; null without any event. */
  readonly newestEventAge: number | null;
  readonly ingest: IngestFigures;
  readonly turns: TurnFigures;
  /** Clients of live counters. */
  readonly streams: number;
}

const STORE_STATE = `SELECT (SELECT max(version) FROM watchtower.schema_versions) AS schemaVersion,
  count() AS parts, sum(bytes_on_disk) AS bytes, sumIf(rows, table = 'events') AS rows
  FROM system.parts WHERE active AND database = 'watchtower'`;

/** Reads the state; a store that does not answer is part of it. */
export async function readState({ store, ingest, stream }: ApiDependencies): Promise<ServiceState> {
  const known = { ingest: ingest.figures(), turns: store.turns, streams: stream.clients };
  const signal = AbortSignal.timeout(STORE_DEADLINE);
  try {
    const read: typeof store.read = (sql, options) => store.read(sql, { ...options, signal });
    const [[state], age] = await Promise.all([
      read<StoreState>(STORE_STATE),
      newestEventAge(read, Date.now()),
    ]);
    return { ...known, store: state, problem: undefined, newestEventAge: age };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ...known, store: undefined, problem, newestEventAge: null };
  }
}
