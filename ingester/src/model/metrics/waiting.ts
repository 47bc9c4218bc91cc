/**
 * Which messages wait: those that were queued before an instant and whose final event is not before it. Looking back
 * this is exact, as every final event names the time of queueing; a message without a final event is known only from
 * its events of reception or deferral, and is taken for waiting until it would have expired.
 */
import { bucketStarts, isDays, type Bucketing } from '../interval';
import { withinSql, type TimeRange } from '../standing';

/** How long a message may stay in the queue, in seconds: the default of PowerMTA's bounce-after. */
export const EXPIRY = 5 * 86_400;

/** Records of final outcomes, and of messages that were seen without one. */
export const FINAL = "record IN ('d', 'b')";
export const SEEN = "record IN ('t', 'r')";

/** SQL of an event's message, seen in the range, having no final event up to the time it would have expired. */
export function unresolvedSql([from, to]: TimeRange): string {
  const seen = `SELECT message FROM watchtower.events WHERE role = 0 AND sign = 1 AND ${SEEN} AND ${withinSql([[from, to]])}`;
  const final = `SELECT message FROM watchtower.events WHERE role = 0 AND ${FINAL} AND ${withinSql([[from, to + EXPIRY]])} AND message IN (${seen}) GROUP BY message HAVING sum(sign) > 0`;
  return `message NOT IN (${final})`;
}

/** The cells of an answer in order, as SQL: at the end of each it is counted what waits. Instants are epoch seconds. */
export interface Cells {
  readonly count: number;
  /** Index of the first cell that ends after `q`, and of the last that does not end after `finish`. */
  readonly first: string;
  readonly last: string;
  /** Start and end of cell `k`. */
  readonly start: string;
  readonly end: string;
}

/** The buckets of a range, the last one cut at its end; without buckets one cell, the range. */
export function cellsOf([from, to]: TimeRange, bucketing: Bucketing | undefined): Cells {
  if (!bucketing || isDays(bucketing)) {
    const starts = bucketing ? bucketStarts(bucketing, from, to) : [from];
    const ends = [...starts.slice(1), to].join(', ');
    return {
      count: starts.length,
      first: `arrayCount(at -> at <= q, [${ends}])`,
      last: `toInt64(arrayCount(at -> at <= finish, [${ends}])) - 1`,
      start: `arrayElement([${starts.join(', ')}], k + 1)`,
      end: `arrayElement([${ends}], k + 1)`,
    };
  }
  const { seconds } = bucketing;
  const zero = Math.floor(from / seconds);
  const count = Math.ceil(to / seconds) - zero;
  return {
    count,
    first: `greatest(intDiv(q, ${seconds}) - ${zero}, 0)`,
    last: `if(finish >= ${to}, ${count - 1}, intDiv(finish, ${seconds}) - ${zero + 1})`,
    start: `(k + ${zero}) * ${seconds}`,
    end: `least((k + ${zero + 1}) * ${seconds}, ${to})`,
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
  const each = (value: string, none: number) =>
    `groupArrayInsertAt(toInt64(${none}), ${count})(toInt64(${value}), toUInt32(k))`;
  const dense = `SELECT ${list(`${each('begun', 0)} AS begins`, `${each('ended', 0)} AS ends`, `${each('earliest', NEVER)} AS firsts`)} FROM (\n${steps}\n) ${by()}`;
  const running = 'arrayMap((b, e, own) -> b - e + own, arrayCumSum(begins), arrayCumSum(ends), ends)';
  const partition = keys.length > 0 ? `PARTITION BY ${keys.join(', ')} ` : '';
  const rows = `SELECT ${list('toInt64(i) - 1 AS k', 'waits', `min(f) OVER (${partition}ORDER BY i DESC ROWS UNBOUNDED PRECEDING) AS oldest`)} FROM (\n${dense}\n) ARRAY JOIN arrayEnumerate(begins) AS i, ${running} AS waits, firsts AS f`;
  return `SELECT ${list(`toUInt32(${start}) AS start`, `toInt64(${end}) AS at`, 'waits', 'oldest')} FROM (\n${rows}\n) WHERE waits > 0`;
}
