import { normaliseSql, type FormatRules, type Layout } from '../formats';
import { literal, rawEdge, type Retention } from '../store';
import { CONTENT_COLUMNS, LACKS_OF_LATE, stageTable } from './commit';
import { KEPT_ERRORS } from './entries';
import type { ChunkRef, LedgerFile } from './ledger';

/** What staging needs to know of a chunk's file. */
export interface StagedFile {
  entry: LedgerFile;
  layout: Layout;
}

/** Site settings that change what a row means. */
export interface StageOptions {
  rules: FormatRules;
  timezone: string;
  keepHeaders: string[] | undefined;
}

/** What else normalising needs. */
export interface Moment {
  /** Epoch seconds. */
  now: number;
  /** How long events are kept: older rows are left out. */
  retention: Retention;
  /** The ASCII forms of domains that are known by now. */
  asciiDomains: Record<string, string>;
}

/** A file's rows in a stage table: `good` ones, and such as `repeated` the header; the others are bad. */
export interface StageCount {
  file: number;
  rows: number;
  good: number;
  repeated: number;
  /** Record types among the good rows. */
  records: string[];
}

/** Rows of a file from where an unterminated last row began. */
export interface OpenCount {
  file: number;
  good: number;
  bad: number;
  /** The latest time of the good ones, epoch s. */
  time: number;
}

/** A bad row in a stage table; `line` is its number as a record of its file. */
export interface BadRow {
  file: number;
  line: number;
  error: string;
  raw: string;
}

const BAD = `(error != '' AND NOT startsWith(error, 'repeated header'))`;

/** Chunks that one statement can normalise. */
export function byLayout(
  chunks: readonly ChunkRef[],
  fileOf: (id: number) => StagedFile,
): (readonly [ChunkRef, ...ChunkRef[]])[] {
  const groups = new Map<string, [ChunkRef, ...ChunkRef[]]>();
  for (const chunk of chunks) {
    const key = JSON.stringify(fileOf(chunk.file).layout.header);
    const group = groups.get(key);
    if (group) group.push(chunk);
    else groups.set(key, [chunk]);
  }
  return [...groups.values()];
}

/** The names of a layout's raw cells. */
export function cellsOf({ columns }: Layout): string[] {
  return Array.from({ length: columns }, (_, i) => `c${i}`);
}

/** The table of a slot's raw cells. */
export function rawTable(slot: number): string {
  return `watchtower.raw_${slot}`;
}

/** The statement that makes the table of raw cells, empty. */
export function createRawTable(slot: number, layout: Layout): string {
  const columns = cellsOf(layout).map((cell) => `${cell} String`);
  return `CREATE OR REPLACE TABLE ${rawTable(slot)} (node String, rank UInt64, file UInt32, line UInt32, ${columns.join(', ')}) ENGINE = Memory`;
}

/** The statement that puts rows of a source into the table of raw cells; `firstRecord` as for `numberedCells`. */
export function insertRaw(
  slot: number,
  file: StagedFile,
  firstRecord: number | undefined,
  source: string,
): string {
  return `INSERT INTO ${rawTable(slot)} ${numberedCells(file, firstRecord, source)}`;
}

/**
 * Raw cells of a source with what a row is given beside them. `firstRecord` is the number of its first row; undefined
 * where each row's number stands in the column `record`.
 */
export function numberedCells(
  { entry, layout }: StagedFile,
  firstRecord: number | undefined,
  source: string,
): string {
  const line = firstRecord === undefined ? 'record' : `rowNumberInAllBlocks() + ${firstRecord}`;
  return `SELECT ${literal(entry.node)} AS node, ${rankOf(entry, layout)} AS rank, ${entry.id} AS file, toUInt32(${line}) AS line, ${cellsOf(layout).join(', ')} FROM ${source}`;
}

/** The statement that makes events of raw cells, from `rows` of (node, rank, file, line, c0 …), in a slot's stage table. */
export function insertNormalised(
  slot: number,
  layout: Layout,
  rows: string,
  { rules, timezone, keepHeaders }: StageOptions,
  { now, retention, asciiDomains }: Moment,
): string {
  const content = normaliseSql(layout, rules, { timezone, keepHeaders, now, asciiDomains });
  const cells = cellsOf(layout).join(', ');
  const columns = CONTENT_COLUMNS.map((column) => (column === 'lacks' ? LACKS_OF_LATE : column));
  return `INSERT INTO ${stageTable(slot)} (${CONTENT_COLUMNS.join(', ')}, role, completed, method, confidence, rank, file, line, ver, commit, sign, error, raw)
      SELECT ${columns.join(', ')}, 0, 0, '', 0, rank, file, line, 0, 0, 1, ${withExpired(retention)},
        if(error = '', '', substringUTF8(concatWithSeparator(',', ${cells}), 1, 500))
      FROM (SELECT node, ${content}, rank, file, line, ${cells} FROM (${rows}))`;
}

/** How the reason of a row begins that is too old to be loaded, whatever the setting said then. */
export const EXPIRED = 'older than the';

/** Why a row's figures are closed. */
export function expiredReason(retention: Retention): string {
  const edge = rawEdge(retention);
  return edge === retention.closedUntil
    ? `${EXPIRED} kept single events, which begin at ${new Date(edge * 1000).toISOString()} (WATCHTOWER_RAW_DAYS was less before)`
    : `${EXPIRED} ${retention.rawDays ?? ''} days for which single events are kept (WATCHTOWER_RAW_DAYS)`;
}

/** A row's error, or that its figures are closed. */
function withExpired(retention: Retention): string {
  const edge = rawEdge(retention);
  if (edge === 0) return 'error';
  return `if(error = '' AND time < fromUnixTimestamp(${edge}), ${literal(expiredReason(retention))}, error)`;
}

/** The question for the domains outside ASCII in a stage table, as `name`. */
export function foreignDomains(slot: number): string {
  return `SELECT DISTINCT arrayJoin([toString(domain), toString(senderDomain)]) AS name FROM ${stageTable(slot)}
       WHERE match(toString(domain), '[^\\\\x00-\\\\x7f]') OR match(toString(senderDomain), '[^\\\\x00-\\\\x7f]')`;
}

/** The question for what a stage table holds of each file, as `StageCount`. */
export function stageCounts(slot: number): string {
  return `SELECT file, count() AS rows, countIf(error = '') AS good, countIf(startsWith(error, 'repeated header')) AS repeated,
         groupUniqArrayIf(toString(record), error = '') AS records
       FROM ${stageTable(slot)} GROUP BY file`;
}

/** The question for the bad rows in a stage table, as `BadRow`, in the order of files and rows: the first ones of each file. */
export function badRows(slot: number): string {
  return `SELECT file, line, error, raw FROM ${stageTable(slot)} WHERE ${BAD} ORDER BY file, line LIMIT ${KEPT_ERRORS} BY file`;
}

/** The question for what a stage table holds of files from the first row of these chunks on, as `OpenCount`. */
export function openCounts(slot: number, chunks: readonly ChunkRef[]): string {
  const rows = chunks.map(({ file, firstRecord }) => `(file = ${file} AND line >= ${firstRecord})`);
  return `SELECT file, countIf(error = '') AS good, countIf(${BAD}) AS bad, toUInt32(maxIf(time, error = '')) AS time FROM ${stageTable(slot)} WHERE ${rows.join(' OR ')} GROUP BY file`;
}

/** Which copy of an event is kept: the one whose layout says most, then the order of the files' seeds. */
function rankOf({ seed }: LedgerFile, { richness }: Layout): string {
  return (
    (BigInt(255 - Math.min(255, richness)) << 56n) |
    (BigInt(`0x${seed}`) & ((1n << 56n) - 1n))
  ).toString();
}

/** Whether a text holds nothing but ASCII. */
export function isAscii(text: string): boolean {
  return !/\P{ASCII}/u.test(text);
}

/** Whether the engine refused the data, not the statement or the moment. */
export function isDataError(error: unknown): boolean {
  return (
    error instanceof Error &&
    /cannot parse|incorrect_?data|cannot read all|expected end of line|at row \d|unexpected end|CANNOT_PARSE|too large string/i.test(
      error.message,
    )
  );
}
