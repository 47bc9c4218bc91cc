import { isVerp } from '../../formats';
import { EVENT_COLUMNS, IS_LATE } from './columns';
import { CROWDED, current, DESIRED, fill, FOUND, LATE as CONCERNED, moment, TOUCHED } from './work';

/**
 * Complaints and remote bounces carry few ids and come late: each takes what it lacks from its delivery. The order of
 * methods: message id (and recipient), job and recipient (nearest before, within 30 days), the site's own
 * message-naming header where it names one message, the recipient's last delivery within 72 h, else the last one within
 * 72 h with the same return path where that is VERP. Worked out from the rows that stand, so a nearer delivery that is
 * loaded later corrects it.
 */

const DAY = 86_400;
const REACH = 30 * DAY;
const WINDOW = 3 * DAY;

/**
 * A recipient with more deliveries within reach of a late event is a redacted one, a return path with more of them is
 * no VERP: it names nobody. Counted for each late event by itself, so that it cannot depend on what it is worked out with.
 */
const MAX_DELIVERIES = 1000;

/** What a late event and its delivery may have in common: SQL of it in a row (alias with its dot), and of a late event that says it. */
const KEYS = {
  messageId: { of: (row = '') => `${row}messageId`, given: `messageId != ''`, reach: REACH },
  rcpt: { of: (row = '') => `lower(${row}rcpt)`, given: `rcpt != ''`, reach: REACH },
  ref: { of: (row = '') => `${row}ref`, given: 'ref != 0', reach: REACH },
  orig: {
    of: (row = '') => `lower(${row}orig)`,
    given: `orig != '' AND ${isVerp('lower(orig)')}`,
    reach: WINDOW,
  },
} as const;
type Key = keyof typeof KEYS;

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
export const LACKS_OF_LATE = `if(${IS_LATE}, toUInt8(lacks + 4 * (vmta = '') + 8 * (pool = '') + 16 * (domain = '') + 32 * (senderDomain = '') + 64 * (provider = '')), lacks)`;

const CORRELATED = 4;

/** Earliest and latest time (epoch s) of the touched rows that were kept. */
export const TOUCHED_SPAN = `SELECT toUInt32(min(time)) AS first, toUInt32(max(time)) AS last FROM ${TOUCHED} HAVING count() > 0`;

/** Loads the late events that stand in reach of deliveries between first and last (epoch s), or at these times. */
export function lateEvents(first: number, last: number): string {
  return fill(
    FOUND,
    current(`time >= ${moment(first)} AND time <= ${moment(last + REACH)} AND ${IS_LATE} AND role = 0`),
  );
}

/**
 * Of the late events found, those to work out again: new ones, and those in reach of a touched delivery that may be
 * theirs. `touched` is a SELECT of such rows.
 */
export function concerned(touched: string): string {
  const near = Object.values(KEYS).map(
    ({ of, given, reach }) => `
      SELECT file, line FROM (SELECT file, line, time, ${of()} AS key FROM ${FOUND} WHERE ${given}) AS l
      JOIN (
        SELECT ${of()} AS key, min(time) AS first, max(time) AS last FROM (${touched})
        WHERE record = 'd' AND key IN (SELECT ${of()} FROM ${FOUND} WHERE ${given}) GROUP BY key
      ) AS d ON l.key = d.key
      WHERE l.time >= d.first AND l.time <= d.last + INTERVAL ${reach} SECOND`,
  );
  return fill(
    CONCERNED,
    `SELECT ${EVENT_COLUMNS.join(', ')} FROM ${FOUND}
     WHERE base IN (SELECT base FROM (${touched}) WHERE ${IS_LATE}) OR (file, line) IN (${near.join(' UNION ALL ')})`,
  );
}

/** Times (epoch s) of the late events to work out: earliest and latest; the same of those with VERP, 0 where there are none. */
export interface Span {
  first: number;
  last: number;
  verpFirst: number;
  verpLast: number;
}

/** The question for the `Span`; no row where there is nothing to work out. */
export const CONCERNED_SPAN = `SELECT toUInt32(min(time)) AS first, toUInt32(max(time)) AS last,
  toUInt32(minIf(time, ${KEYS.orig.given})) AS verpFirst, toUInt32(maxIf(time, ${KEYS.orig.given})) AS verpLast
  FROM ${CONCERNED} HAVING count() > 0`;

/** SQL of the times in which deliveries may be found by a key; '' where no late event has it. */
function reachOf(key: Key, span: Span): string {
  const { reach } = KEYS[key];
  const [first, last] = key === 'orig' ? [span.verpFirst, span.verpLast] : [span.first, span.last];
  return last === 0 ? '' : `time >= ${moment(first - reach)} AND time <= ${moment(last)}`;
}

/** Notes the late events whose recipient, or whose return path, had too many deliveries to name one. */
export function crowded(span: Span): string {
  const parts = (['rcpt', 'orig'] as const).flatMap((key) => {
    const { of, given, reach } = KEYS[key];
    const range = reachOf(key, span);
    if (!range) return [];
    return `SELECT '${key}', file, line FROM (
      SELECT file, line, isLate, sum(n) OVER (PARTITION BY value ORDER BY at RANGE BETWEEN ${reach} PRECEDING AND CURRENT ROW) AS near
      FROM (
        SELECT ${of()} AS value, toUInt32(time) AS at, sum(sign) AS n, 0 AS file, 0 AS line, 0 AS isLate FROM watchtower.events
        WHERE ${range} AND record = 'd' AND role = 0 AND ${of()} IN (SELECT ${of()} FROM ${CONCERNED} WHERE ${given})
        GROUP BY value, at
        UNION ALL SELECT ${of()}, toUInt32(time), 0, file, line, 1 FROM ${CONCERNED} WHERE ${given}
      )
    ) WHERE isLate AND near > ${MAX_DELIVERIES}`;
  });
  return `INSERT INTO ${CROWDED} ${parts.join(' UNION ALL ')} SETTINGS async_insert = 0`;
}

/** The methods in the order of preference, by the key that late event and delivery have in common. */
const METHODS: readonly { name: string; key: Key; confidence: number; where?: string; one?: true }[] = [
  {
    name: 'messageId',
    key: 'messageId',
    confidence: 1,
    where: `l.rcpt = '' OR lower(l.rcpt) = lower(d.rcpt)`,
  },
  {
    name: 'jobId+rcpt',
    key: 'rcpt',
    confidence: 0.9,
    where: `l.job != '' AND NOT bitAnd(l.lacks, 1) AND l.job = d.job`,
  },
  { name: 'customHeader', key: 'ref', confidence: 0.8, one: true },
  { name: 'rcpt+time', key: 'rcpt', confidence: 0.6, where: `d.time >= l.time - INTERVAL ${WINDOW} SECOND` },
  { name: 'orig+time', key: 'orig', confidence: 0.6 },
];

/** Methods that take the nearest delivery or none: with them more than one is not ambiguous. */
const NEAREST = `('jobId+rcpt', 'customHeader')`;

/** A recipient may have mail of several senders: those of the late event's own sender come first. */
const SAME_SENDER = `(l.senderDomain != '' AND NOT bitAnd(l.lacks, 32) AND l.senderDomain = d.senderDomain)`;

/** For each late event that a method finds a delivery for: what the delivery gives, and how many messages may be meant. */
function match(place: number, span: Span): string[] {
  const method = METHODS[place] as (typeof METHODS)[number];
  const { of, given, reach } = KEYS[method.key];
  const range = reachOf(method.key, span);
  if (!range) return [];
  const late = `SELECT * FROM ${CONCERNED} WHERE ${given} AND (file, line) NOT IN (SELECT file, line FROM ${CROWDED} WHERE key = '${method.key}')`;
  const deliveries = current(
    `${range} AND record = 'd' AND role = 0 AND ${of()} IN (SELECT ${of()} FROM (${late}))`,
  );
  const gives = Object.keys(TAKEN).map((column) => `toString(d.${column})`);
  // Of deliveries in the same second the greatest text counts: which file came first must not matter.
  return [
    `SELECT l.file AS lateFile, l.line AS lateLine, ${place + 1} AS method,
      if(countIf(${SAME_SENDER}) > 0, uniqExactIf(d.message, ${SAME_SENDER}), uniqExact(d.message)) AS messages,
      tupleElement(max((${SAME_SENDER}, d.time, (${gives.join(', ')}))), 3) AS delivery
    FROM (${late}) AS l JOIN (${deliveries}) AS d ON ${of('l.')} = ${of('d.')}
    WHERE d.time <= l.time AND d.time >= l.time - INTERVAL ${reach} SECOND AND (${method.where ?? '1'})
    GROUP BY lateFile, lateLine ${method.one ? 'HAVING messages = 1' : ''}`,
  ];
}

/** The late events whose form changes, in their new form. */
export function correlated(commit: bigint, span: Span): string {
  const matches = METHODS.flatMap((_, place) => match(place, span)).join(' UNION ALL ');
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
  const names = METHODS.map(({ name }) => `'${name}'`).join(', ');
  return fill(
    DESIRED,
    `SELECT ${columns} FROM (
       SELECT *, ${renewed.join(', ')}, [${names}][how] AS plainMethod,
         candidates > 1 AND plainMethod NOT IN ${NEAREST} AS isAmbiguous,
         concat(plainMethod, if(isAmbiguous, ' (ambiguous)', '')) AS newMethod
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
      return `[${METHODS.map(({ confidence }) => confidence).join(', ')}][how] * if(isAmbiguous, 0.5, 1)`;
    case 'ver':
    case 'commit':
      return `${commit}`;
    default:
      return column;
  }
}
