import type { ActivityRow } from './dark';
import type { AttemptRow } from './deferrals';
import type { LatencyRow } from './latency';
import type { MailingRow } from './mailings';
import { literals, type Store } from '../store';
import { bucketSql, valueSql } from '../model';
import { STEP } from './rules';

/** What detection reads of the store, in steps: rollups, and of single events only those that were deferred. */

/** Half-open, in epoch seconds; whole steps. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A store that waits for its turn like everyone who asks. */
export type Reader = Pick<Store, 'read'>;

/** SQL of `time` being in a span. */
const within = ({ from, to }: Span): string =>
  `time >= toDateTime(${from}, 'UTC') AND time < toDateTime(${to}, 'UTC')`;

/** Bounce categories that say that nobody answered. */
const UNANSWERED = literals(['no-answer-from-host', 'bad-connection', 'routing-errors']);

/** What the rules say of reasons, as a condition on `reason`. */
const isClass = (...classes: string[]): string =>
  `reason IN (SELECT reason FROM watchtower.reason_rules AS r GROUP BY reason HAVING argMax(r.class, r.version) IN ${literals(classes)})`;

/** Attempts by provider, pool and VMTA. */
export function readAttempts(store: Reader, span: Span): Promise<AttemptRow[]> {
  const kind = `multiIf(reason = '', '', ${isClass('greylisting')}, 'greylisting', ${isClass('throttling', 'policy')}, 'throttled', ${isClass('block')}, 'blocked', ${isClass('unreachable')} OR bounceCategory IN ${UNANSWERED}, 'unanswered', '')`;
  return store.read(`SELECT toUnixTimestamp(s.time) AS at, toString(s.provider) AS provider, toString(s.pool) AS pool, toString(s.vmta) AS vmta,
    sum(s.delivered) AS delivered, sum(s.attempts) AS attempts, sumIf(s.deferrals, kind != 'greylisting') AS deferrals, sumIf(s.deferrals, kind = 'throttled') AS throttled,
    sumIf(s.deferrals, kind = 'blocked') AS blocked, sumIf(s.deferrals, kind = 'unanswered') AS unanswered, sum(s.queueDeferrals) AS queue
    FROM (SELECT *, ${kind} AS kind FROM watchtower.attempt_step WHERE ${within(span)}) AS s
    GROUP BY at, provider, pool, vmta HAVING attempts != 0 OR queue != 0`);
}

/** Outcomes and complaints by job, or by sender domain where mail has no job. */
export function readMailings(store: Reader, span: Span, reporting: readonly string[]): Promise<MailingRow[]> {
  return store.read(`SELECT toUnixTimestamp(s.time) AS at, toString(s.job) AS job, toString(s.senderDomain) AS senderDomain,
    sum(s.delivered + s.bounced) AS finals, sum(s.hardBounced) AS hard, sumIf(s.delivered, s.provider IN ${literals(reporting)}) AS reporting, sum(s.complaints) AS complaints
    FROM watchtower.mailing_step AS s WHERE ${within(span)}
    GROUP BY at, job, senderDomain HAVING finals != 0 OR complaints != 0`);
}

/** How long a message may be deferred before it is delivered, in seconds. */
const LONGEST_WAIT = 5 * 86_400;

/** No MTA tries a deferred message again sooner, in seconds: deliveries that took less were never deferred. */
const SOONEST_RETRY = 30;

/**
 * Medians of the latencies of deliveries that were never deferred, by provider: of each step, and of each window of
 * `steps`. Deliveries of deferred messages are few, and taken out of what the rollup counted.
 */
export function readLatencies(store: Reader, { from, to }: Span, steps: number): Promise<LatencyRow[]> {
  const counted = within({ from: from - (steps - 1) * STEP, to });
  const slow = `role = 0 AND record = 'd' AND latency >= ${SOONEST_RETRY} AND ${counted}`;
  // Whatever was deferred was so after it was queued: most of what may have been waiting for days need not be read.
  const queued = `time >= (SELECT min(time - toIntervalSecond(latency)) FROM watchtower.events WHERE ${slow})`;
  const deferred = `SELECT message FROM watchtower.events WHERE role = 0 AND record = 't' AND ${within({ from: from - LONGEST_WAIT, to })} AND ${queued}
    AND message IN (SELECT message FROM watchtower.events WHERE ${slow}) GROUP BY message HAVING sum(sign) > 0`;
  const later = Array.from({ length: steps }, (_, i) => `(at_ + ${i * STEP}, ${steps})`);
  const windows = steps === 1 ? '[(at_, 1)]' : `[(at_, 1), ${later.join(', ')}]`;
  return store.read(`SELECT w.1 AS at, w.2 AS steps, provider, sum(left_) AS n, quantileExactWeighted(0.5)(${valueSql('bucket')}, toUInt64(left_)) AS median
    FROM (
      SELECT at_, provider, bucket, sum(n) AS left_ FROM (
        SELECT toUnixTimestamp(time) AS at_, toString(provider) AS provider, bucket, n FROM watchtower.latency_step WHERE ${counted}
        UNION ALL
        SELECT toUnixTimestamp(toStartOfFiveMinutes(time)), if(position(provider, '.') > 0, 'other', toString(provider)), ${bucketSql('latency')}, -toInt64(sign)
        FROM watchtower.events WHERE ${slow} AND message IN (${deferred})
      ) GROUP BY at_, provider, bucket HAVING left_ > 0
    ) ARRAY JOIN ${windows} AS w
    WHERE w.1 >= ${from} AND w.1 < ${to}
    GROUP BY at, steps, provider`);
}

/** Events by node and VMTA. */
export function readActivity(store: Reader, span: Span): Promise<ActivityRow[]> {
  return store.read(`SELECT toUnixTimestamp(s.time) AS at, toString(s.node) AS node, toString(s.pool) AS pool, toString(s.vmta) AS vmta, sum(s.events) AS events
    FROM watchtower.activity_step AS s WHERE ${within(span)} GROUP BY at, node, pool, vmta HAVING events > 0`);
}

/** How far the logs of a node and record type go: the start of the newest step. */
export interface Watermark {
  node: string;
  record: string;
  at: number;
}

/** The watermarks, and the days (epoch seconds of their start) that have events at all, in order. */
export async function readExtent(store: Reader): Promise<{ marks: Watermark[]; days: number[] }> {
  const marks = await store.read<Watermark>(`SELECT node, record, toUnixTimestamp(max(time)) AS at FROM (
    SELECT time, toString(node) AS node, toString(record) AS record FROM watchtower.activity_step GROUP BY time, node, record HAVING sum(events) > 0
  ) GROUP BY node, record`);
  const days = await store.read<{ day: number }>(
    `SELECT DISTINCT toUnixTimestamp(toStartOfDay(time)) AS day FROM watchtower.activity_step ORDER BY day`,
  );
  return { marks, days: days.map(({ day }) => day) };
}

/** The first hour that a commit from `since` on changed, and the newest commit. */
export async function readTouched(
  store: Reader,
  since: string,
): Promise<{ hour: number | undefined; commit: string }> {
  const later = `t.commit >= toUInt64('${since}')`;
  const [row] = await store.read<{ hour: number; newest: string; n: number }>(
    `SELECT toUnixTimestamp(minIf(t.time, ${later})) AS hour, countIf(${later}) AS n, toString(max(t.commit)) AS newest FROM watchtower.touched_hours AS t`,
  );
  return { hour: row && row.n > 0 ? row.hour : undefined, commit: row?.newest ?? '0' };
}

/** A change of how many deferred messages wait, by provider, pool and VMTA, in the step that starts at `at`. */
export interface WaitingRow {
  at: number;
  provider: string;
  pool: string;
  vmta: string;
  change: number;
}

/** A message that was not tried again for so long no longer waits, in seconds: what is to be read of the past ends there. */
export const WAITS = 86_400;

/**
 * SQL of the final events that end a wait which began in a span: later ones end nothing, and what was delivered sooner than
 * any MTA tries again was never deferred.
 */
function finalSql({ from, to }: Span): string {
  const retried = `(record = 'b' OR (record = 'd' AND (latency < 0 OR latency >= ${SOONEST_RETRY})))`;
  return `${retried} AND ${within({ from, to: to + WAITS })}`;
}

/**
 * Deferred messages that wait at providers, until their final event. What waits at a time depends on what was deferred in
 * the `WAITS` before it, so the span begins that much earlier than the first time that is asked for.
 */
export function readWaiting(store: Reader, span: Span, providers: readonly string[]): Promise<WaitingRow[]> {
  const listed = `if(position(provider, '.') > 0, 'other', toString(provider))`;
  const deferred = `role = 0 AND record = 't' AND ${within(span)} AND ${listed} IN {providers:Array(String)}`;
  const messages = `SELECT message, toUInt32(min(time)) AS first, toUInt32(max(time)) + ${WAITS} AS until, any(${listed}) AS provider_, argMin(toString(pool), time) AS pool_, argMin(toString(vmta), time) AS vmta_
    FROM watchtower.events WHERE ${deferred} GROUP BY message HAVING sum(sign) > 0`;
  const finals = `SELECT message, toUInt32(max(time)) AS last FROM watchtower.events
    WHERE role = 0 AND ${finalSql(span)} AND message IN (SELECT message FROM watchtower.events WHERE ${deferred})
    GROUP BY message HAVING sum(sign) > 0`;
  return store.read(
    `SELECT toUInt32(intDiv(moment.1, ${STEP}) * ${STEP}) AS at, provider, pool, vmta, sum(moment.2) AS change FROM (
      SELECT m.provider_ AS provider, m.pool_ AS pool, m.vmta_ AS vmta, arrayJoin([(m.first, toInt8(1)), (if(f.last = 0, m.until, least(f.last, m.until)), toInt8(-1))]) AS moment
      FROM (${messages}) AS m LEFT JOIN (${finals}) AS f ON f.message = m.message
    ) GROUP BY at, provider, pool, vmta HAVING change != 0 ORDER BY at`,
    { params: { providers } },
  );
}

/** An MTA that runs tries a deferred message again within so long, in seconds. */
const OVERDUE = 3600;

/** A change of how many messages are overdue, in the step that starts at `at`. */
export interface OverdueRow {
  at: number;
  change: number;
}

/**
 * Deferred messages of a VMTA that were not tried again for an hour, until they are, or their final event. The span begins
 * `WAITS` before the first time that is asked for.
 */
export function readOverdue(store: Reader, span: Span, vmta: string): Promise<OverdueRow[]> {
  const never = 4_294_967_295;
  const deferred = `role = 0 AND record = 't' AND vmta = {vmta:String} AND ${within(span)}`;
  const tried = `SELECT message, arraySort(groupUniqArray(toUInt32(time))) AS tries FROM watchtower.events WHERE ${deferred} GROUP BY message HAVING sum(sign) > 0`;
  const finals = `SELECT message, toUInt32(max(time)) AS last FROM watchtower.events
    WHERE role = 0 AND ${finalSql(span)} AND message IN (SELECT message FROM watchtower.events WHERE ${deferred})
    GROUP BY message HAVING sum(sign) > 0`;
  const ends = `arrayMap((t, next) -> least(next, if(f.last = 0, ${never}, f.last), t + ${WAITS}), m.tries, arrayPushBack(arrayPopFront(m.tries), ${never}))`;
  return store.read(
    `SELECT toUInt32(intDiv(moment.1, ${STEP}) * ${STEP}) AS at, sum(moment.2) AS change FROM (
      SELECT arrayJoin([(try.1 + ${OVERDUE}, toInt8(1)), (try.2, toInt8(-1))]) AS moment FROM (
        SELECT arrayJoin(arrayZip(m.tries, ${ends})) AS try FROM (${tried}) AS m LEFT JOIN (${finals}) AS f ON f.message = m.message
      ) WHERE try.2 > try.1 + ${OVERDUE}
    ) GROUP BY at HAVING change != 0 ORDER BY at`,
    { params: { vmta } },
  );
}

/** Events of each node that a quarter of an hour usually holds, over the two hours before its logs end. */
export async function readUsual(
  store: Reader,
  marks: readonly Watermark[],
): Promise<ReadonlyMap<string, number>> {
  const from = Math.min(...marks.map(({ at }) => at)) - 7200;
  const rows = await store.read<{ node: string; usual: number }>(
    `SELECT node, sum(n) / 8 AS usual FROM (
       SELECT toString(node) AS node, time, sum(events) AS n, max(if(n > 0, time, toDateTime(0, 'UTC'))) OVER (PARTITION BY node) AS last
       FROM watchtower.activity_step WHERE time >= toDateTime(${Math.max(0, from)}, 'UTC') GROUP BY node, time
     ) WHERE time > last - INTERVAL 2 HOUR GROUP BY node`,
  );
  return new Map(rows.map(({ node, usual }) => [node, usual]));
}
