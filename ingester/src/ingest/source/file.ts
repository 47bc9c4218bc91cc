import { close, constants, createReadStream, fstat, lstat, open, read } from 'node:fs';
import type { BigIntStats, Stats } from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { asLogFileError, LogFileError } from './errors';

const openAsync = promisify(open);
const closeAsync = promisify(close);
const fstatAsync = promisify(fstat);
const lstatAsync = promisify(lstat);
const readAsync = promisify(read);

/** Bytes asked from the file system at once: long enough to be fast, short enough for the event loop. */
const READ_BYTES = 512 * 1024;

/** What stands at a path if it is not a regular file, as a phrase; undefined for a regular file. */
export function irregular(stats: Stats | BigIntStats): string | undefined {
  if (stats.isFile()) return undefined;
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

function mustBeRegular(stats: Stats): void {
  const what = irregular(stats);
  if (what) throw new LogFileError('not_a_file', `${what} is not a log file`);
}

/**
 * Opens a regular file for reading. Anything else is refused before it is opened (opening a pipe would wait for its
 * writer), and once more on the descriptor, because the path may have changed in between.
 */
export async function openRegular(path: string): Promise<{ fd: number; size: number }> {
  try {
    mustBeRegular(await lstatAsync(path));
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    const fd = await openAsync(path, flags);
    try {
      const stats = await fstatAsync(fd);
      mustBeRegular(stats);
      return { fd, size: stats.size };
    } catch (error) {
      await closeAsync(fd);
      throw error;
    }
  } catch (error) {
    throw asLogFileError(error);
  }
}

/** Closes a descriptor of {@link openRegular}. */
export function closeFile(fd: number): Promise<void> {
  return closeAsync(fd);
}

/** The first bytes of a file, at most `length`. */
export async function readHead(fd: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await readAsync(fd, Buffer.alloc(length), 0, length, 0);
  return buffer.subarray(0, bytesRead);
}

/** A stream over an open descriptor from byte `start`; it closes the descriptor when it ends or is destroyed. */
export function streamFrom(fd: number, start: number): Readable {
  return createReadStream('', { fd, start, autoClose: true, highWaterMark: READ_BYTES });
}
