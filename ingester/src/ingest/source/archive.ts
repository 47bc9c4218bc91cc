import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { asLogFileError, LogFileError } from './errors';
import { closeFile, openRegular, readHead, streamFrom } from './file';
import { INFLATED_BYTES, skipped, tooLarge } from './member';
import type { Member } from './member';
import { zipMembers } from './zip';

const OTHER_PACKERS: { magic: Buffer; name: string }[] = [
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), name: 'zstd' },
  { magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), name: 'xz' },
  { magic: Buffer.from('BZh'), name: 'bzip2' },
  { magic: Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), name: '7z' },
  { magic: Buffer.from('Rar!'), name: 'RAR' },
];

/**
 * The logs in a file: one for a .csv or .csv.gz, several for a .zip. The kind is told by the first bytes, not by the
 * name. Sizes that an archive declares are never believed: `maxBytes` holds for the bytes that really come out (of a
 * zip: of all its entries together).
 *
 * @throws LogFileError for what is no regular file, is empty, or is no readable archive. An entry of a zip that must
 * not be read is a member like any other whose `bytes()` throws, so that its neighbours still load.
 */
export async function* openLog(path: string, limits: { maxBytes: number }): AsyncGenerator<Member> {
  const { fd, size } = await openRegular(path);
  let head: Buffer;
  try {
    head = await readHead(fd, 8);
  } catch (error) {
    throw asLogFileError(error);
  } finally {
    await closeFile(fd);
  }
  if (size === 0 || head.length === 0) throw new LogFileError('empty', 'the file is empty');
  const other = OTHER_PACKERS.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  if (other)
    throw new LogFileError('unsupported', `${other.name} files are not read: use .csv, .csv.gz or .zip`);

  const name = basename(path);
  if (head[0] === 0x50 && head[1] === 0x4b && (head[2] === 0x03 || head[2] === 0x05)) {
    yield* await zipMembers(path, limits.maxBytes);
  } else if (head[0] === 0x1f && head[1] === 0x8b) {
    yield { name, bytes: (from = 0) => gunzipped(path, limits.maxBytes, from) };
  } else {
    if (size > limits.maxBytes) throw tooLarge(limits.maxBytes);
    yield { name, bytes: (from = 0) => plain(path, limits.maxBytes, from) };
  }
}

async function* plain(path: string, maxBytes: number, from: number): AsyncGenerator<Buffer> {
  const { fd } = await openRegular(path);
  yield* counted(streamFrom(fd, from), maxBytes - from, maxBytes);
}

async function* gunzipped(path: string, maxBytes: number, from: number): AsyncGenerator<Buffer> {
  const { fd } = await openRegular(path);
  const inflated = createGunzip({ chunkSize: INFLATED_BYTES });
  // The consumer sees a failure of either stream through `inflated`.
  pipeline(streamFrom(fd, 0), inflated, () => undefined);
  yield* skipped(counted(inflated, maxBytes, maxBytes), from);
}

/** Passes buffers on and throws once more than `allowed` bytes came. */
async function* counted(stream: Readable, allowed: number, maxBytes: number): AsyncGenerator<Buffer> {
  let seen = 0;
  try {
    for await (const buffer of stream as AsyncIterable<Buffer>) {
      seen += buffer.length;
      if (seen > allowed) throw tooLarge(maxBytes);
      yield buffer;
    }
  } catch (error) {
    throw asLogFileError(error);
  }
}
