import { Readable } from 'node:stream';
import { ApiError, exportOf } from '../api';
import { answer, exportChunks, QueryError, queryRequestSchema } from '../model';
import type { Settings } from '../config';
import type { Connection, ExportStream } from './connection';
import { Failure } from './failure';
import { changeUsers, listUsers, parseUsers, UsersError, type JobUser } from '../users';
import { openParts, type Parts } from './parts';

/** Opens the store in this process and answers from it. */
export async function localConnection(settings: Settings): Promise<Connection> {
  const parts = await openParts(settings);
  const { store, ingest, context } = parts;
  return {
    url: undefined,
    list: (options) => ingest.list(options),
    get: (id) => ingest.get(id),
    remove: async (id) => {
      const record = await ingest.remove(id);
      // The copy that takes its place.
      await ingest.idle();
      return record;
    },
    submit: async (path) => (await ingest.submit(path, { origin: 'cli' })).files,
    query: (text) => answer(store, parseRequest(text), context),
    importUsers: (csv, replace) => changeUsers(store, entriesOf(csv), replace),
    users: (page) => listUsers(store, page),
    export: (parameters) => exported(parts, parameters),
    close: () => parts.close(),
  };
}

/** The first chunk is made at once: it tells whether the query can be answered at all. */
async function exported({ store, context }: Parts, parameters: URLSearchParams): Promise<ExportStream> {
  try {
    const names = [...new Set(parameters.keys())];
    const { query, format } = exportOf(
      Object.fromEntries(names.map((name) => [name, parameters.getAll(name)])),
    );
    const chunks = exportChunks(store, query, format, context);
    const first = await chunks.next();
    if (first.done) return { chunks: Readable.from([]), notices: [] };
    const { bytes, notices } = first.value;
    const all = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes;
      for await (const chunk of chunks) yield chunk.bytes;
    };
    return { chunks: all(), notices };
  } catch (error) {
    if (error instanceof ApiError || error instanceof QueryError) throw new Failure(error.message, 2);
    throw error;
  }
}

function entriesOf(csv: string): JobUser[] {
  try {
    return parseUsers(csv);
  } catch (error) {
    if (error instanceof UsersError) throw new Failure(error.message, 2);
    throw error;
  }
}

function parseRequest(text: string): Parameters<typeof answer>[1] {
  const parsed = queryRequestSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failure(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'the query is not valid'}`, 2);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure('the query is not JSON', 2);
  }
}
