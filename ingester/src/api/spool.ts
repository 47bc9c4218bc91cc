import busboy from 'busboy';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ApiError } from './errors';

/** A body that was written to disk: where, and what its sender called it. */
export interface SpooledFile {
  path: string;
  name: string;
}

/** What came in one request: its files in order, and the short form fields beside them. */
export interface Spooled {
  files: SpooledFile[];
  fields: Record<string, string>;
}

/** Where bodies are written and how much of them is taken. */
export interface SpoolOptions {
  folder: string;
  maxFileBytes: number;
  maxFiles: number;
  /** Default {@link PACE}. */
  pace?: Pace;
}

/** So many bytes must arrive in so many milliseconds: who sends less holds a connection for nothing. */
export interface Pace {
  bytes: number;
  milliseconds: number;
}

/** As slow as a sender may be: 1 kB a second, over a minute. */
const PACE: Pace = { bytes: 60_000, milliseconds: 60_000 };

/** Marks a body that is still arriving; a name without it is a whole file. */
const PARTIAL = '.part';

/**
 * Writes the files of a request to disk as they arrive: every file part of a multipart form, or the whole body as
 * one file called `rawName`. All of them or, after an error, none.
 * @throws ApiError 400, 408, 413 or 507 with the reason
 */
export async function spool(
  request: IncomingMessage,
  rawName: string | undefined,
  options: SpoolOptions,
): Promise<Spooled> {
  await mkdir(options.folder, { recursive: true });
  const spooled: Spooled = { files: [], fields: {} };
  const save = (stream: Readable, name: string): Promise<void> => {
    const file = { path: path.join(options.folder, randomUUID()), name: baseName(name) };
    spooled.files.push(file);
    return write(stream, file.path, options.maxFileBytes);
  };
  const stopPace = keepPace(request, options.pace ?? PACE);
  try {
    if (isMultipart(request)) await readForm(request, save, spooled.fields, options.maxFiles);
    else await save(request, requireName(rawName));
    if (spooled.files.length === 0) throw new ApiError(400, 'no_file', 'the form holds no file');
    for (const file of spooled.files) await rename(file.path + PARTIAL, file.path);
    return spooled;
  } catch (error) {
    await discard(spooled.files);
    throw asApiError(error, request);
  } finally {
    stopPace();
  }
}

/** Ends a request of which too little arrives, until the function it gives is called. What waits for our disk is not late. */
function keepPace(request: IncomingMessage, { bytes, milliseconds }: Pace): () => void {
  let before = request.socket.bytesRead;
  const timer = setInterval(() => {
    const { bytesRead } = request.socket;
    if (bytesRead - before < bytes && !request.complete && request.readableLength === 0) {
      const message = `the upload was too slow: fewer than ${bytes} bytes came in ${milliseconds / 1000} s`;
      request.destroy(new ApiError(408, 'timeout', message));
    }
    before = bytesRead;
  }, milliseconds);
  return () => clearInterval(timer);
}

/** Removes spooled files, whole or partial. */
export async function discard(files: readonly SpooledFile[]): Promise<void> {
  for (const file of files) {
    await rm(file.path, { force: true });
    await rm(file.path + PARTIAL, { force: true });
  }
}

/** Removes half uploads that a killed process left, and whole ones that are older than `maxAge` milliseconds. */
export async function prune(folder: string, maxAge: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const { mtimeMs } = await stat(file);
    if (name.endsWith(PARTIAL) || Date.now() - mtimeMs > maxAge) await rm(file, { force: true });
  }
}

function isMultipart(request: IncomingMessage): boolean {
  return /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '');
}

function requireName(name: string | undefined): string {
  if (name) return name;
  throw new ApiError(400, 'invalid_request', 'name: a raw body needs ?name=, or send a multipart form');
}

/** Flushed before the answer says that the file is queued, so that a power cut does not lose what was accepted. */
async function write(stream: Readable, target: string, maxBytes: number): Promise<void> {
  await pipeline(
    limited(stream, maxBytes),
    createWriteStream(target + PARTIAL, { flags: 'wx', flush: true }),
  );
}

/** Passes bytes on up to a limit. The source stays open after an error, as it is the connection the answer goes through. */
async function* limited(stream: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new ApiError(
        413,
        'too_large',
        `the file is larger than ${maxBytes / 1048576} MB (WATCHTOWER_MAX_FILE_MB)`,
      );
    }
    yield chunk;
  }
}

function readForm(
  request: IncomingMessage,
  save: (stream: Readable, name: string) => Promise<void>,
  fields: Record<string, string>,
  maxFiles: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const parser = openParser(request, maxFiles);
    const saves: Promise<void>[] = [];
    const fail = (error: unknown): void => {
      request.unpipe(parser);
      parser.destroy();
      // A save that is under way ends with its stream; only then can its file be removed.
      void Promise.allSettled(saves).then(() => reject(error as Error));
    };
    parser.on('file', (_field, stream, info) => {
      const saved = save(stream, info.filename ?? '');
      saved.catch(fail);
      saves.push(saved);
    });
    parser.on('field', (name, value) => (fields[name] = value));
    parser.on('filesLimit', () =>
      fail(new ApiError(413, 'too_many_files', `at most ${maxFiles} files in a form`)),
    );
    parser.on('error', () =>
      fail(new ApiError(400, 'invalid_form', 'the multipart form is damaged or ends too early')),
    );
    parser.on('finish', () => void Promise.all(saves).then(() => resolve(), fail));
    request.on('error', fail);
    request.pipe(parser);
  });
}

function openParser(request: IncomingMessage, files: number): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: { files, fields: 10, fieldSize: 1000, fieldNameSize: 100 },
    });
  } catch {
    throw new ApiError(400, 'invalid_form', 'the multipart form names no boundary');
  }
}

/** The last part of a name, whichever way its folders are written, without control characters. */
function baseName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  // eslint-disable-next-line no-control-regex
  const clean = last.replace(/[\u0000-\u001f\u007f]/g, '').slice(0, 255);
  return clean === '' || clean === '.' || clean === '..' ? 'upload' : clean;
}

function asApiError(error: unknown, request: IncomingMessage): unknown {
  if (error instanceof ApiError) return error;
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
    return new ApiError(507, 'no_space', 'the disk that takes uploads is full');
  }
  if (request.destroyed) return new ApiError(400, 'aborted', 'the upload was broken off');
  return error;
}
