import { setImmediate } from 'node:timers/promises';
import { toAsciiDomains, type Layout } from '../formats';
import type { Store } from '../store';
import { stageTable } from './commit';
import { KEPT_ERRORS } from './entries';
import type { ChunkRef } from './ledger';
import { MAX_RECORD_BYTES } from './reader';
import { physicalLines, RecordCutter, salvage } from './source';
import type { Spool } from './spool';
import {
  badRows,
  byLayout,
  cellsOf,
  createRawTable,
  foreignDomains,
  insertNormalised,
  insertRaw,
  isAscii,
  isDataError,
  numberedCells,
  openCounts,
  rawTable,
  stageCounts,
  type BadRow,
  type OpenCount,
  type StageCount,
  type StagedFile,
  type StageOptions,
} from './staging';
import type { IngestError } from './types';

/** What a stage table holds of a file: good rows, and the bad ones. Rows that repeat the header are neither. */
export interface StagedRows {
  good: number;
  bad: number;
  /** The first of the bad rows. */
  errors: IngestError[];
  /** How many of them stand from where an unterminated last row began, and the latest time of the good ones (epoch s). */
  open: { good: number; bad: number; time: number };
  /** Record types among the good rows. */
  records: string[];
}

/** Rows given to the engine, and those that were not worth giving to it. */
interface Sent {
  sent: number;
  bad: number;
  /** How many of the bad ones stand in a chunk that ends in an unterminated row. */
  openBad: number;
  errors: IngestError[];
}

/** Salvage works synchronously, so it is given little at a time. */
const SALVAGE_BYTES = 1_000_000;

/** Cutting goes on in slices, so that others get their turn. */
const SLICE_BYTES = 500_000;

/** Domains outside ASCII that one stage converts; more of them than a day of honest mail has stay as they are. */
const MAX_FOREIGN_DOMAINS = 1000;

/** The engine read other rows out of a chunk than the cutter counted. */
class CountMismatch extends Error {
  constructor(readonly files: number[]) {
    super(`The engine read another number of rows than were sent for files ${files.join(', ')}`);
  }
}

/** Parses chunks into stage tables: bytes of strangers in, normalised rows and errors out. */
export class Stager {
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
    const asciiDomains: Record<string, string> = {};
    for (;;) {
      try {
        const expected = await this.fill(slot, chunks, fileOf, careful, asciiDomains);
        if (await this.learnDomains(slot, asciiDomains)) continue;
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
    asciiDomains: Record<string, string>,
  ): Promise<Map<number, Sent>> {
    await this.store.prepare(slot, `TRUNCATE TABLE ${stageTable(slot)}`);
    const sent = new Map<number, Sent>();
    for (const { file } of chunks) sent.set(file, { sent: 0, bad: 0, openBad: 0, errors: [] });
    for (const group of byLayout(chunks, fileOf)) {
      const [first] = group;
      // To a server the statement travels in the URL, beside the data: the normalising one is too long for that.
      const together = group.length > 1 || this.store.mode === 'server';
      if (
        together ||
        !(await this.fillDirectly(slot, first, fileOf(first.file), careful, asciiDomains, sent))
      ) {
        await this.fillTogether(slot, group, fileOf, careful, asciiDomains, sent);
      }
    }
    return sent;
  }

  /** One chunk in one statement; false where that cannot be done. */
  private async fillDirectly(
    slot: number,
    chunk: ChunkRef,
    file: StagedFile,
    careful: ReadonlySet<number>,
    asciiDomains: Record<string, string>,
    sent: ReadonlyMap<number, Sent>,
  ): Promise<boolean> {
    if (chunk.suspicious || careful.has(chunk.file)) return false;
    const loaded = await this.tryLoad(slot, chunk, file.layout, (source) =>
      this.normalise(slot, file.layout, asciiDomains, numberedCells(file, chunk.firstRecord, source)),
    );
    if (loaded) (sent.get(chunk.file) as Sent).sent += chunk.records;
    return loaded;
  }

  /** Chunks of one layout by way of a table of raw cells: analysing the normalising statement costs more than a small chunk. */
  private async fillTogether(
    slot: number,
    chunks: readonly [ChunkRef, ...ChunkRef[]],
    fileOf: (id: number) => StagedFile,
    careful: ReadonlySet<number>,
    asciiDomains: Record<string, string>,
    sent: ReadonlyMap<number, Sent>,
  ): Promise<void> {
    const { layout } = fileOf(chunks[0].file);
    await this.store.prepare(slot, createRawTable(slot, layout));
    for (const chunk of chunks) {
      const file = fileOf(chunk.file);
      const sum = sent.get(chunk.file) as Sent;
      const insert = (first: number | undefined) => (source: string) => insertRaw(slot, file, first, source);
      const trusted = !chunk.suspicious && !careful.has(chunk.file);
      if (trusted && (await this.tryLoad(slot, chunk, layout, insert(chunk.firstRecord)))) {
        sum.sent += chunk.records;
        continue;
      }
      for await (const piece of this.salvaged(chunk, layout)) {
        sum.sent += piece.good;
        sum.bad += piece.bad;
        if (chunk.open) sum.openBad += piece.bad;
        for (const error of piece.errors) if (sum.errors.length < KEPT_ERRORS) sum.errors.push(error);
        if (piece.good > 0)
          await this.store.loadCsv(slot, piece.path, ['record', ...cellsOf(layout)], insert(undefined));
      }
    }
    const normalise = this.normalise(slot, layout, asciiDomains, `SELECT * FROM ${rawTable(slot)}`);
    await this.store.prepare(slot, `${normalise} SETTINGS async_insert = 0`);
    await this.store.prepare(slot, `DROP TABLE ${rawTable(slot)} SYNC`);
  }

  /** False where the engine refuses the data. */
  private async tryLoad(
    slot: number,
    chunk: ChunkRef,
    layout: Layout,
    sql: (source: string) => string,
  ): Promise<boolean> {
    try {
      await this.store.loadCsv(slot, this.spool.path(chunk), cellsOf(layout), sql);
      return true;
    } catch (error) {
      if (isDataError(error)) return false;
      throw error;
    }
  }

  /** A chunk row by row, so that a bad row's neighbours lose nothing: clean CSV with the row's number in front. */
  private async *salvaged(
    chunk: ChunkRef,
    { columns }: Layout,
  ): AsyncGenerator<{ path: string; good: number; bad: number; errors: IngestError[] }> {
    const options = { columns, maxRecordBytes: MAX_RECORD_BYTES };
    const cutter = new RecordCutter({
      ...options,
      chunkBytes: SALVAGE_BYTES,
      start: { offset: chunk.offset, record: chunk.firstRecord, line: chunk.firstLine },
    });
    const content = await this.spool.read(chunk);
    const pieces = [];
    for (let start = 0; start < content.length; start += SLICE_BYTES) {
      pieces.push(...cutter.push(content.subarray(start, start + SLICE_BYTES)));
      await setImmediate();
    }
    try {
      for (const piece of [...pieces, ...cutter.end()]) {
        const { csv, ...rows } = salvage(Buffer.concat(piece.parts), { ...options, ...piece }, KEPT_ERRORS);
        yield { path: await this.spool.writeBeside(chunk, csv), ...rows };
      }
    } finally {
      await this.spool.dropBeside(chunk);
    }
  }

  private normalise(
    slot: number,
    layout: Layout,
    asciiDomains: Record<string, string>,
    rows: string,
  ): string {
    const moment = { now: Math.floor(Date.now() / 1000), retention: this.store.retention, asciiDomains };
    return insertNormalised(slot, layout, rows, this.options, moment);
  }

  /** Names outside ASCII are rare and the engine cannot convert them: true where new ones were learnt. */
  private async learnDomains(slot: number, asciiDomains: Record<string, string>): Promise<boolean> {
    const rows = await this.store.read<{ name: string }>(foreignDomains(slot));
    const unknown = rows
      .map(({ name }) => name)
      .filter((name) => !isAscii(name) && !(name in asciiDomains))
      // They travel in the statement, whose length is limited.
      .slice(0, MAX_FOREIGN_DOMAINS - Object.keys(asciiDomains).length);
    const learnt = Object.entries(toAsciiDomains(unknown)).filter(([name, ascii]) => name !== ascii);
    for (const [name, ascii] of learnt) asciiDomains[name] = ascii;
    return learnt.length > 0;
  }

  private async judge(
    slot: number,
    chunks: readonly ChunkRef[],
    fileOf: (id: number) => StagedFile,
    expected: ReadonlyMap<number, Sent>,
  ): Promise<Map<number, StagedRows>> {
    const counts = await this.store.read<StageCount>(stageCounts(slot));
    const byFile = new Map(counts.map((row) => [row.file, row]));
    const wrong = [...expected]
      .filter(([file, { sent }]) => (byFile.get(file)?.rows ?? 0) !== sent)
      .map(([file]) => file);
    if (wrong.length > 0) throw new CountMismatch(wrong);
    const open = chunks.filter((chunk) => chunk.open);
    const openRows = open.length > 0 ? await this.store.read<OpenCount>(openCounts(slot, open)) : [];
    const result = new Map<number, StagedRows>();
    for (const [file, { bad, openBad, errors }] of expected) {
      const { rows = 0, good = 0, repeated = 0, records = [] } = byFile.get(file) ?? {};
      const last = openRows.find((row) => row.file === file);
      result.set(file, {
        good,
        bad: bad + rows - good - repeated,
        errors,
        open: { good: last?.good ?? 0, bad: (last?.bad ?? 0) + openBad, time: last?.time ?? 0 },
        records,
      });
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
    const bad = await this.store.read<BadRow>(badRows(slot));
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
    // Those that were salvaged and those that the engine found are each the first of their kind.
    for (const rows of result.values())
      rows.errors = rows.errors.sort((a, b) => a.line - b.line).slice(0, KEPT_ERRORS);
  }
}
