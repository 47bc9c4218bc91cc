import { CHANGE_COLUMNS, OPEN_COLUMNS } from './columns';
import { CHANGED, moment } from './work';

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

/** What tells one row of `open_events` from another. */
const IDENTITY = ['message', 'file', 'line', 'ver'];

/** What changes: receptions and deferrals that come, rows of final events that are taken back, the times (epoch s) of all. */
export interface Extent {
  readonly rows: number;
  readonly seen: number;
  readonly withdrawn: number;
  readonly first: number;
  readonly last: number;
}

/** Keeps what of a change concerns what is open; `parts` are SELECTs of the changed events' CHANGE_COLUMNS. */
export function changes(parts: readonly string[]): string {
  return `INSERT INTO ${CHANGED} (${CHANGE_COLUMNS.join(', ')})
    SELECT ${CHANGE_COLUMNS.join(', ')} FROM (${parts.join(' UNION ALL ')}) WHERE role = 0 AND (${SEEN} OR ${FINAL}) SETTINGS async_insert = 0`;
}

/** SQL of the one row `Extent` of the changes. */
export const EXTENT = `SELECT count() AS rows, countIf(${SEEN} AND sign > 0) AS seen, countIf(${FINAL} AND sign < 0) AS withdrawn,
  toUInt32(min(time)) AS first, toUInt32(max(time)) AS last FROM ${CHANGED}`;

/** SQL of the final events that the changes take for good, as message and time. */
export const LOST = `SELECT message, time FROM ${CHANGED} WHERE ${FINAL} GROUP BY message, time HAVING sum(sign) < 0`;

/**
 * An INSERT of the difference between what is open with the changes and what the table holds; `loses` where they take
 * final events for good.
 */
export function settle({ first, last, seen }: Extent, loses: boolean): string {
  const columns = OPEN_COLUMNS.join(', ');
  const lost = `SELECT message FROM (${LOST})`;
  const near = `time > ${moment(first, -REACH_DAYS)} AND time <= ${moment(last + SKEW)}`;
  const candidates = [
    `SELECT ${columns}, toInt64(sign) AS held, 0 AS changed, toInt64(0) AS net, toInt64(0) AS stood
     FROM watchtower.open_events WHERE ${near} AND message IN (SELECT message FROM ${CHANGED})`,
    `SELECT ${columns}, 0, 1, sign, 0 FROM ${CHANGED} WHERE ${SEEN}`,
  ];
  // What was open had no final event; others may have one in the store, or have lost it.
  const open = `SELECT message FROM watchtower.open_events WHERE ${near} UNION ALL SELECT message FROM ${CHANGED} WHERE ${SEEN}`;
  const ends = [
    `SELECT message, time FROM ${CHANGED} WHERE ${FINAL} AND message IN (${open}) GROUP BY message, time HAVING sum(sign) > 0`,
  ];
  const ended = (since: string, until: string, messages: string) =>
    `SELECT message, time FROM watchtower.events WHERE role = 0 AND ${FINAL} AND time >= ${since} AND time < ${until}
       AND message IN (${messages}) GROUP BY message, time HAVING sum(sign) > 0`;
  if (seen > 0)
    ends.push(
      ended(
        moment(first - SKEW),
        moment(last, REACH_DAYS),
        `SELECT message FROM ${CHANGED} WHERE ${SEEN} AND sign > 0`,
      ),
    );
  if (loses) {
    ends.push(ended(moment(first - SKEW, -REACH_DAYS), moment(last + SKEW, REACH_DAYS), lost));
    candidates.push(
      `SELECT ${columns}, 0, 0, 0, sign FROM watchtower.events WHERE role = 0 AND ${SEEN} AND ${near} AND message IN (${lost})`,
    );
  }
  const kept = OPEN_COLUMNS.filter((column) => !IDENTITY.includes(column));
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
