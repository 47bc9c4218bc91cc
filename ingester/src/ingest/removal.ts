import { rawEdge, RETAINED, type Store } from '../store';
import { FRESH } from './entries';
import type { Ledger, LedgerFile } from './ledger';
import type { Pipeline } from './pipeline';
import { expiredReason } from './staging';

/** Rows taken back in one commit. */
const SLICE_ROWS = 300_000;

/** The end of what DateTime can say. */
const FOREVER = 2 ** 32 - 1;

/**
 * Takes all rows of a file back, hour by hour, and brings back what they had shadowed. What is older than events are kept
 * stays in the figures: its rows are dropped, and nothing is counted for their sake. Can be repeated.
 */
export async function takeBack(store: Store, pipeline: Pipeline, file: number): Promise<void> {
  const edge = rawEdge(store.retention);
  const hours = await pipeline.insist(() =>
    store.read<{ hour: number; rows: number }>(
      `SELECT toUInt32(toStartOfHour(time)) AS hour, sum(sign) AS rows FROM watchtower.events
       WHERE file = ${file} AND time >= fromUnixTimestamp(${edge}) GROUP BY hour HAVING rows > 0 ORDER BY hour`,
    ),
  );
  for (const { from, to } of slicesOf(hours))
    await pipeline.remove({ file, fromLine: 0, from: Math.max(from, edge), to });
  if (edge > 0) await pipeline.insist(() => forget(store, file, edge));
}

/** Drops what is left of a file before the edge, and lets the file stand for no event. */
async function forget(store: Store, file: number, edge: number): Promise<void> {
  const closed = `file = ${file} AND time < fromUnixTimestamp(${edge})`;
  for (const table of RETAINED.raw) {
    const [left] = await store.read<{ rows: number }>(
      `SELECT count() AS rows FROM watchtower.${table} WHERE ${closed}`,
    );
    if (left?.rows) await store.write(`DELETE FROM watchtower.${table} WHERE ${closed}`);
  }
  await store.write(
    `INSERT INTO watchtower.file_totals (file, events, firstEvent, lastEvent)
     SELECT file, -sum(t.events) AS left, min(t.firstEvent), max(t.lastEvent) FROM watchtower.file_totals AS t
     WHERE file = ${file} GROUP BY file HAVING left != 0 SETTINGS async_insert = 0, insert_deduplicate = 0`,
  );
}

/** What is said of a file whose figures are closed in part, before its rows are taken back; '' where they are not. */
export async function closedPart(store: Store, file: number): Promise<string> {
  const edge = rawEdge(store.retention);
  if (edge === 0) return '';
  const [row] = await store.read<{ closed: number }>(
    `SELECT (SELECT sum(t.events) FROM watchtower.file_totals AS t WHERE file = ${file})
       - (SELECT sum(sign) FROM watchtower.events WHERE file = ${file} AND role = 0 AND time >= fromUnixTimestamp(${edge})) AS closed`,
  );
  if (!row?.closed) return '';
  return `${row.closed} of its events are ${expiredReason(store.retention)}: they stay counted`;
}

/**
 * Makes a file one of which nothing is loaded. The ledger says so first: a start after a crash takes the rows of a
 * waiting file back that stands at its beginning.
 */
export async function startAfresh(
  store: Store,
  ledger: Ledger,
  pipeline: Pipeline,
  file: LedgerFile,
): Promise<void> {
  ledger.update(file.id, { ...FRESH, generation: file.generation + 1 });
  await pipeline.persist();
  await takeBack(store, pipeline, file.id);
}

/** Takes the rows and errors of a file out for good. Can be repeated. */
export async function takeOut(store: Store, pipeline: Pipeline, file: LedgerFile): Promise<void> {
  await takeBack(store, pipeline, file.id);
  await pipeline.insist(() => store.write(`DELETE FROM watchtower.ingest_errors WHERE file = ${file.id}`));
}

/** Joins hours (epoch s of their start, rows) to ranges of about the rows that one commit takes. */
export function slicesOf(hours: readonly { hour: number; rows: number }[]): { from: number; to: number }[] {
  const slices: { from: number; to: number }[] = [];
  let rows = Infinity;
  for (const next of hours) {
    const current = slices.at(-1);
    if (!current || rows + next.rows > SLICE_ROWS) {
      slices.push({ from: next.hour, to: next.hour + 3600 });
      rows = next.rows;
    } else {
      current.to = next.hour + 3600;
      rows += next.rows;
    }
  }
  return slices;
}

/** Takes back the unterminated last row of a log that turned out to go on; the log is then read from there. */
export async function takeBackOpenRow(
  store: Store,
  ledger: Ledger,
  pipeline: Pipeline,
  file: LedgerFile,
): Promise<void> {
  const row = file.openRow;
  if (!row) return;
  await pipeline.remove({ file: file.id, fromLine: row.record, from: rawEdge(store.retention), to: FOREVER });
  const errorsOfFile = `file = ${file.id} AND generation = ${file.generation}`;
  await pipeline.insist(() =>
    store.write(`DELETE FROM watchtower.ingest_errors WHERE ${errorsOfFile} AND line >= ${row.line}`),
  );
  ledger.update(file.id, {
    offset: row.offset,
    nextRecord: row.record,
    nextLine: row.line,
    rows: file.rows - row.good - row.bad,
    errors: file.errors - row.bad,
    openRow: null,
    // Without its first row a log has no seed yet.
    ...(row.record === 1 && { seed: '' }),
  });
  await pipeline.persist();
}
