import { normaliseSql, toAsciiDomains, type FormatRules, type Layout } from '../formats';
import { literal, type Store } from '../store';
import { CONTENT_COLUMNS, LACKS_OF_LATE, stageTable } from './commit';
import type { ChunkRef, LedgerFile } from './ledger';
import { MAX_RECORD_BYTES } from './reader';
import { physicalLines, RecordCutter, salvage } from './source';
import type { Spool } from './spool';
import type { IngestError } from './types';

/** What staging needs to know of a chunk's file. */
export interface StagedFile {
  entry: LedgerFile;
  layout: Layout;
}

/** What a stage table holds of a file: good rows, and the bad ones. Rows that repeat the header are neither. */
export interface StagedRows {
  good: number;
  errors: IngestError[];
  /** Record types among the good rows. */
  records: string[];
}

/** Site settings that change what a row means. */
export interface StageOptions {
  rules: FormatRules;
  timezone: string;
  keepHeaders: string[] | undefined;
}

/** Salvage works synchronously, so it is given little at a time. */
const SALVAGE_BYTES = 1_000_000;

/** The engine read other rows out of a chunk than the cutter counted. */
class CountMismatch extends Error {
  constructor(readonly files: number[]) {
    super(`The engine read another number of rows than were sent for files ${files.join(', ')}`);
  }
}

/** Parses chunks into stage tables: bytes of strangers in, normalised rows and errors out. */
export class Stager {
  private readonly asciiDomains: Record<string, string> = {};

  constructor(
    private readonly store: Store,
    private readonly spool: Spool,
    private readonly options: StageOptions,
  ) {}

  /**
   * Fills a stage table with some chunks, and answers what it holds by file. Throws what the engine throws for other
   * reasons than the data (it is away, the disk is full).
   */
  async stage(
    slot: number,
    chunks: readonly ChunkRef[],
    fileOf: (id: number) => StagedFile,
  ): Promise<Map<number, StagedRows>> {
    const careful = new Set<number>();
    for (;;) {
      try {
        const expected = await this.fill(slot, chunks, fileOf, careful);
        if (await this.learnDomains(slot)) continue;
        return await this.judge(slot, chunks, fileOf, expected);
      } catch (error) {
        if (!(error instanceof CountMismatch) || error.files.every((file) => careful.has(file))) throw error;
        error.files.forEach((file) => careful.add(file));
      }
    }
  }

  private async fill(
    slot: number,
    chunks: readonly ChunkRef[],
    fileOf: (id: number) => StagedFile,
    careful: ReadonlySet<number>,
  ): Promise<Map<number, { sent: number; errors: IngestError[] }>> {
    await this.store.prepare(slot, `TRUNCATE TABLE ${stageTable(slot)}`);
    const expected = new Map<number, { sent: number; errors: IngestError[] }>();
    for (const chunk of chunks) {
      const sum = expected.get(chunk.file) ?? { sent: 0, errors: [] };
      expected.set(chunk.file, sum);
      const file = fileOf(chunk.file);
      if (!chunk.suspicious && !careful.has(chunk.file)) {
        try {
          await this.load(slot, file, this.spool.path(chunk), chunk.firstRecord);
          sum.sent += chunk.records;
          continue;
        } catch (error) {
          if (!isDataError(error)) throw error;
        }
      }
      const salvaged = await this.salvage(slot, file, chunk);
      sum.sent += salvaged.good;
      sum.errors.push(...salvaged.errors);
    }
    return expected;
  }

  /** Row by row: what a chunk's neighbours lose nothing by. */
  private async salvage(
    slot: number,
    file: StagedFile,
    chunk: ChunkRef,
  ): Promise<{ good: number; errors: IngestError[] }> {
    const { columns } = file.layout;
    const options = { columns, maxRecordBytes: MAX_RECORD_BYTES };
    const cutter = new RecordCutter({
      ...options,
      chunkBytes: SALVAGE_BYTES,
      start: { offset: chunk.offset, record: chunk.firstRecord, line: chunk.firstLine },
    });
    const result = { good: 0, errors: [] as IngestError[] };
    const content = await this.spool.read(chunk);
    const pieces = [...cutter.push(content), ...cutter.end()];
    for (const [index, piece] of pieces.entries()) {
      const { csv, good, errors } = salvage(Buffer.concat(piece.parts), { ...options, ...piece });
      result.good += good;
      result.errors.push(...errors);
      if (good > 0)
        await this.load(slot, file, await this.spool.writeBeside(chunk, `${index}`, csv), undefined);
    }
    return result;
  }

  /** Loads CSV without a header; where `firstRecord` is undefined, its first column is the row's number. */
  private load(
    slot: number,
    { entry, layout }: StagedFile,
    path: string,
    firstRecord: number | undefined,
  ): Promise<void> {
    const cells = Array.from({ length: layout.columns }, (_, i) => `c${i}`);
    const numbered = firstRecord === undefined;
    const line = numbered ? 'toUInt32(record)' : `toUInt32(rowNumberInAllBlocks() + ${firstRecord})`;
    const content = normaliseSql(layout, this.options.rules, {
      timezone: this.options.timezone,
      keepHeaders: this.options.keepHeaders,
      now: Math.floor(Date.now() / 1000),
      asciiDomains: this.asciiDomains,
    });
    return this.store.loadCsv(slot, path, numbered ? ['record', ...cells] : cells, (source) => {
      const raw = `if(error = '', '', substringUTF8(concatWithSeparator(',', ${cells.join(', ')}), 1, 500))`;
      return `INSERT INTO ${stageTable(slot)} (${CONTENT_COLUMNS.join(', ')}, role, completed, method, confidence, rank, file, line, ver, commit, sign, error, raw)
        SELECT ${CONTENT_COLUMNS.map((column) => (column === 'lacks' ? LACKS_OF_LATE : column)).join(', ')}, 0, 0, '', 0, ${rankOf(entry, layout)}, ${entry.id}, line, 0, 0, 1, error, ${raw}
        FROM (SELECT node, ${content}, line, ${cells.join(', ')}
          FROM (SELECT ${literal(entry.node)} AS node, ${line} AS line, ${cells.join(', ')} FROM ${source}))`;
    });
  }

  /** Names outside ASCII are rare and the engine cannot convert them: true where new ones were learnt. */
  private async learnDomains(slot: number): Promise<boolean> {
    const rows = await this.store.read<{ name: string }>(
      `SELECT DISTINCT arrayJoin([toString(domain), toString(senderDomain)]) AS name FROM ${stageTable(slot)}
       WHERE match(toString(domain), '[^\\\\x00-\\\\x7f]') OR match(toString(senderDomain), '[^\\\\x00-\\\\x7f]')`,
    );
    const unknown = rows
      .map(({ name }) => name)
      .filter((name) => !isAscii(name) && !(name in this.asciiDomains));
    const learnt = Object.entries(toAsciiDomains(unknown)).filter(([name, ascii]) => name !== ascii);
    for (const [name, ascii] of learnt) this.asciiDomains[name] = ascii;
    return learnt.length > 0;
  }

  private async judge(
    slot: number,
    chunks: readonly ChunkRef[],
    fileOf: (id: number) => StagedFile,
    expected: ReadonlyMap<number, { sent: number; errors: IngestError[] }>,
  ): Promise<Map<number, StagedRows>> {
    const counts = await this.store.read<{
      file: number;
      rows: number;
      good: number;
      repeated: number;
      records: string[];
    }>(
      `SELECT file, count() AS rows, countIf(error = '') AS good, countIf(startsWith(error, 'repeated header')) AS repeated,
         groupUniqArrayIf(toString(record), error = '') AS records
       FROM ${stageTable(slot)} GROUP BY file`,
    );
    const byFile = new Map(counts.map((row) => [row.file, row]));
    const wrong = [...expected]
      .filter(([file, { sent }]) => (byFile.get(file)?.rows ?? 0) !== sent)
      .map(([file]) => file);
    if (wrong.length > 0) throw new CountMismatch(wrong);
    const result = new Map<number, StagedRows>();
    for (const [file, { errors }] of expected) {
      const { good = 0, records = [] } = byFile.get(file) ?? {};
      result.set(file, { good, errors, records });
    }
    if (counts.some(({ rows, good, repeated }) => rows > good + repeated))
      await this.collectErrors(slot, chunks, fileOf, result);
    return result;
  }

  private async collectErrors(
    slot: number,
    chunks: readonly ChunkRef[],
    fileOf: (id: number) => StagedFile,
    result: Map<number, StagedRows>,
  ): Promise<void> {
    const bad = await this.store.read<{ file: number; line: number; error: string; raw: string }>(
      `SELECT file, line, error, raw FROM ${stageTable(slot)}
       WHERE error != '' AND NOT startsWith(error, 'repeated header') ORDER BY file, line`,
    );
    for (const chunk of chunks) {
      const end = chunk.firstRecord + chunk.records;
      const own = bad.filter(
        ({ file, line }) => file === chunk.file && line >= chunk.firstRecord && line < end,
      );
      if (own.length === 0) continue;
      const lines = physicalLines(
        await this.spool.read(chunk),
        { ...chunk, columns: fileOf(chunk.file).layout.columns, maxRecordBytes: MAX_RECORD_BYTES },
        own.map(({ line }) => line),
      );
      own.forEach(({ error, raw }, i) =>
        result.get(chunk.file)?.errors.push({ line: lines[i] ?? 0, reason: error, raw }),
      );
    }
  }
}

/** Which copy of an event is kept: the one whose layout says most, then the order of the files' seeds. */
function rankOf({ seed }: LedgerFile, { richness }: Layout): string {
  return (
    (BigInt(255 - Math.min(255, richness)) << 56n) |
    (BigInt(`0x${seed}`) & ((1n << 56n) - 1n))
  ).toString();
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}

/** Whether the engine refused the data, not the statement or the moment. */
function isDataError(error: unknown): boolean {
  return (
    error instanceof Error &&
    /cannot parse|incorrect_?data|cannot read all|expected end of line|at row \d|unexpected end|CANNOT_PARSE|too large string/i.test(
      error.message,
    )
  );
}
