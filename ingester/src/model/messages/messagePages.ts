import type { Store } from '../../store';
import { rawFiltersSql } from '../filters';
import { MESSAGE_ID, placesOf } from '../lookups';
import type { MessagePosition } from './messagesQuery';
import { OUTCOMES, type Outcome } from './messageState';
import { Params } from '../params';
import { LIFE } from './traceSearch';
import type { Filter } from '../schema';
import { withinSql, type TimeRange } from '../standing';

/** A message with a matching event in some range. Times are epoch seconds. */
export interface Candidate extends MessagePosition {
  /** What lookups know it by. */
  readonly id: number;
  /** 0 where it was not logged. */
  readonly queued: number;
}

/** Records of a message's own life. */
export const OWN_RECORDS = `record IN ('r', 't', 'd', 'b')`;

/** In which time (epoch s) all own events of these messages stand. */
export function lifeOf(candidates: readonly Candidate[]): TimeRange {
  const since = Math.min(...candidates.map(({ queued, time }) => (queued > 0 ? queued : time - LIFE)));
  const until = Math.max(...candidates.map(({ queued, time }) => (queued > 0 ? queued : time) + LIFE));
  return [Math.max(0, since), until];
}

/** SQL of what an event has to be for its message to be among the answer. */
export function hitSql(filters: readonly Filter[], outcomes: readonly Outcome[], params: Params): string {
  const others = filters.filter(({ dimension }) => dimension !== 'outcome');
  return [OWN_RECORDS, ...outcomeSql(outcomes), ...rawFiltersSql(others, params)].join(' AND ');
}

/** An event that a message of one of these outcomes must have. */
function outcomeSql(outcomes: readonly Outcome[]): string[] {
  if (outcomes.length === OUTCOMES.length) return [];
  const bounces = outcomes.filter((outcome) => ['hard', 'soft', 'block'].includes(outcome));
  const classes = bounces.map((outcome) => (outcome === 'soft' ? `'soft', ''` : `'${outcome}'`));
  const either = [
    ...(outcomes.includes('delivered') ? [`record = 'd'`] : []),
    ...(bounces.length > 0 ? [`(record = 'b' AND toString(bounceClass) IN (${classes.join(', ')}))`] : []),
    ...(outcomes.includes('deferred') ? [`record = 't'`] : []),
    ...(outcomes.includes('unresolved') ? [`record = 'r'`] : []),
  ];
  return [either.length === 0 ? '0' : `(${either.join(' OR ')})`];
}

/** Whether none of these outcomes is final: a message is of them by what it lacks. */
export function isOpen(outcomes: readonly Outcome[]): boolean {
  return outcomes.every((outcome) => outcome === 'deferred' || outcome === 'unresolved');
}

/** What is looked for in some ranges. */
export interface CandidateWish {
  readonly ranges: readonly TimeRange[];
  readonly filters: readonly Filter[];
  readonly outcomes: readonly Outcome[];
  /** Only messages that stand behind this position. */
  readonly after: MessagePosition | undefined;
  readonly limit: number;
}

/** The messages with matching events in the ranges, in the order of the newest of these, newest first. */
export function readCandidates(
  store: Pick<Store, 'read'>,
  { ranges, filters, outcomes, after, limit }: CandidateWish,
  signal: AbortSignal | undefined,
): Promise<Candidate[]> {
  const params = new Params();
  const within = withinSql(ranges);
  const conditions = [
    'role = 0',
    within,
    'message != 0',
    hitSql(filters, outcomes, params),
    ...placesOf(filters, ranges, params),
  ];
  if (isOpen(outcomes))
    conditions.push(
      `message NOT IN (SELECT message FROM watchtower.events WHERE role = 0 AND ${within} AND record IN ('d', 'b')
AND message IN (SELECT message FROM watchtower.events WHERE ${conditions.join(' AND ')})
GROUP BY message HAVING sum(sign) > 0)`,
    );
  const sql = [
    `SELECT toString(message) AS message, toUnixTimestamp(max(at)) AS time, any(key) AS id, toUnixTimestamp(max(since)) AS queued`,
    `FROM (\nSELECT message, time AS at, any(${MESSAGE_ID}) AS key, max(queued) AS since`,
    `FROM watchtower.events\nWHERE ${conditions.join(' AND ')}`,
    `GROUP BY message, time\nHAVING sum(sign) > 0\n) AS found`,
    `GROUP BY found.message`,
    ...(after
      ? [`HAVING (max(at), found.message) < (toDateTime(${after.time}, 'UTC'), ${after.message})`]
      : []),
    `ORDER BY max(at) DESC, found.message DESC\nLIMIT ${limit}`,
  ].join('\n');
  return store.read<Candidate>(sql, { params: params.values, ...(signal && { signal }) });
}
