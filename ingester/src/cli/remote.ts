import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { NOTICES_HEADER } from '../api';
import type { FileRecord } from '../ingest';
import type { QueryResponse } from '../model';
import type { Settings } from '../config';
import type { UserPage } from '../users';
import type { Connection } from './connection';
import { Failure } from './failure';

/** Talks to a running service over its API, with the strongest key that is set here. */
export function remoteConnection(url: string, keys: Settings['keys']): Connection {
  const request = caller(url, keys.admin ?? keys.read ?? keys.ingest);
  const call = async <T>(route: string, init?: RequestInit): Promise<T> =>
    (await (await request(route, init)).json()) as T;
  return {
    url,
    list: ({ limit, cursor, status }) =>
      call(`/api/files?${parameters({ limit: String(limit), cursor, status })}`),
    get: (id) => call<FileRecord>(fileRoute(id)).catch(undefinedWhereMissing),
    remove: (id) => call(fileRoute(id), { method: 'DELETE' }),
    submit: async (file) => {
      const body = Readable.toWeb(createReadStream(file));
      const name = parameters({ name: path.basename(file) });
      const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
      return (await call<{ files: FileRecord[] }>(`/api/files/upload?${name}`, init)).files;
    },
    query: (text) =>
      call<QueryResponse>('/api/query', {
        method: 'POST',
        body: text,
        headers: { 'content-type': 'application/json' },
      }),
    importUsers: (csv, replace) =>
      call('/api/users', {
        method: replace ? 'PUT' : 'POST',
        body: csv,
        headers: { 'content-type': 'text/csv' },
      }),
    users: ({ limit, cursor }) =>
      call<UserPage>(`/api/users?${parameters({ limit: String(limit), cursor })}`),
    export: async (parameters) => {
      const { body, headers } = await request(`/api/analytics/export?${parameters.toString()}`);
      const notices = JSON.parse(headers.get(NOTICES_HEADER) ?? '[]') as string[];
      return { chunks: body ? Readable.fromWeb(body) : Readable.from([]), notices };
    },
    close: () => Promise.resolve(),
  };
}

/** An error answer of the service, with its status. */
class RemoteFailure extends Failure {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Sends a request. Rejects with RemoteFailure where it is not answered well. */
type Call = (route: string, init?: RequestInit) => Promise<Response>;

function caller(url: string, key: string | undefined): Call {
  return async (route, init = {}) => {
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
    const send = (): Promise<Response> => fetch(new URL(route, url), { ...init, headers });
    let response = await send();
    // Nothing was done with a request that came too soon. A stream can be sent once only.
    while (response.status === 429 && !(init.body instanceof ReadableStream)) {
      await response.body?.cancel();
      await sleep(1000 * Number(response.headers.get('retry-after') ?? 1));
      response = await send();
    }
    if (response.ok) return response;
    const message = messageOf(await response.text());
    throw new RemoteFailure(response.status, message ?? `HTTP ${response.status} from ${url}`);
  };
}

function messageOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { message?: string } }).error?.message;
  } catch {
    return undefined;
  }
}

function undefinedWhereMissing(error: unknown): undefined {
  if (error instanceof RemoteFailure && error.status === 404) return undefined;
  throw error;
}

function fileRoute(id: string): string {
  return `/api/files/${encodeURIComponent(id)}`;
}

function parameters(values: Record<string, string | undefined>): string {
  const filled = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(filled).toString();
}
