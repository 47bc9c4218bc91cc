import { EVENT_COLUMNS, IS_LATE } from './columns';
import { current, DESIRED, fill, FOUND, moment, TOUCHED, TOUCHED_COLUMNS, TRIPLES } from './work';

/**
 * A row that logs no jobId (or no Message-Id) takes it from the message with equal orig, rcpt and timeQueued (the
 * triple), where exactly one is known. Like the identity, this is worked out from the set of rows: one more id for
 * the same triple makes it ambiguous and the taken id is given back.
 */

/** Bits of `lacks`. */
export const LACKS = { job: 1, messageId: 2 } as const;

/** Bits of `completed`: filled from a copy of the same event, ids taken from another event of the message. */
const MERGED = 1;
const ADOPTED = 2;

/** A message's events stand within this many days after it was queued. */
const MESSAGE_DAYS = 30;

/** Clocks differ: an event may be logged this many seconds before its message was queued. */
const SKEW = 3600;

/** True of rows that take ids: complaints and remote bounces find theirs through their delivery. */
const TAKES = `NOT (${IS_LATE})`;

/**
 * What a table's rows say of the ids of messages, as bits: logged by some, lacking where they could be taken. A row that
 * has taken ids tells of one that logged them, even where that one is gone and only the ids are to be given back.
 */
export function idUse(table: string, where: string): string {
  const both = LACKS.job + LACKS.messageId;
  return `SELECT groupBitOrIf(bitAnd(lacks, ${both}), ${TAKES}) AS lacking,
      groupBitOr(if(bitAnd(completed, ${ADOPTED}), ${both}, bitXor(bitAnd(lacks, ${both}), ${both}))) AS logged
    FROM ${table} WHERE ${where} AND triple != 0`;
}

/** Which triples a commit touched: those of the rows it found to be touched, and of the loaded ones. */
export function touchedTriples(stage: string | undefined): string {
  return `INSERT INTO ${TRIPLES} (triple) SELECT DISTINCT triple FROM (${touchedRows(stage)}) SETTINGS async_insert = 0`;
}

/** Earliest and latest queue time (epoch s) of the rows a commit touched; no row where there is none. */
export function queuedSpan(stage: string | undefined): string {
  return `SELECT toUInt32(min(queued)) AS first, toUInt32(max(queued)) AS last FROM (${touchedRows(stage)}) HAVING count() > 0`;
}

function touchedRows(stage: string | undefined): string {
  const columns = 'SELECT queued, triple';
  const loaded = stage ? ` UNION ALL ${columns} FROM ${stage} WHERE error = '' AND triple != 0` : '';
  return `${columns} FROM ${TOUCHED} WHERE triple != 0${loaded}`;
}

/**
 * Loads every standing row of the touched triples that hold a row lacking an id of `mask`. Which rows belong to a triple
 * is told by each row's own times, so that it cannot depend on what else a commit touched.
 */
export function rowsOfTriples(span: { first: number; last: number }, mask: number): string {
  const range = `time >= ${moment(span.first - SKEW)} AND time < ${moment(span.last, MESSAGE_DAYS)}
    AND time >= queued - ${SKEW} AND time < queued + INTERVAL ${MESSAGE_DAYS} DAY`;
  const lacking = `SELECT triple FROM watchtower.events WHERE ${range} AND ${TAKES} AND bitAnd(lacks, ${mask}) != 0 AND triple IN ${TRIPLES}`;
  return fill(FOUND, current(`${range} AND triple IN (${lacking})`));
}

/** Counted rows whose ids change, in their new form. */
export function adopted(commit: bigint): string {
  return fill(
    DESIRED,
    `SELECT ${EVENT_COLUMNS.map((column) => renewed(column, commit)).join(', ')}
     FROM (
       SELECT *, if(bitAnd(lacks, ${LACKS.job}) AND length(jobs) = 1, jobs[1], if(bitAnd(lacks, ${LACKS.job}), '', job)) AS newJob,
         if(bitAnd(lacks, ${LACKS.messageId}) AND length(ids) = 1, ids[1], if(bitAnd(lacks, ${LACKS.messageId}), '', messageId)) AS newId,
         (bitAnd(lacks, ${LACKS.job}) AND newJob != '') OR (bitAnd(lacks, ${LACKS.messageId}) AND newId != '') AS taken
       FROM ${FOUND} AS f
       JOIN (
         SELECT triple, groupUniqArrayIf(2)(toString(job), NOT bitAnd(lacks, ${LACKS.job})) AS jobs,
           groupUniqArrayIf(2)(messageId, NOT bitAnd(lacks, ${LACKS.messageId})) AS ids
         FROM ${FOUND} WHERE role = 0 GROUP BY triple
       ) AS known USING triple
       WHERE role = 0 AND ${TAKES} AND lacks != 0 AND (newJob != job OR newId != messageId)
     )`,
  );
}

/** The deliveries that the adoption changes, in both forms: by either a complaint may be put to them. */
export const CHANGED_BY_ADOPTION = `SELECT ${TOUCHED_COLUMNS} FROM ${DESIRED} WHERE record = 'd'
  UNION ALL SELECT ${TOUCHED_COLUMNS} FROM ${FOUND} WHERE record = 'd' AND role = 0 AND (file, line) IN (SELECT file, line FROM ${DESIRED})`;

function renewed(column: string, commit: bigint): string {
  switch (column) {
    case 'job':
      return 'newJob';
    case 'messageId':
      return 'newId';
    case 'message':
      return `multiIf(newId != '', cityHash64(newId, lower(rcpt)), newJob != '', cityHash64(newJob, lower(rcpt), toUnixTimestamp(queued)), triple)`;
    case 'completed':
      return `bitOr(bitAnd(completed, ${MERGED}), if(taken, ${ADOPTED}, 0))`;
    case 'method':
      return `if(taken, 'message', '')`;
    case 'confidence':
      return 'if(taken, 1, 0)';
    case 'ver':
    case 'commit':
      return `${commit}`;
    default:
      return column;
  }
}

/** Signed rows that put the new forms in place and keep, or give back, the native ones. */
export function adoption(commit: bigint, columns: readonly string[] = EVENT_COLUMNS): string[] {
  const form = (changes: Record<string, string>) => columns.map((c) => changes[c] ?? c).join(', ');
  const changed = `(SELECT file, line FROM ${DESIRED})`;
  const native = { role: '1', ver: `${commit}`, commit: `${commit}` };
  const withdrawn = { sign: '-1', commit: `${commit}` };
  const plain = `(SELECT file, line FROM ${DESIRED} WHERE completed = 0)`;
  return [
    `SELECT ${form({})} FROM ${DESIRED}`,
    `SELECT ${form(withdrawn)} FROM ${FOUND} WHERE role = 0 AND (file, line) IN ${changed}`,
    `SELECT ${form(native)} FROM ${FOUND} WHERE role = 0 AND completed = 0 AND (file, line) IN ${changed}`,
    `SELECT ${form(withdrawn)} FROM ${FOUND} WHERE role = 1 AND (file, line) IN ${plain}`,
  ];
}
