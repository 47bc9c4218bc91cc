import { moment } from './work';

/**
 * Which receptions and deferrals are of messages without a final event. Like all that stands, this is a function of
 * the set of events: what a commit changes is compared with what `open_events` holds, so repeating it adds nothing.
 */

/** A final event ends what its message logged up to so many seconds after it (clocks differ) … */
const SKEW = 3600;

/** … and not more than so many days before it. The view `open_events_view` says the same. */
const REACH_DAYS = 10;

const DAY = 86_400;

const SEEN = "record IN ('t', 'r')";
const FINAL = "record IN ('d', 'b')";

const IDENTITY = ['message', 'file', 'line', 'ver'];

/** What is kept of an open event beside its sign. */
const KEPT = [
  'time',
  'record',
  'node',
  'provider',
  'domain',
  'vmta',
  'pool',
  'job',
  'sender',
  'senderDomain',
  'sourceIp',
  'queued',
  ...IDENTITY,
];

/** The columns by which changed events are told. */
export const CHANGE_COLUMNS = [...KEPT, 'role', 'sign'];

/** What changes: receptions and deferrals that come, final events that go, and the times (epoch s) of all. */
export interface Extent {
  readonly rows: number;
  readonly seen: number;
  readonly withdrawn: number;
  readonly first: number;
  readonly last: number;
}

/** SQL of the changes that concern what is open, from SELECTs of the changed events' CHANGE_COLUMNS. */
export function changesOf(parts: readonly string[]): string {
  return `SELECT * FROM (${parts.join(' UNION ALL ')}) WHERE role = 0 AND (${SEEN} OR ${FINAL})`;
}

/** SQL of the one row `Extent` of changes. */
export function extentOf(changes: string): string {
  return `SELECT count() AS rows, countIf(${SEEN} AND sign > 0) AS seen, countIf(${FINAL} AND sign < 0) AS withdrawn,
    toUInt32(min(time)) AS first, toUInt32(max(time)) AS last FROM (${changes})`;
}

/** An INSERT of the difference between what is open with the changes and what the table holds. */
export function settle(changes: string, { first, last, seen, withdrawn }: Extent): string {
  const columns = KEPT.join(', ');
  const finals = (net: string) =>
    `SELECT message, time FROM (${changes}) WHERE ${FINAL} GROUP BY message, time HAVING sum(sign) ${net}`;
  const lost = `SELECT message FROM (${finals('< 0')})`;
  const near = `time > ${moment(first, -REACH_DAYS)} AND time <= ${moment(last + SKEW)}`;
  const candidates = [
    `SELECT ${columns}, toInt64(sign) AS held, 0 AS changed, toInt64(0) AS net, toInt64(0) AS stood
     FROM watchtower.open_events WHERE ${near} AND message IN (SELECT message FROM (${changes}))`,
    `SELECT ${columns}, 0, 1, sign, 0 FROM (${changes}) WHERE ${SEEN}`,
  ];
  // What was open had no final event; others may have one in the store, or have lost it.
  const ends = [finals('> 0')];
  const ended = (since: string, until: string, messages: string) =>
    `SELECT message, time FROM watchtower.events WHERE role = 0 AND ${FINAL} AND time >= ${since} AND time < ${until}
       AND message IN (${messages}) GROUP BY message, time HAVING sum(sign) > 0`;
  if (seen > 0)
    ends.push(
      ended(
        moment(first - SKEW),
        moment(last, REACH_DAYS),
        `SELECT message FROM (${changes}) WHERE ${SEEN} AND sign > 0`,
      ),
    );
  if (withdrawn > 0) {
    ends.push(ended(moment(first - SKEW, -REACH_DAYS), moment(last + SKEW, REACH_DAYS), lost));
    candidates.push(
      `SELECT ${columns}, 0, 0, 0, sign FROM watchtower.events WHERE role = 0 AND ${SEEN} AND ${near} AND message IN (${lost})`,
    );
  }
  const kept = KEPT.filter((column) => !IDENTITY.includes(column));
  const rows = `SELECT ${IDENTITY.join(', ')}, ${kept.map((column) => `any(${column}) AS any_${column}`).join(', ')},
      sum(held) AS had, if(sum(changed) > 0, sum(net) > 0, had > 0 OR sum(stood) > 0) AS stands
    FROM (${candidates.join(' UNION ALL ')}) GROUP BY ${IDENTITY.join(', ')}`;
  // The first final event that is not before it tells of an event whether it is open.
  return `INSERT INTO watchtower.open_events (${columns}, sign)
    SELECT ${[...kept.map((column) => `any_${column}`), ...IDENTITY.map((column) => `r.${column}`)].join(', ')},
      toInt8((stands AND NOT (ends AND ended < toInt64(any_time) + ${REACH_DAYS * DAY})) - had) AS difference
    FROM (SELECT *, toInt64(any_time) - ${SKEW} AS since FROM (${rows})) AS r
    ASOF LEFT JOIN (SELECT message, toInt64(time) AS ended, 1 AS ends FROM (${ends.join(' UNION ALL ')})) AS f
    ON r.message = f.message AND f.ended >= r.since
    WHERE difference != 0
    SETTINGS async_insert = 0, insert_deduplicate = 0, max_partitions_per_insert_block = 0`;
}
