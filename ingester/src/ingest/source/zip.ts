import { PassThrough, pipeline } from 'node:stream';
import type { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { fromFd } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { crc32 } from './crc32';
import { asLogFileError, LogFileError } from './errors';
import { closeFile, openRegular } from './file';
import { INFLATED_BYTES, skipped, tooLarge } from './member';
import type { Member } from './member';

const MAX_ENTRIES = 10_000;
const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;
const REGULAR = 0o100000;
const STORED = 0;
const DEFLATED = 8;

/**
 * The entries of a zip that are logs: those named .csv, or all of them where none is. Entries that must not be read
 * (paths that leave the archive, links, encryption, archives within) are members whose `bytes()` throws.
 *
 * @throws LogFileError where the archive's directory is damaged, or declares more than `maxBytes` in all.
 */
export async function zipMembers(path: string, maxBytes: number): Promise<Member[]> {
  const zip = await openZip(path);
  let entries: NamedEntry[];
  try {
    entries = await listEntries(zip);
  } finally {
    zip.close();
  }
  const files = entries.filter(({ name }) => !isClutter(name));
  const logs = files.some(({ name }) => isCsv(name))
    ? files.filter(({ name }) => isCsv(name) || isNested(name))
    : files;
  if (logs.length === 0) throw new LogFileError('empty', 'the archive holds no files');
  // An entry that inflates to more than it declares is stopped while it is read, so this sum bounds the real bytes.
  const declared = logs.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  return logs.map(({ name, entry }) => ({
    name,
    bytes: (from = 0) => skipped(entryBytes(path, name, entry), from),
  }));
}

interface NamedEntry {
  name: string;
  entry: Entry;
}

const isCsv = (name: string): boolean => /\.csv$/i.test(name);
const isNested = (name: string): boolean => /\.(zip|gz|tgz|bz2|xz|zst|7z|rar|tar)$/i.test(name);
const isClutter = (name: string): boolean =>
  /[/\\]$/.test(name) || /(^|\/)__MACOSX\//.test(name) || /(^|\/)\.[^./\\][^/\\]*$/.test(name);

async function openZip(path: string): Promise<ZipFile> {
  const { fd } = await openRegular(path);
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: false };
    fromFd(fd, options, (error, zip) => {
      if (!error) return resolve(zip);
      closeFile(fd).then(() => reject(damaged(error)), reject);
    });
  });
}

function listEntries(zip: ZipFile): Promise<NamedEntry[]> {
  if (zip.entryCount > MAX_ENTRIES) {
    throw new LogFileError(
      'too_large',
      `the archive has ${zip.entryCount} entries, more than ${MAX_ENTRIES}`,
    );
  }
  return new Promise((resolve, reject) => {
    const entries: NamedEntry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push({ name: decodeName(entry.fileName as unknown as Buffer), entry });
      zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', (error: Error) => reject(damaged(error)));
    zip.readEntry();
  });
}

/** Names come as bytes, UTF-8 or an old code page. */
function decodeName(raw: Buffer): string {
  const text = raw.toString('utf8');
  return text.includes('\uFFFD') ? raw.toString('latin1') : text;
}

function damaged(error: Error): LogFileError {
  return new LogFileError('corrupt', `the zip archive is damaged or cut off (${error.message})`, {
    cause: error,
  });
}

/** Why an entry must not be read; undefined for a good one. */
function refusal(name: string, entry: Entry): LogFileError | undefined {
  const shown = JSON.stringify(name);
  if (/^[/\\]|^[a-z]:|\0/i.test(name) || name.split(/[/\\]/).includes('..')) {
    return new LogFileError('unsafe_path', `the entry ${shown} has a path that leaves the archive`);
  }
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  if (type === SYMLINK) return new LogFileError('unsafe_path', `the entry ${shown} is a symbolic link`);
  if (type !== 0 && type !== REGULAR) {
    return new LogFileError('not_a_file', `the entry ${shown} is not a regular file`);
  }
  if (entry.isEncrypted()) return new LogFileError('encrypted', `the entry ${shown} is encrypted`);
  if (isNested(name)) {
    return new LogFileError(
      'unsupported',
      `the entry ${shown} is an archive within the archive: unpack it first`,
    );
  }
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    const method = entry.compressionMethod;
    return new LogFileError(
      'unsupported',
      `the entry ${shown} is compressed by the unknown method ${method}`,
    );
  }
  return undefined;
}

async function* entryBytes(path: string, name: string, entry: Entry): AsyncGenerator<Buffer> {
  const refused = refusal(name, entry);
  if (refused) throw refused;
  const zip = await openZip(path);
  try {
    let seen = 0;
    let crc = 0;
    for await (const buffer of await inflatedEntry(zip, entry)) {
      seen += buffer.length;
      if (seen > entry.uncompressedSize) {
        throw new LogFileError(
          'corrupt',
          `more data than the ${entry.uncompressedSize} bytes the archive declares`,
        );
      }
      crc = crc32(buffer, crc);
      yield buffer;
    }
    if (seen < entry.uncompressedSize) {
      throw new LogFileError('corrupt', `${seen} bytes where the archive declares ${entry.uncompressedSize}`);
    }
    if (crc !== entry.crc32) throw new LogFileError('corrupt', 'the checksum in the archive does not match');
  } catch (error) {
    throw asLogFileError(error);
  } finally {
    zip.close();
  }
}

/**
 * The entry's content. Inflated here, because yauzl's own filter hands out small buffers; a stored entry goes through a
 * stream of ours too, because yauzl's never closes, which is what an iteration waits for.
 */
function inflatedEntry(zip: ZipFile, entry: Entry): Promise<AsyncIterable<Buffer>> {
  const deflated = entry.compressionMethod === DEFLATED;
  return new Promise((resolve, reject) => {
    const options = { decompress: deflated ? false : null, decrypt: null, start: null, end: null };
    zip.openReadStream(entry, options, (error: Error | null, raw: Readable) => {
      if (error) return reject(damaged(error));
      const content = deflated ? createInflateRaw({ chunkSize: INFLATED_BYTES }) : new PassThrough();
      // The consumer sees a failure of either stream through `content`.
      pipeline(raw, content, () => undefined);
      resolve(content as AsyncIterable<Buffer>);
    });
  });
}
