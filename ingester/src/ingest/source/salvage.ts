import { joinFields, splitFields } from './fields';
import { RecordScanner } from './scanner';

/** A row that cannot be loaded. */
export interface RowError {
  /** Physical line in the file, from 1. */
  line: number;
  /** Number of the row, as in {@link Piece}. */
  record: number;
  reason: string;
  /** The start of the text, at most 500 characters, without its line end. */
  raw: string;
}

/** What a chunk is: the piece it came from and how rows are judged. */
export interface ChunkOptions {
  columns: number;
  firstRecord: number;
  firstLine: number;
  maxRecordBytes: number;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const RAW_CHARACTERS = 500;

/**
 * Takes the good rows out of a chunk, and says of each bad one what is wrong with it. `csv` is CSV that every parser reads
 * alike, one row a record, with the row's number as an extra first column. good + bad = the piece's `records`; of the
 * bad ones the first `kept` are told.
 */
export function salvage(
  chunk: Buffer,
  options: ChunkOptions,
  kept = Infinity,
): { csv: Buffer; good: number; bad: number; errors: RowError[] } {
  const errors: RowError[] = [];
  const csv = new Bytes(chunk.length + 1024);
  let good = 0;
  let bad = 0;
  eachRow(chunk, options, (row, record, line) => {
    const end = contentEnd(chunk, row.start, row.end);
    if (row.problem === undefined) {
      good++;
      csv.text(`${record},`);
      // Byte for byte, whatever the encoding: latin1 maps each byte to a character and back.
      if (row.ambiguous) csv.text(joinFields(splitFields(chunk.toString('latin1', row.start, end))));
      else csv.copy(chunk, row.start, end);
      csv.text('\n');
    } else if (bad++ < kept) {
      errors.push({ line, record, reason: row.problem, raw: startOfText(chunk, row.start, end) });
    }
  });
  return { csv: csv.done(), good, bad, errors };
}

/** The physical lines on which rows of a chunk start; row numbers in ascending order, as in {@link Piece}. */
export function physicalLines(chunk: Buffer, options: ChunkOptions, records: number[]): number[] {
  const lines: number[] = [];
  eachRow(chunk, options, (_row, record, line) => {
    if (record === records[lines.length]) lines.push(line);
  });
  return lines;
}

function eachRow(
  chunk: Buffer,
  { columns, maxRecordBytes, firstRecord, firstLine }: ChunkOptions,
  visit: (row: RecordScanner, record: number, line: number) => void,
): void {
  const scanner = new RecordScanner(columns, maxRecordBytes);
  let record = firstRecord;
  let line = firstLine;
  for (let position = 0; position < chunk.length; position = scanner.end) {
    scanner.begin(position);
    if (!scanner.advance(chunk, position, 0)) scanner.finish(chunk.length);
    if (!scanner.blank) visit(scanner, record++, line);
    line += scanner.lines;
  }
}

function contentEnd(chunk: Buffer, start: number, end: number): number {
  if (end > start && chunk[end - 1] === NEWLINE) end--;
  if (end > start && chunk[end - 1] === RETURN) end--;
  return end;
}

function startOfText(chunk: Buffer, start: number, end: number): string {
  // Four bytes are the longest character; one cut in half at the end of the slice is beyond what is kept.
  return chunk
    .toString('utf8', start, Math.min(end, start + 4 * RAW_CHARACTERS + 4))
    .slice(0, RAW_CHARACTERS);
}

/** A buffer that grows. */
class Bytes {
  private buffer: Buffer;
  private length = 0;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size);
  }

  text(text: string): void {
    this.reserve(text.length);
    this.length += this.buffer.write(text, this.length, 'latin1');
  }

  copy(source: Buffer, start: number, end: number): void {
    this.reserve(end - start);
    this.length += source.copy(this.buffer, this.length, start, end);
  }

  done(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe((this.length + more) * 2);
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}
