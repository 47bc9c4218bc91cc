import { CONTENT, CONTENT_COLUMNS, CONTENT_HASH, EVENT_COLUMNS, isFilled } from './columns';
import { CONFLICT, DESIRED, fill, FOUND, POOL, TOUCHED_COLUMNS, WINNERS } from './work';

/**
 * One event once, whichever files it stands in. The result is a function of the set of source rows alone, never of
 * their order of arrival: whenever a group (rows of equal identity) gains or loses a row, the whole group is worked
 * out again from its source rows and the difference is written.
 */

/** Rows to take back: those of a file from a line on, with event times in [from, to) (epoch s). */
export interface Removal {
  file: number;
  fromLine: number;
  from: number;
  to: number;
}

/** SQL that is true of the rows to take back. */
export function removed({ file, fromLine }: Removal): string {
  return `(file = ${file} AND line >= ${fromLine})`;
}

/** Bit of `lacks`: the row's identity is an event id that its source gave, and comes before its job and Message-Id. */
const NAMED = 128;

/** Where source rows come from, beside those that stand: a stage to add; rows that stand and are taken back. */
export interface Sources {
  stage?: string;
  without?: Removal;
}

/** Source rows are copies kept aside, and events that were never completed. */
const SOURCE = '(role = 1 OR completed = 0)';

/** Groups to work out again after rows were added: those that now have rows of more than one file. */
export function conflictsOf(stage: string): string {
  return `INSERT INTO ${CONFLICT} (base)
    SELECT base FROM (SELECT base, file FROM ${stage} WHERE error = '' UNION ALL SELECT base, file FROM ${FOUND})
    GROUP BY base HAVING uniqExact(file) > 1 SETTINGS async_insert = 0`;
}

/** What stands of the groups in conflict: its other rows may change with the loaded, or the removed, ones. */
export const STANDING_IN_CONFLICT = `SELECT ${TOUCHED_COLUMNS} FROM ${FOUND} WHERE base IN ${CONFLICT}`;

/** Groups to work out again after rows are removed: all that were found. */
export const CONFLICTS_OF_REMOVAL = `INSERT INTO ${CONFLICT} (base) SELECT DISTINCT base FROM ${FOUND} SETTINGS async_insert = 0`;

/**
 * Fills the pool with the source rows of the groups in conflict and says which event each belongs to. Rows of one
 * file are distinct events; two rows that both carry a jobId (or both a Message-Id) and differ in it are two. Where
 * all rows of a group log the same ids, the k-th equal row of one file is the k-th of another; else rows with more
 * ids are placed first and the others join the first event that fits and has no row of their file yet.
 */
export function poolOf({ stage, without }: Sources): string {
  const narrow = `base, job, messageId, lacks, rank, file, line, ${FILLED} AS filled`;
  const kept = without ? ` AND NOT ${removed(without)}` : '';
  const parts = [`SELECT ${narrow} FROM ${FOUND} WHERE base IN ${CONFLICT} AND ${SOURCE}${kept}`];
  if (stage) parts.push(`SELECT ${narrow} FROM ${stage} WHERE error = '' AND base IN ${CONFLICT}`);
  const rows = `SELECT *,
      bitAnd(lacks, ${NAMED}) != 0 AS named,
      if(named OR job = '', 0, cityHash64(job)) AS jobHash, if(named OR messageId = '', 0, cityHash64(messageId)) AS idHash,
      toUInt8((job = '') + (messageId = '')) AS missing,
      min((jobHash = 0, idHash = 0)) OVER (PARTITION BY base) = max((jobHash = 0, idHash = 0)) OVER (PARTITION BY base) AS uniform,
      row_number() OVER (PARTITION BY base, jobHash, idHash, file ORDER BY line) AS k
    FROM (${parts.join(' UNION ALL ')})`;
  return `INSERT INTO ${POOL} (base, cluster, rank, file, line, filled)
    SELECT base, if(uniform, cityHash64(jobHash, idHash, k), matched.3) AS cluster, rank, file, line, filled
    FROM (${rows}) AS rows
    LEFT JOIN (
      SELECT base, arrayJoin(arrayMap((row, place) -> (row.3, row.4, toUInt64(place)), ordered, placed.2)) AS matched,
        matched.1 AS matchedFile, matched.2 AS matchedLine
      FROM (
        SELECT base, arraySort(groupArray((missing, rank, file, line, jobHash, idHash))) AS ordered, ${PLACE} AS placed
        FROM (${rows}) WHERE NOT uniform GROUP BY base
      )
    ) AS matches ON rows.base = matches.base AND rows.file = matches.matchedFile AND rows.line = matches.matchedLine
    SETTINGS async_insert = 0`;
}

/** A bit for every column that a row fills: where a copy fills one more than the richest, the event is completed. */
const FILLED = CONTENT_COLUMNS.filter((column) => CONTENT[column] !== 'never')
  .map((column, bit) => `bitShiftLeft(toUInt64(${isFilled(column)}), ${bit})`)
  .join(' + ');

const FITS =
  '(c -> (c.1 = 0 OR x.5 = 0 OR c.1 = x.5) AND (c.2 = 0 OR x.6 = 0 OR c.2 = x.6) AND NOT has(c.3, x.3), acc.1)';

/** Folds ordered rows (missing, rank, file, line, jobHash, idHash) into events (jobHash, idHash, files) and a place per row. */
const PLACE = `arrayFold(
  (acc, x) -> (
    if(arrayFirstIndex${FITS} = 0,
      arrayPushBack(acc.1, (x.5, x.6, [x.3])),
      arrayMap((c, i) -> if(i = arrayFirstIndex${FITS},
        (if(c.1 = 0, x.5, c.1), if(c.2 = 0, x.6, c.2), arrayPushBack(c.3, x.3)), c),
        acc.1, arrayEnumerate(acc.1))),
    arrayPushBack(acc.2, toUInt64(if(arrayFirstIndex${FITS} = 0, length(acc.1) + 1, arrayFirstIndex${FITS})))),
  ordered,
  (CAST([], 'Array(Tuple(UInt64, UInt64, Array(UInt32)))'), CAST([], 'Array(UInt64)')))`;

/** The richest row of each event, and whether other copies have something to add. */
export const WINNERS_OF_POOL = `INSERT INTO ${WINNERS} (base, cluster, file, line, merged)
  SELECT base, cluster, winner.2, winner.3, allFilled != ownFilled
  FROM (
    SELECT base, cluster, min((rank, file, line)) AS winner, groupBitOr(filled) AS allFilled,
      argMin(filled, (rank, file, line)) AS ownFilled
    FROM ${POOL} GROUP BY base, cluster
  ) SETTINGS async_insert = 0`;

/** The completed events: each one's richest row, its gaps filled from the others. */
export function completedEvents(commit: bigint, { stage }: Sources): string {
  const columns = EVENT_COLUMNS.join(', ');
  const members = `(file, line) IN (SELECT file, line FROM ${POOL} WHERE (base, cluster) IN (SELECT base, cluster FROM ${WINNERS} WHERE merged))`;
  const parts = [`SELECT ${columns} FROM ${FOUND} WHERE base IN ${CONFLICT} AND ${SOURCE} AND ${members}`];
  if (stage)
    parts.push(`SELECT ${columns} FROM ${stage} WHERE error = '' AND base IN ${CONFLICT} AND ${members}`);
  const merged = CONTENT_COLUMNS.map((column) => `${mergedColumn(column)} AS ${column}`).join(',\n      ');
  return fill(
    DESIRED,
    `SELECT ${CONTENT_COLUMNS.join(', ')}, 0 AS role, 1 AS completed, '' AS method, 0 AS confidence,
      winner.1 AS rank, winner.2 AS file, winner.3 AS line, ${commit} AS ver, ${commit} AS commit, 1 AS sign
     FROM (
       SELECT ${merged}, min(place) AS winner
       FROM (
         SELECT s.*, (s.rank, s.file, s.line) AS place, m.cluster AS cluster
         FROM (${parts.join(' UNION ALL ')}) AS s JOIN ${POOL} AS m ON s.file = m.file AND s.line = m.line
       ) AS p
       GROUP BY p.base, p.cluster
     )`,
  );
}

function mergedColumn(column: string): string {
  if (column === 'base') return 'any(p.base)';
  if (column === 'lacks') return 'groupBitAnd(p.lacks)';
  if (column === 'message')
    return 'argMin(p.message, (bitAnd(p.lacks, 2), bitAnd(p.lacks, 1), p.queued = 0, p.place))';
  const kind = CONTENT[column];
  if (kind === 'never') return `argMin(p.${column}, p.place)`;
  const filled = isFilled(column, 'p.');
  const first = `argMinIf(p.${column}, p.place, ${filled})`;
  return kind === 'negative' ? `if(countIf(${filled}) > 0, ${first}, -1)` : first;
}

const VERSION_KEY = `(file, line, ${CONTENT_HASH})`;

/** Rows that count as they stand. */
const PLAIN = `(SELECT file, line FROM ${WINNERS} WHERE NOT merged)`;

/** What a stage without a group in conflict adds: its rows as they are, all of them counted. */
export function added(commit: bigint, stage: string, columns: readonly string[] = EVENT_COLUMNS): string[] {
  const written: Record<string, string> = { ver: `${commit}`, commit: `${commit}`, role: '0' };
  const values = columns.map((column) => (written[column] ? `${written[column]} AS ${column}` : column));
  return [`SELECT ${values.join(', ')} FROM ${stage} WHERE error = ''`];
}

/** The difference between what stands and what should stand, as signed rows: SELECTs to be inserted together. */
export function difference(
  commit: bigint,
  { stage, without }: Sources,
  columns: readonly string[] = EVENT_COLUMNS,
): string[] {
  // Without names: an alias would take the column's place in WHERE.
  const form = (changes: Record<string, string>) =>
    columns.map((column) => changes[column] ?? column).join(', ');
  const written = { ver: `${commit}`, commit: `${commit}` };
  const withdrawn = form({ commit: `${commit}`, sign: '-1' });
  const plain = `(file, line) IN ${PLAIN}`;
  const found = (where: string) => `FROM ${FOUND} WHERE base IN ${CONFLICT} AND ${where}`;
  const gone = without ? removed(without) : '0';
  const demoted = `role = 0 AND completed = 0 AND NOT ${plain}`;
  const promoted = `role = 1 AND ${plain}`;
  const outdated = `role = 0 AND completed != 0 AND ${VERSION_KEY} NOT IN (SELECT ${VERSION_KEY} FROM ${DESIRED})`;
  const parts = [
    `SELECT ${form({})} FROM ${DESIRED} WHERE ${VERSION_KEY} NOT IN (SELECT ${VERSION_KEY} ${found('role = 0 AND completed != 0')})`,
    `SELECT ${withdrawn} ${found(`(${demoted} OR ${promoted} OR ${outdated} OR (role = 1 AND ${gone}))`)}`,
    `SELECT ${form({ ...written, role: '1' })} ${found(`${demoted} AND NOT ${gone}`)}`,
    `SELECT ${form({ ...written, role: '0' })} ${found(promoted)}`,
  ];
  if (stage) {
    const role = `if(base IN ${CONFLICT} AND NOT ${plain}, 1, 0)`;
    parts.push(`SELECT ${form({ ...written, role })} FROM ${stage} WHERE error = ''`);
  }
  return parts;
}
