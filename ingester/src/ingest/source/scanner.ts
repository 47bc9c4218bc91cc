const NUL = 0x00;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;

const enum State {
  /** Outside quotes. */
  Plain,
  /** Inside a quoted field. */
  Quoted,
  /** Behind a quote that either closes the field or is the first of a doubled one. */
  AfterQuote,
  /** Behind a carriage return that must be followed by a newline. */
  AfterReturn,
  /** In a physical line that is known to be bad: everything up to its newline belongs to it. */
  Bad,
}

/**
 * Finds where rows end, and whether they are well formed, in one pass over the bytes. Cutting, salvaging and numbering
 * all go by this one scanner, so that they agree on what a row is.
 *
 * A row is a CSV record: quotes count at the start of a field only, newlines inside quoted fields belong to it. A row that
 * is malformed, too long or has the wrong number of columns ends at its **first physical line**, and the next physical line
 * starts afresh: an unbalanced quote never takes its neighbours with it. Every line is looked at three times at most,
 * because what follows an open quote up to the next line with an odd number of quotes is closed in itself.
 */
export class RecordScanner {
  /** Absolute offset of the row's first byte. */
  start = 0;
  /** Absolute offset behind the row, newline included, once `advance` returned true or `finish` was called. */
  end = 0;
  /** Physical lines the row takes. */
  lines = 0;
  /** Nothing but a line end. */
  blank = false;
  /** What is wrong with the row; undefined for a good or blank one. */
  problem: string | undefined;
  /** A good row that other parsers could read otherwise: quotes inside an unquoted field, or a return at the very end. */
  ambiguous = false;
  /** The row is one physical line that is longer than the limit. */
  overlong = false;

  private state = State.Plain;
  private fields = 1;
  private newlines = 0;
  private firstNewline = -1;
  private strayQuotes = 0;
  private nul = false;
  /** The last byte of the buffer before the current one. */
  private previous = 0;

  /**
   * @param columns the number of fields a row must have; undefined accepts any
   * @param maxRecordBytes the longest row, its line end included
   */
  constructor(
    private readonly columns: number | undefined,
    private readonly maxRecordBytes: number,
  ) {}

  /** Starts a row at an absolute offset. */
  begin(offset: number): void {
    this.start = offset;
    this.blank = false;
    this.problem = undefined;
    this.ambiguous = false;
    this.overlong = false;
    this.state = State.Plain;
    this.fields = 1;
    this.newlines = 0;
    this.firstNewline = -1;
    this.strayQuotes = 0;
    this.nul = false;
  }

  /**
   * Reads on in `buffer`, whose first byte stands at absolute offset `base`, from `index`. True when the row ended: `end`
   * and the verdict are set, and `end` may lie **before** `base` (the caller must then go back to it). False when the
   * buffer was used up.
   */
  advance(buffer: Buffer, index: number, base: number): boolean {
    const limit = this.start + this.maxRecordBytes - base;
    const stop = Math.min(buffer.length, limit);
    let i = index;
    let ended = false;
    while (!ended && i < stop) {
      if (this.state === State.Plain) i = this.plain(buffer, i, stop, base);
      else if (this.state === State.Quoted) i = this.quoted(buffer, i, stop, base);
      else if (this.state === State.AfterQuote) i = this.afterQuote(buffer[i] as number, i);
      else if (this.state === State.AfterReturn) i = this.afterReturn(buffer[i] as number, i, base);
      else break;
      ended = i < 0;
    }
    if (!ended && i >= limit && buffer.length > limit && this.state !== State.Bad) {
      this.overlong = this.firstNewline < 0;
      ended = this.malformed(`the row is longer than ${this.maxRecordBytes} bytes`);
    }
    if (!ended && this.state === State.Bad) {
      const newline = buffer.indexOf(NEWLINE, Math.max(i, 0));
      if (newline >= 0) ended = this.close(base + newline + 1, this.problem);
    }
    if (buffer.length > 0) this.previous = buffer[buffer.length - 1] as number;
    return ended;
  }

  /** Ends the row at the end of the input (absolute offset); `end` may lie before it, as in `advance`. */
  finish(offset: number): void {
    // The last physical line counts without its newline too.
    this.newlines++;
    if (this.state === State.Quoted) {
      if (!this.malformed('a quote is opened and never closed')) this.close(offset, this.problem);
    } else if (this.state === State.Bad) {
      this.close(offset, this.problem);
    } else {
      this.ambiguous = this.state === State.AfterReturn;
      this.complete(offset, this.ambiguous && offset === this.start + 1);
    }
  }

  /** The four readers return the next index, or -1 when the row has ended. */
  private plain(buffer: Buffer, from: number, stop: number, base: number): number {
    let i = from;
    while (i < stop) {
      const byte = buffer[i] as number;
      if (byte > COMMA) {
        i++;
      } else if (byte === COMMA) {
        this.fields++;
        i++;
      } else if (byte === NEWLINE) {
        this.newlines++;
        return this.complete(base + i + 1, base + i === this.start);
      } else if (byte === QUOTE) {
        const before = i > 0 ? buffer[i - 1] : this.previous;
        if (base + i === this.start || before === COMMA) {
          this.state = State.Quoted;
          return i + 1;
        }
        if (this.firstNewline >= 0) return this.fail('a quote inside an unquoted field', i);
        this.strayQuotes++;
        i++;
      } else if (byte === RETURN) {
        this.state = State.AfterReturn;
        return i + 1;
      } else {
        if (byte === NUL) this.nul = true;
        i++;
      }
    }
    return i;
  }

  private quoted(buffer: Buffer, from: number, stop: number, base: number): number {
    let i = from;
    while (i < stop) {
      const byte = buffer[i] as number;
      i++;
      if (byte > QUOTE) continue;
      if (byte === QUOTE) {
        this.state = State.AfterQuote;
        return i;
      }
      if (byte === NEWLINE) {
        // Stray quotes before it make an open quote on the same line untrustworthy: the line has to stand alone.
        if (this.strayQuotes > 0) {
          this.close(base + i, 'a quote is opened and never closed', 1);
          return -1;
        }
        this.newlines++;
        if (this.firstNewline < 0) this.firstNewline = base + i - 1;
      } else if (byte === NUL) {
        this.nul = true;
      }
    }
    return i;
  }

  private afterQuote(byte: number, i: number): number {
    if (byte === QUOTE) {
      this.state = State.Quoted;
      return i + 1;
    }
    if (byte === COMMA || byte === NEWLINE || byte === RETURN) {
      this.state = State.Plain;
      return i;
    }
    return this.fail('text behind a closing quote', i);
  }

  private afterReturn(byte: number, i: number, base: number): number {
    if (byte !== NEWLINE) return this.fail('a carriage return inside an unquoted field', i);
    this.newlines++;
    return this.complete(base + i + 1, base + i === this.start + 1);
  }

  private fail(problem: string, i: number): number {
    return this.malformed(problem) ? -1 : i;
  }

  /** Marks the row as bad. True when its first physical line is already behind: it ended there. */
  private malformed(problem: string): boolean {
    if (this.firstNewline >= 0) return this.close(this.firstNewline + 1, problem, 1);
    this.problem = problem;
    this.state = State.Bad;
    return false;
  }

  /** A row whose quotes are in order ended. */
  private complete(end: number, empty: boolean): -1 {
    this.blank = empty;
    const { columns, fields } = this;
    if (this.nul) {
      this.close(end, 'the row holds NUL bytes');
    } else if (this.strayQuotes % 2 === 1) {
      this.close(end, 'a quote without a partner');
    } else if (!empty && columns !== undefined && fields !== columns) {
      const problem = `expected ${columns} columns, found ${fields}`;
      if (this.firstNewline >= 0) this.close(this.firstNewline + 1, problem, 1);
      else this.close(end, problem);
    } else {
      if (this.strayQuotes > 0) this.ambiguous = true;
      this.close(end, undefined);
    }
    return -1;
  }

  private close(end: number, problem: string | undefined, lines = Math.max(1, this.newlines)): true {
    this.end = end;
    this.problem = problem;
    this.lines = lines;
    return true;
  }
}
