import { BOM, checkEncoding } from './encoding';
import { LogFileError } from './errors';
import { splitFields } from './fields';
import { RecordScanner } from './scanner';

/** The longest header line. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** The header of a log and what follows it. */
export interface Header {
  /** The names as they stand there, quotes taken off. */
  fields: string[];
  /** Offset of the first byte behind the header, byte order mark and blank lines counted in. */
  headerBytes: number;
  /** Physical lines up to there. */
  headerLines: number;
  /** The bytes behind the header. Whoever does not read it to its end calls `return()`, which closes the file. */
  rest: AsyncIterableIterator<Buffer> & { return(): Promise<IteratorResult<Buffer>> };
}

/**
 * Takes the first row that is not blank off a log. The byte order mark is dropped, LF and CRLF are understood.
 *
 * @throws LogFileError `empty` where there is no such row, `encoding` for UTF-16 and binary data, `corrupt` where the row's
 * quotes are out of order or it is longer than 1 MB; and whatever the source throws.
 */
export async function takeHeader(buffers: AsyncIterable<Buffer>): Promise<Header> {
  const source = buffers[Symbol.asyncIterator]();
  try {
    let head = Buffer.alloc(0);
    for (;;) {
      const next = await source.next();
      if (!next.done) head = Buffer.concat([head, next.value]);
      const found = findHeader(head, next.done === true);
      if (found) return { ...found, rest: restOf(head.subarray(found.headerBytes), source) };
      if (next.done) throw new LogFileError('empty', 'the file holds no rows, not even a header');
    }
  } catch (error) {
    await source.return?.();
    throw error;
  }
}

function findHeader(head: Buffer, ended: boolean): Omit<Header, 'rest'> | undefined {
  const scanner = new RecordScanner(undefined, MAX_HEADER_BYTES);
  const mark = BOM.length;
  let position = head.subarray(0, mark).equals(BOM) ? mark : 0;
  for (let headerLines = 0; position < head.length; position = scanner.end) {
    scanner.begin(position);
    if (!scanner.advance(head, position, 0)) {
      if (!ended) return undefined;
      scanner.finish(head.length);
    }
    headerLines += scanner.lines;
    if (scanner.blank) continue;
    checkEncoding(head.subarray(0, scanner.end));
    if (scanner.problem)
      throw new LogFileError('corrupt', `the header line cannot be read: ${scanner.problem}`);
    const row = head.toString('utf8', position, scanner.end).replace(/\r?\n$|\r$/, '');
    return { fields: splitFields(row), headerBytes: scanner.end, headerLines };
  }
  return undefined;
}

function restOf(first: Buffer, source: AsyncIterator<Buffer>): Header['rest'] {
  let pending = first.length > 0 ? first : undefined;
  return {
    async next() {
      if (!pending) return source.next();
      const value = pending;
      pending = undefined;
      return { done: false, value };
    },
    async return() {
      pending = undefined;
      await source.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
