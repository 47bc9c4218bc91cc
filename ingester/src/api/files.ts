import path from 'node:path';
import { z } from 'zod';
import { FileBusyError, LogFileError, type FileRecord, type FileStatus } from '../ingest';
import { FILE_STATUSES, maskText } from '../model';
import { ApiError, check } from './errors';
import { pageSchema } from './input';
import { answers, json, parametersOf, pathParameter } from './openapi';
import type { ApiContext, ApiDependencies, Route } from './route';
import { discard, prune, spool, type Spooled, type SpooledFile } from './spool';

/** Most files in one form; a browser that sends a folder stays below it. */
const MAX_FILES = 1000;

/** States after which an upload's bytes are not needed any more; a copy's are, when the file it is a copy of is deleted. */
const DONE: readonly FileStatus[] = ['loaded', 'loaded_with_errors'];

const listSchema = pageSchema.extend({
  status: z.enum(FILE_STATUSES, `must be one of ${FILE_STATUSES.join(', ')}`).optional(),
});

const nodeSchema = z
  .string()
  .regex(/^[\w.-]{1,100}$/, 'must be 1 to 100 letters, digits, dots, dashes and underscores')
  .optional();

const uploadSchema = z.object({ name: z.string().optional(), node: nodeSchema });

/** Bodies of an upload. A document tells files in a form by their format. */
const UPLOADS = {
  'multipart/form-data': z.object({
    files: z.array(z.string().meta({ format: 'binary' })).max(MAX_FILES),
    node: nodeSchema,
  }),
  'application/octet-stream': z.unknown(),
};

/** A log file of one delivery. */
const LOG = [
  'type,timeLogged,timeQueued,orig,rcpt,vmta,jobId',
  'd,2026-09-15 12:00:05+0000,2026-09-15 12:00:00+0000,news@sender.example,eve@example.org,VMTA-1,J-18',
  '',
].join('\n');

const FILE_ID = pathParameter('id', 'Id of the file');
const NO_FILE: Readonly<Record<number, string>> = { 404: 'there is no such file' };
const BUSY = 'it is queued, loading or followed: `busy`';
const PAGE_MEANINGS = { limit: 'At most so many; without it, 100', cursor: 'The `next` of the page before' };

/**
 * Removes uploads that nothing needs any more. One that was refused or is a copy stays for `days`, so that it can be
 * tried again with other rules, or take the place of the other.
 */
export function pruneUploads(dataDir: string, days: number): Promise<void> {
  return prune(uploadFolder(dataDir), days * 86_400_000);
}

function uploadFolder(dataDir: string): string {
  return path.join(dataDir, 'uploads');
}

/** Files: list, one, its bad rows, retry, delete, upload. */
export function fileRoutes(deps: ApiDependencies): Route[] {
  const { ingest } = deps;
  return [
    {
      method: 'GET',
      path: '/api/files',
      needs: 'read',
      doc: {
        tag: 'files',
        summary: 'Log files, newest first',
        parameters: parametersOf(listSchema, { ...PAGE_MEANINGS, status: 'Only files in this state' }),
        answer: json('A page of files', answers.page('files', answers.logFile)),
        examples: { 'what is loaded': { parameters: { status: 'loaded', limit: 20 } } },
      },
      handle: async (context) => context.json(await ingest.list(check(listSchema, context.req.query()))),
    },
    {
      method: 'GET',
      path: '/api/files/:id',
      needs: 'read',
      doc: {
        tag: 'files',
        summary: 'One log file',
        parameters: [FILE_ID],
        answer: json('The file', answers.logFile),
        refusals: NO_FILE,
        examples: { 'a file': { parameters: { id: '1' } } },
      },
      handle: async (context) => context.json(await existing(deps, context)),
    },
    {
      method: 'GET',
      path: '/api/files/:id/errors',
      needs: 'read',
      doc: {
        tag: 'files',
        summary: 'Rows of a file that could not be loaded',
        parameters: [FILE_ID, ...parametersOf(pageSchema, PAGE_MEANINGS)],
        answer: json('A page of rows', answers.page('errors', answers.fileError)),
        refusals: NO_FILE,
        examples: { 'the first ten': { parameters: { id: '1', limit: 10 } } },
      },
      handle: async (context) => {
        const { id } = await existing(deps, context);
        const page = await ingest.errors(id, check(pageSchema, context.req.query()));
        if (!context.get('masked')) return context.json(page);
        return context.json({ ...page, errors: page.errors.map(masked) });
      },
    },
    {
      method: 'POST',
      path: '/api/files/:id/retry',
      needs: 'admin',
      doc: {
        tag: 'files',
        summary: 'Loads a file again that failed or was rejected',
        parameters: [FILE_ID],
        answer: json('The file, queued', answers.logFile, 202),
        refusals: { ...NO_FILE, 409: BUSY, 422: 'its content is not there any more' },
        examples: { 'a file': { parameters: { id: '2' } } },
      },
      handle: async (context) => context.json(await change(deps, context, (id) => ingest.retry(id)), 202),
    },
    {
      method: 'DELETE',
      path: '/api/files/:id',
      needs: 'admin',
      doc: {
        tag: 'files',
        summary: "Takes a file's events out of every figure",
        parameters: [FILE_ID],
        answer: json('The file as it was', answers.logFile),
        refusals: { ...NO_FILE, 409: BUSY },
        examples: { 'a file': { parameters: { id: '1' } } },
      },
      handle: async (context) => context.json(await change(deps, context, (id) => ingest.remove(id))),
    },
    {
      method: 'POST',
      path: '/api/files/upload',
      needs: 'ingest',
      doc: {
        tag: 'files',
        summary: 'Takes log files in',
        description:
          'CSV, gzipped CSV or zip archives, told apart by content. Answered as soon as everything is on disk; loading goes on behind it. All files of a form are taken or none.',
        parameters: parametersOf(uploadSchema, {
          name: 'Name of a file that is sent as the body itself',
          node: 'Server the logs come from; a form may bring it as a field',
        }),
        body: { description: 'A form with files, or one file', content: UPLOADS },
        answer: json('The files, queued', z.object({ files: z.array(answers.logFile) }), 202),
        refusals: {
          408: 'the body took too long to arrive',
          413: 'a file is larger than WATCHTOWER_MAX_FILE_MB, or there are too many',
          507: 'the disk is full',
        },
        examples: {
          'one file': {
            parameters: { name: 'acct.csv', node: 'mta1' },
            body: { type: 'application/octet-stream', value: LOG },
          },
          'a form': { body: { type: 'multipart/form-data', value: { files: [LOG], node: 'mta1' } } },
        },
      },
      handle: async (context) => context.json({ files: await upload(deps, context) }, 202),
    },
  ];
}

/** A row that could not be loaded may name recipients anywhere. */
function masked<T extends { raw: string; reason: string }>(error: T): T {
  return { ...error, reason: maskText(error.reason), raw: maskText(error.raw) };
}

async function existing({ ingest }: ApiDependencies, context: ApiContext): Promise<FileRecord> {
  const id = context.req.param('id') ?? '';
  const file = await ingest.get(id);
  if (!file) throw new ApiError(404, 'not_found', `there is no file ${id}`);
  return file;
}

/** Changes a file, or says why it cannot be changed now. */
async function change(
  deps: ApiDependencies,
  context: ApiContext,
  work: (id: string) => Promise<FileRecord>,
): Promise<FileRecord> {
  const { id } = await existing(deps, context);
  try {
    return await work(id);
  } catch (error) {
    if (error instanceof FileBusyError) throw new ApiError(409, 'busy', error.message);
    if (error instanceof LogFileError) throw new ApiError(422, error.code, error.message);
    throw error;
  }
}

async function upload(deps: ApiDependencies, context: ApiContext): Promise<FileRecord[]> {
  const spooled = await spool(context.env.incoming, context.req.query('name'), {
    folder: uploadFolder(deps.settings.dataDir),
    maxFileBytes: deps.settings.maxFileBytes,
    maxFiles: MAX_FILES,
  });
  try {
    return await queue(deps, spooled, context.req.query('node'));
  } catch (error) {
    await discard(spooled.files);
    throw error;
  }
}

async function queue(
  deps: ApiDependencies,
  { files, fields }: Spooled,
  parameter?: string,
): Promise<FileRecord[]> {
  const { node } = check(z.object({ node: nodeSchema }), { node: parameter ?? fields['node'] });
  const queued: FileRecord[] = [];
  for (const file of files) {
    const submission = await deps.ingest.submit(file.path, {
      name: file.name,
      origin: 'upload',
      ...(node && { node }),
    });
    queued.push(...submission.files);
    void submission.done
      .then((records) => discardLoaded(file, records))
      .catch((error: unknown) => deps.log.warn({ err: error }, 'an upload was not put away'));
  }
  return queued;
}

/** A refused file is kept for another try, a copy for its turn. */
async function discardLoaded(file: SpooledFile, records: readonly FileRecord[]): Promise<void> {
  if (records.every(({ status }) => DONE.includes(status))) await discard([file]);
}
