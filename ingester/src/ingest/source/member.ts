import { LogFileError } from './errors';

/** One log: a plain or gzipped file, or an entry of a zip. */
export interface Member {
  /** The file's name, or the entry's name as the archive gives it: a text to show, never a path to open. */
  name: string;
  /**
   * The decompressed bytes from offset `from` on, in buffers of at most 1 MB. Can be called several times; each call
   * opens the file anew. Throws LogFileError.
   */
  bytes(from?: number): AsyncIterable<Buffer>;
}

/** Size of the buffers a decompressor hands out. */
export const INFLATED_BYTES = 256 * 1024;

/** The error for more than `maxBytes` of log. */
export function tooLarge(maxBytes: number): LogFileError {
  const limit = maxBytes >= 1e6 ? `${Math.floor(maxBytes / 1e6)} MB` : `${maxBytes} bytes`;
  return new LogFileError('too_large', `the log is larger than the limit of ${limit}`);
}

/** Leaves out the first `from` bytes. */
export async function* skipped(buffers: AsyncIterable<Buffer>, from: number): AsyncGenerator<Buffer> {
  let left = from;
  for await (const buffer of buffers) {
    if (left >= buffer.length) {
      left -= buffer.length;
      continue;
    }
    yield left > 0 ? buffer.subarray(left) : buffer;
    left = 0;
  }
}
