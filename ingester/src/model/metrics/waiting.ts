/**
 * Which messages wait: those that were queued before an instant, a whole minute, and whose final event is not before
 * it. Looking back this is exact, as every final event names the time of queueing; a message without a final event is
 * known only from its events of reception or deferral, and is taken for waiting until it would have expired.
 */
import { bucketStarts, isDays, type Bucketing } from '../interval';
import { OPEN_EVENTS } from './sources';
import { standingEvents, withinSql, type TimeRange } from '../standing';

/** How long a message may stay in the queue, in seconds: the default of PowerMTA's bounce-after. */
export const EXPIRY = 5 * 86_400;

/** No message is taken to have waited longer, in seconds; the store's views have it too. */
export const LONGEST = 10 * 86_400;

/** The last whole minute up to an instant: what waits is counted there. */
export function atMinute(seconds: number): number {
  return seconds - (seconds % 60);
}

/** SQL of an event of the range being an open one, for what only `events` knows of it. */
export function isOpenSql(range: TimeRange): string {
  const open = `SELECT file, line, ver FROM watchtower.open_events WHERE ${withinSql([range])} GROUP BY message, file, line, ver HAVING sum(sign) > 0`;
  return `record IN ('t', 'r') AND (file, line, ver) IN (${open})`;
}

/** What is looked for among the events that wait at some time of a range: SQL of the groups by name, and conditions. */
export interface Wanted {
  readonly range: TimeRange;
  /** The end (epoch s) of the first cell of the answer. */
  readonly first: number;
  readonly groups: readonly (readonly [name: string, value: string])[];
  readonly narrowed: readonly string[];
}

const seconds = (time: string) => `toInt64(toUnixTimestamp(${time}))`;

/** SELECT of the groups, `q` (when queued) and `finish`, a row for each message with a final event that may wait. */
export function finishedSql({ range: [, to], first, groups, narrowed }: Wanted): string {
  const end = atMinute(to);
  const queued = `greatest(${seconds('queued')}, ${seconds('time')} - ${LONGEST})`;
  return [
    `SELECT ${[...groups.map(([name, value]) => `${value} AS ${name}`), `${queued} AS q`, `${seconds('time')} AS finish`].join(', ')}`,
    standingEvents(
      ["record IN ('d', 'b')", 'toUnixTimestamp(queued) > 0', `q < ${end}`, 'queued <= time', ...narrowed],
      [[first, end + LONGEST]],
    ),
  ].join('\n');
}

/**
 * The same for messages without one, from a table of single events. What was last seen longer ago than a message may wait, up to the newest event of
 * all, waits no more: its end was not logged.
 */
export function openSql(table: string, { range: [from, to], groups, narrowed }: Wanted): string {
  const range: TimeRange = [Math.max(0, atMinute(from) - EXPIRY), atMinute(to)];
  const since = `time >= (SELECT max(time) - toIntervalSecond(${EXPIRY}) FROM watchtower.totals_minute)`;
  const first = `${seconds('min(if(toUnixTimestamp(queued) = 0, time, queued))')} AS q`;
  const select = `SELECT ${[...groups.map(([name]) => `argMax(${name}, time) AS ${name}`), first, `q + ${EXPIRY - 1} AS finish`].join(', ')}`;
  const rows = `SELECT ${['message', 'time', 'queued', ...groups.map(([name, value]) => `${value} AS ${name}`)].join(', ')}`;
  const open =
    table === OPEN_EVENTS
      ? `FROM watchtower.${table}\nWHERE ${[withinSql([range]), since, ...narrowed].join(' AND ')}\nGROUP BY ${['message', 'time', 'queued', 'file', 'line', 'ver', ...groups.map(([name]) => name)].join(', ')}\nHAVING sum(sign) > 0`
      : standingEvents([since, isOpenSql(range), ...narrowed], [range]);
  return `${select}\nFROM (\n${rows}\n${open}\n)\nGROUP BY message`;
}

/** The cells of an answer in order, as SQL: at the end of each it is counted what waits. Instants are epoch seconds. */
export interface Cells {
  readonly count: number;
  /** The end (epoch s) of the first cell. */
  readonly begin: number;
  /** Index of the first cell that ends after `q`, and of the last that does not end after `finish`. */
  readonly first: string;
  readonly last: string;
  /** Start and end of cell `k`. */
  readonly start: string;
  readonly end: string;
}

/** The buckets of a range, the last one cut at its end; without buckets one cell, the range. All end at whole minutes. */
export function cellsOf([from, to]: TimeRange, bucketing: Bucketing | undefined): Cells {
  if (!bucketing || isDays(bucketing)) {
    const starts = bucketing ? bucketStarts(bucketing, from, to) : [from];
    const instants = [...starts.slice(1), to].map(atMinute);
    const ends = instants.join(', ');
    return {
      count: starts.length,
      begin: instants[0] ?? atMinute(to),
      first: `arrayCount(at -> at <= q, [${ends}])`,
      last: `toInt64(arrayCount(at -> at <= finish, [${ends}])) - 1`,
      start: `arrayElement([${starts.join(', ')}], k + 1)`,
      end: `arrayElement([${ends}], k + 1)`,
    };
  }
  const { seconds } = bucketing;
  const zero = Math.floor(from / seconds);
  const count = Math.ceil(to / seconds) - zero;
  const end = atMinute(to);
  // How many cells end up to an instant, the last one and its cut apart.
  const ended = (at: string) =>
    `intDiv((intDiv(${at}, 60) + 1) * 60 + ${seconds - 1}, ${seconds}) - ${zero + 1}`;
  return {
    count,
    begin: Math.min(atMinute((zero + 1) * seconds), end),
    first: `greatest(${ended('q')}, 0)`,
    last: `if(finish >= ${end}, ${count - 1}, ${ended('finish')} - 1)`,
    start: `(k + ${zero}) * ${seconds}`,
    end: `intDiv(least((k + ${zero + 1}) * ${seconds}, ${end}), 60) * 60`,
  };
}

/** Stands for no instant where the earliest of several is looked for. */
const NEVER = 2 ** 40;

/**
 * SELECT of the keys, `at` (the end of a cell), `waits` (how many messages wait then) and `oldest` (when the first of
 * them was queued), for the cells where any does; `start` is the cell's beginning. `intervals` is a SELECT of the
 * keys, `q` and `finish`, a row per message. Two running sums, so that it does not matter how long messages wait; the
 * oldest is the earliest queued among those that end in this cell or later.
 */
export function waitingSql(intervals: string, keys: readonly string[], cells: Cells): string {
  const { count, first, last, start, end } = cells;
  const list = (...columns: string[]) => [...keys, ...columns].join(', ');
  const by = (...columns: string[]) => {
    const all = [...keys, ...columns];
    return all.length > 0 ? `GROUP BY ${all.join(', ')}` : '';
  };
  const spans = `SELECT ${list('q', `toInt64(${first}) AS k1`, `toInt64(${last}) AS k2`)} FROM (\n${intervals}\n) WHERE k1 <= k2`;
  const steps = `SELECT ${list('step.1 AS k', 'sum(step.2) AS begun', 'sum(step.3) AS ended', 'min(step.4) AS earliest')} FROM (\n${spans}\n) ARRAY JOIN [(k1, 1, 0, toInt64(${NEVER})), (k2, 0, 1, q)] AS step ${by('k')}`;
  const dense = `SELECT ${list(`${denseSql('begun', 0, count)} AS begins`, `${denseSql('ended', 0, count)} AS ends`, `${denseSql('earliest', NEVER, count)} AS firsts`)} FROM (\n${steps}\n) ${by()}`;
  const running = 'arrayMap((b, e, own) -> b - e + own, arrayCumSum(begins), arrayCumSum(ends), ends)';
  const partition = keys.length > 0 ? `PARTITION BY ${keys.join(', ')} ` : '';
  const rows = `SELECT ${list('toInt64(i) - 1 AS k', 'waits', `min(f) OVER (${partition}ORDER BY i DESC ROWS UNBOUNDED PRECEDING) AS oldest`)} FROM (\n${dense}\n) ARRAY JOIN arrayEnumerate(begins) AS i, ${running} AS waits, firsts AS f`;
  return `SELECT ${list(`toUInt32(${start}) AS start`, `toInt64(${end}) AS at`, 'waits', 'oldest')} FROM (\n${rows}\n) WHERE waits > 0`;
}

function denseSql(value: string, none: number, count: number): string {
  return `groupArrayInsertAt(toInt64(${none}), ${count})(toInt64(${value}), toUInt32(k))`;
}

/**
 * SELECT of the keys, `start` and `waits` as `waitingSql` has them, from changes: `changes` is a SELECT of the keys, `q`
 * (the minute of a change, or the instant that is begun with) and `step` (how many more wait).
 */
export function runningSql(changes: string, keys: readonly string[], cells: Cells): string {
  const { count, first, start } = cells;
  const list = (...columns: string[]) => [...keys, ...columns].join(', ');
  const by = keys.length > 0 ? `GROUP BY ${keys.join(', ')}` : '';
  const steps = `SELECT ${list(`toInt64(${first}) AS k`, 'sum(step) AS sum_')} FROM (\n${changes}\n) WHERE k < ${count} GROUP BY ${list('k')}`;
  const dense = `SELECT ${list(`arrayCumSum(${denseSql('sum_', 0, count)}) AS sums`)} FROM (\n${steps}\n) ${by}`;
  const rows = `SELECT ${list('toInt64(i) - 1 AS k', 'waits')} FROM (\n${dense}\n) ARRAY JOIN arrayEnumerate(sums) AS i, sums AS waits`;
  return `SELECT ${list(`toUInt32(${start}) AS start`, 'waits')} FROM (\n${rows}\n) WHERE waits > 0`;
}
