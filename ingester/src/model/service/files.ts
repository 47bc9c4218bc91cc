import { z } from 'zod';
import type { Store } from '../../store';
import type { AnswerContext } from '../context';
import { notAvailable, QueryError } from '../errors';
import { rowsFrame, type Column, type Frame, type Notice, type Value } from '../frames';
import { limitSchema, rangeShape, unknown } from '../schema';

/** What answers need to know of a log file. Times are ISO 8601. */
export interface FileEntry {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly node: string;
  readonly sha256: string;
  readonly status: string;
  readonly message: string;
  readonly bytes: number;
  readonly rows: number;
  readonly events: number;
  readonly duplicates: number;
  readonly errors: number;
  readonly progress: { readonly bytes: number; readonly rows: number };
  readonly queuedAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly firstEvent: string | null;
  readonly lastEvent: string | null;
}

/** A row of a file that could not be loaded. */
export interface FileError {
  readonly line: number;
  readonly reason: string;
  readonly raw: string;
}

/** States of a file. */
export const FILE_STATUSES = [
  'queued',
  'loading',
  'following',
  'loaded',
  'loaded_with_errors',
  'duplicate',
  'rejected',
  'failed',
] as const;

/** Name of a state of a file. */
export type FileState = (typeof FILE_STATUSES)[number];

/** A page of a list. */
interface Page {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Who knows the log files, newest first. */
export interface FileSource {
  list(page: Page & { status?: FileState | undefined }): Promise<{ files: FileEntry[]; next: string | null }>;
  get(id: string): Promise<FileEntry | undefined>;
  errors(id: string, page: Page): Promise<{ errors: FileError[]; next: string | null }>;
}

const pageShape = { limit: limitSchema(1000), cursor: z.string('a text').max(200).optional() };
const DEFAULT_LIMIT = 100;

/** A query of type `files`: the log files, newest first. The range does not matter: a file belongs to no instant. */
export const filesQuerySchema = z.object({
  ...rangeShape,
  ...pageShape,
  queryType: z.literal('files'),
  status: z.enum(FILE_STATUSES, { error: unknown('status', FILE_STATUSES) }).optional(),
});

/** A query of type `ingestErrors`: the rows of one file (`file`, its id) that could not be loaded, or of all files. */
export const ingestErrorsQuerySchema = z.object({
  ...rangeShape,
  ...pageShape,
  queryType: z.literal('ingestErrors'),
  file: z.string('the id of a file').max(100).optional(),
});

/** The files of the context. Throws QueryError 501 where there are none to know of. */
export function filesOf({ files }: AnswerContext): FileSource {
  if (!files) throw notAvailable('a list of files');
  return files;
}

const FIELDS: readonly (Column & { readonly of: (file: FileEntry) => Value })[] = [
  { name: 'id', kind: 'text', of: (file) => file.id },
  { name: 'name', kind: 'text', of: (file) => file.name },
  { name: 'kind', kind: 'text', of: (file) => file.kind },
  { name: 'node', kind: 'text', of: (file) => file.node },
  { name: 'status', kind: 'text', of: (file) => file.status },
  { name: 'message', kind: 'text', of: (file) => file.message },
  { name: 'bytes', kind: 'number', unit: 'bytes', of: (file) => file.bytes },
  { name: 'bytesRead', kind: 'number', unit: 'bytes', of: (file) => file.progress.bytes },
  { name: 'rows', kind: 'number', unit: 'short', of: (file) => file.rows },
  { name: 'events', kind: 'number', unit: 'short', of: (file) => file.events },
  { name: 'duplicates', kind: 'number', unit: 'short', of: (file) => file.duplicates },
  { name: 'errors', kind: 'number', unit: 'short', of: (file) => file.errors },
  { name: 'queuedAt', kind: 'instant', of: (file) => instant(file.queuedAt) },
  { name: 'startedAt', kind: 'instant', of: (file) => instant(file.startedAt) },
  { name: 'finishedAt', kind: 'instant', of: (file) => instant(file.finishedAt) },
  { name: 'firstEvent', kind: 'instant', of: (file) => instant(file.firstEvent) },
  { name: 'lastEvent', kind: 'instant', of: (file) => instant(file.lastEvent) },
  { name: 'sha256', kind: 'text', of: (file) => file.sha256 },
];

/** Answers with one row per file. */
export async function answerFiles(
  _store: Pick<Store, 'read'>,
  query: z.infer<typeof filesQuerySchema>,
  context: AnswerContext,
): Promise<Frame[]> {
  const { limit = DEFAULT_LIMIT, cursor, status } = query;
  const { files, next } = await filesOf(context).list({ limit, cursor, status });
  const rows = files.map((file) => FIELDS.map(({ of }) => of(file)));
  return [rowsFrame(FIELDS, rows, { refId: query.refId, ...paged(limit, next, 'files') })];
}

const ERROR_FIELDS: readonly Column[] = [
  { name: 'file', kind: 'text' },
  { name: 'name', kind: 'text' },
  { name: 'line', kind: 'number', unit: 'none' },
  { name: 'reason', kind: 'text' },
  { name: 'raw', kind: 'text' },
];

/** Answers with one row per record that could not be loaded. */
export async function answerIngestErrors(
  _store: Pick<Store, 'read'>,
  query: z.infer<typeof ingestErrorsQuerySchema>,
  context: AnswerContext,
): Promise<Frame[]> {
  const { limit = DEFAULT_LIMIT, cursor, file: id } = query;
  const source = filesOf(context);
  if (id === undefined && cursor !== undefined)
    throw new QueryError(400, 'cursor: pages are those of one file');
  const file = id === undefined ? undefined : await source.get(id);
  if (id !== undefined && !file) throw new QueryError(404, `there is no file ${id}`);
  const { rows, next } = file
    ? await errorsOf(source, file, { limit, cursor })
    : { rows: await errorsOfAll(source, limit), next: null };
  return [rowsFrame(ERROR_FIELDS, rows, { refId: query.refId, ...paged(limit, next, 'rows') })];
}

async function errorsOf(source: FileSource, file: FileEntry, page: Page) {
  const { errors, next } = await source.errors(file.id, page);
  const rows = errors.map(({ line, reason, raw }): Value[] => [file.id, file.name, line, reason, raw]);
  return { rows, next };
}

/** The first rows of the newest files that have any. */
async function errorsOfAll(source: FileSource, limit: number): Promise<Value[][]> {
  const rows: Value[][] = [];
  for await (const file of allFiles(source)) {
    if (file.errors === 0) continue;
    rows.push(...(await errorsOf(source, file, { limit: limit - rows.length })).rows);
    if (rows.length >= limit) break;
  }
  return rows;
}

/** Every file, newest first. */
export async function* allFiles(source: FileSource): AsyncGenerator<FileEntry> {
  let cursor: string | undefined;
  do {
    const { files, next } = await source.list({ limit: 1000, cursor });
    yield* files;
    cursor = next ?? undefined;
  } while (cursor !== undefined);
}

function paged(limit: number, next: string | null, what: string) {
  const text = `The first ${limit} ${what}; there are more: meta.custom.next is the cursor of the next page`;
  const notices: Notice[] = next === null ? [] : [{ severity: 'info', text }];
  return { notices, custom: { next } };
}

function instant(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso);
}
