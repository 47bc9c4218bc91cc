import { answer, queryRequestSchema } from '../model';
import type { Settings } from '../config';
import type { Connection } from './connection';
import { Failure } from './failure';
import { openParts } from './parts';

/** Opens the store in this process and answers from it. */
export async function localConnection(settings: Settings): Promise<Connection> {
  const parts = await openParts(settings);
  const { store, ingest, context } = parts;
  return {
    url: undefined,
    list: (options) => ingest.list(options),
    get: (id) => ingest.get(id),
    remove: (id) => ingest.remove(id),
    submit: async (path) => (await ingest.submit(path, { origin: 'cli' })).files,
    query: (text) => answer(store, parseRequest(text), context),
    close: () => parts.close(),
  };
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
