import { rawEdge, rollupEdge, viewOver, type Store } from '../store';
import { ownRows, TOUCHED_BY_COMMIT } from './commit';

/**
 * The engine notes an insert's token before the insert's part stands: a process that is killed in between leaves a
 * rollup without a part, and the repeated insert is taken for a known one. So after a commit was repeated its hours are
 * counted again, and what the rollups lack, or have too much, is added. Can be repeated. Hours whose events may have
 * been deleted, and days whose rollups may have been, stay as they are.
 */

/** The same difference may have to be added again another time: it must not be taken for a repetition. */
const INSERT_SETTINGS = 'SETTINGS async_insert = 0, insert_deduplicate = 0';

/** Rollups and lookups in the order of their views: those by day hang on those by hour. `by` is the hour of the events, where not `time`. */
const ROLLUPS: readonly { table: string; source: string; by?: string }[] = [
  { table: 'totals_minute', source: 'events' },
  { table: 'dimension_hour', source: 'events' },
  { table: 'pair_hour', source: 'events' },
  { table: 'latency_hour', source: 'events' },
  { table: 'failure_hour', source: 'events' },
  { table: 'recipients', source: 'events' },
  { table: 'event_ids', source: 'events' },
  { table: 'late_keys', source: 'events' },
  { table: 'dimension_day', source: 'dimension_hour' },
  { table: 'pair_day', source: 'pair_hour' },
  { table: 'latency_day', source: 'latency_hour' },
  { table: 'failure_day', source: 'failure_hour' },
  { table: 'job_hour', source: 'events' },
  { table: 'flow_latency_hour', source: 'events' },
  { table: 'size_hour', source: 'events' },
  { table: 'job_day', source: 'job_hour' },
  { table: 'flow_hour', source: 'job_hour' },
  { table: 'flow_day', source: 'flow_hour' },
  { table: 'flow_latency_day', source: 'flow_latency_hour' },
  { table: 'size_day', source: 'size_hour' },
  { table: 'backlog_minute', source: 'events', by: 'hour' },
  { table: 'backlog_day', source: 'events', by: 'hour' },
  { table: 'attempt_step', source: 'events' },
  { table: 'mailing_step', source: 'events' },
  { table: 'latency_step', source: 'events' },
  { table: 'activity_step', source: 'events' },
];

/** Open events are up to so many days older than what ends them. */
const OPEN_DAYS = 10;

/** Has a view only where a header names the users of jobs. */
const HEADER_USERS: (typeof ROLLUPS)[number] = { table: 'header_users', source: 'events' };

/** Makes the rollups right for the hours that a commit touched. */
export async function reconcile(store: Store, commit: bigint): Promise<void> {
  const own = ownRows(commit);
  const parts = ['watchtower.events', TOUCHED_BY_COMMIT].map(
    (table) => `SELECT DISTINCT toStartOfHour(time) AS at, file FROM ${table} WHERE ${own}`,
  );
  const edge = rawEdge(store.retention);
  const touched = await store.read<{ hour: number; files: number[] }>(
    `SELECT toUInt32(at) AS hour, groupUniqArray(file) AS files FROM (${parts.join(' UNION ALL ')}) GROUP BY hour HAVING hour + 3600 > ${Math.max(edge, rollupEdge(store.retention) + 3600)}`,
  );
  if (touched.length === 0) return;
  const hours = [...new Set(touched.map(({ hour }) => hour))];
  const days = [...new Set(hours.map((hour) => hour - (hour % 86_400)))].filter(
    (day) => day >= rollupEdge(store.retention),
  );
  const followed = await store.read(
    `SELECT name FROM system.tables WHERE database = 'watchtower' AND name = 'header_users_view'`,
  );
  for (const { table, source, by } of followed.length > 0 ? [...ROLLUPS, HEADER_USERS] : ROLLUPS) {
    const byDay = table.endsWith('_day') && !by;
    if (byDay && days.length === 0) continue;
    const rows = byDay ? among('toStartOfDay(time)', days) : among('toStartOfHour(time)', hours);
    await correct(store, table, await viewOver(store, table, source, rows), by ? among(by, hours) : rows);
  }
  await correctOpen(store, Math.min(...hours), Math.max(...hours) + 3600);
  const files = [...new Set(touched.flatMap((row) => row.files))].join(', ');
  await store.write(
    `INSERT INTO watchtower.file_totals (file, events, firstEvent, lastEvent)
     SELECT file, counted - stored, first, last FROM (
       SELECT file, sum(sign * (role = 0)) AS counted, min(time) AS first, max(time) AS last FROM watchtower.events WHERE file IN (${files}) GROUP BY file
     ) AS e LEFT JOIN (
       SELECT file, sum(t.events) AS stored FROM watchtower.file_totals AS t WHERE file IN (${files}) GROUP BY file
     ) AS s USING file WHERE counted != stored
       AND file NOT IN (SELECT file FROM watchtower.file_totals AS t WHERE file IN (${files}) GROUP BY file HAVING min(t.firstEvent) < fromUnixTimestamp(${edge})) ${INSERT_SETTINGS}`,
  );
}

function among(start: string, times: readonly number[]): string {
  return `toUInt32(${start}) IN (${times.join(', ')})`;
}

/** What final events of a range end lies within ten days before them and an hour after, so in these days. */
async function correctOpen(store: Store, first: number, last: number): Promise<void> {
  const days = await store.read<{ day: string }>(
    `SELECT DISTINCT partition AS day FROM system.parts WHERE database = 'watchtower' AND table IN ('events', 'open_events') AND active
     AND day BETWEEN toString(toYYYYMMDD(fromUnixTimestamp(${Math.max(0, first - OPEN_DAYS * 86_400)}))) AND toString(toYYYYMMDD(fromUnixTimestamp(${last + 3600})))`,
  );
  for (const { day } of days) {
    const recount = `SELECT * FROM watchtower.open_events_view(day = '${day}')`;
    await correct(store, 'open_events', recount, `toYYYYMMDD(time) = ${day}`, ['sign']);
  }
}

/** Inserts the difference between a recount and those rows of a rollup that it is of. What is no key is added up. */
async function correct(
  store: Store,
  table: string,
  recount: string,
  rows: string,
  added?: readonly string[],
): Promise<void> {
  const columns = await store.read<{ name: string; isKey: number }>(
    `SELECT name, is_in_sorting_key AS isKey FROM system.columns WHERE database = 'watchtower' AND table = '${table}' ORDER BY position`,
  );
  const measures = added ?? columns.filter(({ isKey }) => !isKey).map(({ name }) => name);
  const keys = columns.map(({ name }) => name).filter((name) => !measures.includes(name));
  const differences = measures.map((name) => `sum(d_${name}) AS s_${name}`);
  await store.write(
    `INSERT INTO watchtower.${table} (${[...keys, ...measures].join(', ')})
     SELECT ${[...keys, ...differences].join(', ')} FROM (
       SELECT ${[...keys, ...measures.map((name) => `toInt64(${name}) AS d_${name}`)].join(', ')} FROM (${recount})
       UNION ALL
       SELECT ${[...keys, ...measures.map((name) => `-${name} AS d_${name}`)].join(', ')} FROM watchtower.${table} WHERE ${rows}
     ) GROUP BY ${keys.join(', ')} HAVING ${measures.map((name) => `s_${name} != 0`).join(' OR ')} ${INSERT_SETTINGS}`,
  );
}
