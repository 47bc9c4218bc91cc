import { EVENT_COLUMNS } from './columns';
import { current, DESIRED, fill, FOUND, LATE as CONCERNED, moment, TOUCHED } from './work';

/**
 * Complaints and remote bounces carry few ids and come late: each takes what it lacks from its delivery. The order of
 * methods: message id (and recipient), job and recipient (nearest before, within 30 days), the site's own
 * message-naming header where it names one message, the recipient's last delivery within 72 h. Worked out from the
 * rows that stand, so a nearer delivery that is loaded later corrects it.
 */

const REACH_DAYS = 30;
const WINDOW_HOURS = 72;

/** An address with more deliveries in reach is a redacted one: it names nobody. */
const MAX_DELIVERIES = 1000;
const LATE = `record IN ('f', 'remote')`;

/** Columns that a late event may take from its delivery, and the bit of `lacks` that says its line had none. */
const TAKEN: Readonly<Record<string, number>> = {
  job: 1,
  vmta: 4,
  pool: 8,
  domain: 16,
  sender: 32,
  senderDomain: 32,
  provider: 64,
};

/** Value of `lacks` for a staged row: what a late event's line does not say is marked too. */
export const LACKS_OF_LATE = `if(${LATE}, toUInt8(lacks + 4 * (vmta = '') + 8 * (pool = '') + 16 * (domain = '') + 32 * (senderDomain = '') + 64 * (provider = '')), lacks)`;

const CORRELATED = 4;

/** Deliveries a commit touched: a FROM clause over rows with the columns of events. */
export type Touched = string;

/** Keeps what a removal touches: its own rows may be merged away with those they take back before they are looked at. */
export const TOUCHED_BY_REMOVAL = `INSERT INTO ${TOUCHED} SELECT record, base, messageId, rcpt, ref FROM ${FOUND} SETTINGS async_insert = 0`;

/** Loads the late events that stand in reach of deliveries between first and last (epoch s), or at these times. */
export function lateEvents(first: number, last: number, visible: string): string {
  return fill(
    FOUND,
    current(
      `time >= ${moment(first)} AND time <= ${moment(last, REACH_DAYS)}
       AND ${LATE} AND role = 0 AND ${visible}`,
    ),
  );
}

/** Of the late events found, those to work out again: new ones, and those a touched delivery may belong to. */
export function concerned(touched: Touched): string {
  const deliveries = `FROM (${touched}) WHERE record = 'd'`;
  return fill(
    CONCERNED,
    `SELECT ${EVENT_COLUMNS.join(', ')} FROM ${FOUND}
     WHERE base IN (SELECT base FROM (${touched}) WHERE ${LATE})
       OR (messageId != '' AND messageId IN (SELECT messageId ${deliveries} AND messageId IN (SELECT messageId FROM ${FOUND})))
       OR (rcpt != '' AND lower(rcpt) IN (SELECT lower(rcpt) ${deliveries} AND lower(rcpt) IN (SELECT lower(rcpt) FROM ${FOUND})))
       OR (ref != 0 AND ref IN (SELECT ref ${deliveries} AND ref IN (SELECT ref FROM ${FOUND})))`,
  );
}

/** Earliest and latest time (epoch s) of the late events to work out. */
export const CONCERNED_SPAN = `SELECT toUInt32(min(time)) AS first, toUInt32(max(time)) AS last FROM ${CONCERNED} HAVING count() > 0`;

/** The late events whose form changes, in their new form. */
export function correlated(commit: bigint, span: { first: number; last: number }, visible: string): string {
  const deliveries = (key: string) =>
    current(
      `time >= ${moment(span.first, -REACH_DAYS)} AND time <= ${moment(span.last)}
       AND record = 'd' AND role = 0 AND ${visible} AND ${key}`,
    );
  // A recipient may have mail of several senders: those of the late event's own sender come first.
  const sameSender = `(l.senderDomain != '' AND NOT bitAnd(l.lacks, 32) AND l.senderDomain = d.senderDomain)`;
  const match = (method: number, key: string, on: string, where: string) => `
    SELECT l.file AS lateFile, l.line AS lateLine, ${method} AS method, 
      if(countIf(${sameSender}) > 0, uniqExactIf(d.message, ${sameSender}), uniqExact(d.message)) AS messages,
      argMax((${Object.keys(TAKEN)
        .map((column) => `toString(d.${column})`)
        .join(', ')}), (${sameSender}, d.time, d.file, d.line)) AS delivery
    FROM ${CONCERNED} AS l JOIN (${deliveries(key)}) AS d ON ${on}
    WHERE d.time <= l.time AND d.time >= l.time - INTERVAL ${REACH_DAYS} DAY AND ${where}
    GROUP BY lateFile, lateLine`;
  const named = `lower(rcpt) IN (SELECT lower(rcpt) FROM ${CONCERNED} WHERE rcpt != '')`;
  const crowded = `SELECT lower(rcpt) FROM watchtower.events
    WHERE time >= ${moment(span.first, -REACH_DAYS)} AND time <= ${moment(span.last)} AND record = 'd' AND role = 0 AND ${named}
    GROUP BY lower(rcpt) HAVING count() > ${MAX_DELIVERIES}`;
  const byRcpt = `${named} AND lower(rcpt) NOT IN (${crowded})`;
  const matches = [
    match(
      1,
      `messageId IN (SELECT messageId FROM ${CONCERNED} WHERE messageId != '')`,
      'l.messageId = d.messageId',
      `l.rcpt = '' OR lower(l.rcpt) = lower(d.rcpt)`,
    ),
    match(
      2,
      byRcpt,
      'lower(l.rcpt) = lower(d.rcpt)',
      `l.job != '' AND NOT bitAnd(l.lacks, 1) AND l.job = d.job`,
    ),
    `SELECT * FROM (${match(3, `ref IN (SELECT ref FROM ${CONCERNED} WHERE ref != 0)`, 'l.ref = d.ref', '1')}) WHERE messages = 1`,
    match(4, byRcpt, 'lower(l.rcpt) = lower(d.rcpt)', `d.time >= l.time - INTERVAL ${WINDOW_HOURS} HOUR`),
  ].join(' UNION ALL ');
  const best = `SELECT lateFile, lateLine, min(method) AS how, argMin(messages, method) AS candidates, argMin(delivery, method) AS taken
    FROM (${matches}) GROUP BY lateFile, lateLine`;
  const columns = EVENT_COLUMNS.map((column) => formOf(column, commit)).join(', ');
  const unchanged = Object.keys(TAKEN)
    .map((column) => `toString(${column}) = new_${column}`)
    .join(' AND ');
  const renewed = Object.entries(TAKEN).map(
    ([column, bit], i) =>
      `if(bitAnd(lacks, ${bit}), tupleElement(taken, ${i + 1}), toString(${column})) AS new_${column}`,
  );
  return fill(
    DESIRED,
    `SELECT ${columns} FROM (
       SELECT *, ${renewed.join(', ')},
         multiIf(how = 0, '', how = 4 AND candidates > 1, 'rcpt+time (ambiguous)', how = 1 AND candidates > 1, 'messageId (ambiguous)',
           ['messageId', 'jobId+rcpt', 'customHeader', 'rcpt+time'][how]) AS newMethod
       FROM ${CONCERNED} AS late LEFT JOIN (${best}) AS found ON late.file = found.lateFile AND late.line = found.lateLine
     ) WHERE NOT (${unchanged} AND toString(method) = newMethod)`,
  );
}

function formOf(column: string, commit: bigint): string {
  if (column in TAKEN) return `new_${column}`;
  switch (column) {
    case 'completed':
      return `bitOr(bitAnd(completed, ${255 - CORRELATED}), if(how > 0, ${CORRELATED}, 0))`;
    case 'method':
      return 'newMethod';
    case 'confidence':
      return `[0, 1, 0.9, 0.8, 0.6][how + 1] * if(how > 0 AND candidates > 1 AND how != 2, 0.5, 1)`;
    case 'ver':
    case 'commit':
      return `${commit}`;
    default:
      return column;
  }
}
