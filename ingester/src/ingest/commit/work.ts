import type { Store } from '../../store';
import { CHANGE_COLUMNS, EVENT_COLUMNS } from './columns';

/** Scratch tables of the one committer; empty between commits. */
export const FOUND = 'watchtower.work_found';
export const CONFLICT = 'watchtower.work_conflict';
export const POOL = 'watchtower.work_pool';
export const DESIRED = 'watchtower.work_desired';
export const WINNERS = 'watchtower.work_winners';
export const LATE = 'watchtower.work_late';
export const TRIPLES = 'watchtower.work_triples';
export const TOUCHED = 'watchtower.work_touched';
export const CROWDED = 'watchtower.work_crowded';
export const CHANGED = 'watchtower.work_changed';

export const REST = 'watchtower.work_rest';

/** `TOUCHED` of the commits that are not closed yet, for whoever has to repeat them after a crash. */
export const TOUCHED_BY_COMMIT = 'watchtower.touched';

/**
 * What is kept of a touched row: by these a row may take its ids from it, a complaint or remote bounce may be put to it,
 * and the rollups that count it are found.
 */
export const TOUCHED_COLUMNS = 'record, time, queued, orig, rcpt, messageId, base, triple, ref, file';

const EVENT_LIKE = `SELECT ${EVENT_COLUMNS.join(', ')}`;

/** Name of the table into which chunk loads of this slot are parsed. */
export function stageTable(slot: number): string {
  return `watchtower.stage_${slot}`;
}

/** Creates the scratch tables anew: what an earlier process left in them is never used. */
export async function createWorkTables(store: Store, slots: number): Promise<void> {
  const memory = async (table: string, select: string) => {
    await store.write(`DROP TABLE IF EXISTS ${table} SYNC`);
    await store.write(`CREATE TABLE ${table} ENGINE = Memory AS ${select} FROM watchtower.events LIMIT 0`);
  };
  const staged = `${EVENT_LIKE}, '' AS error, '' AS raw`;
  for (let slot = 0; slot < slots; slot++) await memory(stageTable(slot), staged);
  await memory(REST, staged);
  await memory(FOUND, EVENT_LIKE);
  await memory(DESIRED, EVENT_LIKE);
  await memory(LATE, EVENT_LIKE);
  await memory(POOL, 'SELECT base, toUInt64(0) AS cluster, rank, file, line, toUInt64(0) AS filled');
  await memory(WINNERS, 'SELECT base, toUInt64(0) AS cluster, file, line, toUInt8(0) AS merged');
  await memory(CONFLICT, 'SELECT base');
  await memory(TRIPLES, 'SELECT triple');
  await memory(CROWDED, `SELECT '' AS key, file, line`);
  await memory(CHANGED, `SELECT ${CHANGE_COLUMNS.join(', ')}`);
  await memory(TOUCHED, `SELECT ${TOUCHED_COLUMNS}`);
}

/** Settings of every insert into `events`: one block, so that parts are a function of the commit alone. */
export function insertSettings(token: string): string {
  return `SETTINGS async_insert = 0, insert_deduplicate = 1, insert_deduplication_token = '${token}', deduplicate_blocks_in_dependent_materialized_views = 1, max_insert_threads = 1, min_insert_block_size_rows = 100000000, min_insert_block_size_bytes = 0, max_partitions_per_insert_block = 0, parallel_view_processing = 1, optimize_on_insert = 0`;
}

/** Rows of a SELECT over `events` that still count, versions that were taken back left out. */
export function current(where: string): string {
  return `SELECT ${EVENT_COLUMNS.join(', ')} FROM (
    SELECT ${EVENT_COLUMNS.join(', ')}, sum(sign) OVER (PARTITION BY file, line, role, ver) AS net
    FROM watchtower.events WHERE ${where}
  ) WHERE net > 0 AND sign = 1`;
}

/** An INSERT of event rows into one of the scratch tables. */
export function fill(table: string, select: string): string {
  return `INSERT INTO ${table} (${EVENT_COLUMNS.join(', ')}) ${select} SETTINGS async_insert = 0`;
}

const DAY = 86_400;

/** A moment as SQL, in epoch seconds, moved by some days; held within what a DateTime can say. */
export function moment(epoch: number, days = 0): string {
  return `fromUnixTimestamp(${Math.min(2 ** 32 - 1, Math.max(0, epoch + days * DAY))})`;
}

/** Commits are numbered in steps: the rows first, then what they change in ids and in complaints. */
export const COMMIT_STEP = 10n;

/** Rows of a commit, from one of its numbers on. */
export function ownRows(commit: bigint): string {
  return `commit BETWEEN ${commit} AND ${commit - (commit % COMMIT_STEP) + COMMIT_STEP - 1n}`;
}
