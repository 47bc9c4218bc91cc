/**
 * Which messages wait: those that were queued before an instant and whose final event is not before it. Looking back
 * this is exact, as every final event names the time of queueing; a message without a final event is known only from
 * its events of reception or deferral, and is taken for waiting until it would have expired.
 */
import { bucketStarts, isDays, type Bucketing } from './interval';
import { withinSql, type TimeRange } from './standing';

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

/**
 * SQL of the cells at whose end a message waits that was queued at `q` and ended at `finish` (epoch s): an array of
 * (start of the bucket, end of the bucket or of the range). Without buckets there is one cell, the range.
 */
export function cellsSql([from, to]: TimeRange, bucketing: Bucketing | undefined): string {
  if (!bucketing || isDays(bucketing)) {
    const starts = bucketing ? bucketStarts(bucketing, from, to) : [from];
    const cells = starts.map((start, index) => `(${start}, ${starts[index + 1] ?? to})`).join(', ');
    return `arrayFilter(cell -> q < cell.2 AND cell.2 <= finish, [${cells}])`;
  }
  const { seconds } = bucketing;
  const first = Math.floor(from / seconds);
  const last = Math.ceil(to / seconds) - 1;
  const begin = `greatest(intDiv(q, ${seconds}), toInt64(${first}))`;
  const end = `if(finish >= ${to}, toInt64(${last}), least(intDiv(finish, ${seconds}) - 1, toInt64(${last})))`;
  return `arrayMap(k -> (k * ${seconds}, least((k + 1) * ${seconds}, toInt64(${to}))), range(${begin}, ${end} + 1))`;
}
