import { RecordScanner } from './scanner';

/** Some rows of a log, in one piece: what is loaded at once. */
export interface Piece {
  /**
   * The bytes, contiguous, except that of a physical line longer than `maxRecordBytes` only the first
   * `maxRecordBytes` + 1 are there.
   */
  parts: Buffer[];
  /** Offset of the first byte in the decompressed log. */
  offset: number;
  /** Bytes of the log this piece stands for; the next piece starts at `offset + bytes`. */
  bytes: number;
  /** Rows, good and bad; blank lines are none. */
  records: number;
  /** Number of the first row; rows count from 1 behind the header. */
  firstRecord: number;
  /** Number of the first physical line; lines count from 1 at the top of the file. */
  firstLine: number;
  /** Physical lines. */
  lines: number;
  /**
   * Not every row is known to be well formed with the right number of columns: the piece has to go through `salvage`.
   * Of a piece that is not suspicious every row has the right number of columns.
   */
  suspicious: boolean;
  /** The last row has no newline. */
  open: boolean;
}

/** Where a cutter starts: behind the header, or behind what an earlier run has loaded. */
export interface CutterStart {
  /** Offset of the next byte in the decompressed log. */
  offset: number;
  /** Number of the next row. */
  record: number;
  /** Number of the next physical line. */
  line: number;
}

/** Settings of a {@link RecordCutter}. */
export interface CutterOptions {
  /** Number of fields a row must have. */
  columns: number;
  /** A piece ends with the first row that brings it to this many bytes. */
  chunkBytes: number;
  /** The longest row, line end included; longer ones are errors. */
  maxRecordBytes: number;
  start: CutterStart;
}

/**
 * Cuts the bytes of a log, header taken off, on row borders. What comes out is a pure function of the bytes and the
 * options: how the bytes are split into buffers makes no difference. Holds a piece and one row at most. What a row is, is
 * said at {@link RecordScanner}.
 */
export class RecordCutter {
  private readonly scanner: RecordScanner;
  private readonly ready: Piece[] = [];
  /** Views of the input: the piece so far, then the unfinished row. */
  private parts: Buffer[] = [];
  /** Absolute offset behind the last byte that was looked at. */
  private position: number;
  private offset: number;
  private records = 0;
  private lines = 0;
  private firstRecord: number;
  private firstLine: number;
  private suspicious = false;
  private open = false;

  constructor(private readonly options: CutterOptions) {
    const { columns, maxRecordBytes, start } = options;
    this.scanner = new RecordScanner(columns, maxRecordBytes);
    this.scanner.begin(start.offset);
    this.position = start.offset;
    this.offset = start.offset;
    this.firstRecord = start.record;
    this.firstLine = start.line;
  }

  /** Takes the next bytes; the pieces that are complete with them. The buffer must not be changed afterwards. */
  push(buffer: Buffer): Piece[] {
    this.scan([buffer]);
    return this.ready.splice(0);
  }

  /**
   * The complete rows that did not fill a piece yet, at most one piece. The unfinished row stays, and more bytes may be
   * pushed: this is how a growing file is followed.
   */
  cut(): Piece[] {
    const tail = this.takeTail();
    this.emit();
    this.parts = tail;
    return this.ready.splice(0);
  }

  /** The rest, where the log ends here: an unfinished row counts as one. */
  end(): Piece[] {
    while (this.scanner.start < this.position) {
      this.scanner.finish(this.position);
      if (this.scanner.end < this.position) {
        this.scan(this.rewind());
      } else {
        this.open = true;
        this.account();
      }
    }
    this.emit();
    return this.ready.splice(0);
  }

  private scan(queue: Buffer[]): void {
    for (let buffer = queue.shift(); buffer; buffer = queue.shift()) {
      const base = this.position;
      let held = 0;
      let index = 0;
      while (index < buffer.length && this.scanner.advance(buffer, index, base)) {
        if (this.scanner.end < base) {
          this.hold(buffer, held, buffer.length);
          this.position = base + buffer.length;
          queue.unshift(...this.rewind());
          held = -1;
          break;
        }
        index = this.scanner.end - base;
        if (this.scanner.overlong) held = this.leaveOut(buffer, base, held, index - 1);
        this.account();
        if (this.scanner.start - this.offset >= this.options.chunkBytes) {
          this.hold(buffer, held, index);
          held = index;
          this.emit();
        }
      }
      if (held < 0) continue;
      this.position = base + buffer.length;
      if (this.scanner.overlong) held = this.leaveOut(buffer, base, held, buffer.length);
      this.hold(buffer, held, buffer.length);
    }
  }

  /** Keeps the start of an overlong line that ends or goes on at `to`, drops the rest of it; the index to go on from. */
  private leaveOut(buffer: Buffer, base: number, held: number, to: number): number {
    const keep = Math.max(held, this.scanner.start + this.options.maxRecordBytes + 1 - base);
    if (keep >= to) return held;
    this.hold(buffer, held, keep);
    return to;
  }

  private hold(buffer: Buffer, from: number, to: number): void {
    if (to > from) this.parts.push(buffer.subarray(from, to));
  }

  /** Counts the row that ended and starts the next behind it. */
  private account(): void {
    const { scanner } = this;
    if (!scanner.blank) this.records++;
    this.lines += scanner.lines;
    if (scanner.blank || scanner.ambiguous || scanner.problem !== undefined) this.suspicious = true;
    scanner.begin(scanner.end);
  }

  /** The row ended before what was already looked at: gives the bytes behind it back, to be looked at again. */
  private rewind(): Buffer[] {
    this.account();
    const again = this.takeTail();
    this.position = this.scanner.start;
    if (this.position - this.offset >= this.options.chunkBytes) this.emit();
    return again;
  }

  /** Takes the bytes of the unfinished row off the parts. */
  private takeTail(): Buffer[] {
    let length = this.position - this.scanner.start;
    if (this.scanner.overlong) length = Math.min(length, this.options.maxRecordBytes + 1);
    const tail: Buffer[] = [];
    while (length > 0) {
      const part = this.parts.pop() as Buffer;
      if (part.length > length) this.parts.push(part.subarray(0, part.length - length));
      tail.unshift(part.subarray(Math.max(0, part.length - length)));
      length -= part.length;
    }
    return tail;
  }

  private emit(): void {
    const { parts, offset, records, firstRecord, firstLine, lines, suspicious, open } = this;
    const bytes = this.scanner.start - offset;
    if (bytes === 0) return;
    this.ready.push({ parts, offset, bytes, records, firstRecord, firstLine, lines, suspicious, open });
    this.parts = [];
    this.offset = this.scanner.start;
    this.firstRecord += records;
    this.firstLine += this.lines;
    this.records = 0;
    this.lines = 0;
    this.suspicious = false;
    this.open = false;
  }
}
