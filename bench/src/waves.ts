import { createClient, type ClickHouseClientConfigOptions } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { answer, type Parts, type QueryRequest, type Store } from './service';

/** A statement as the model sent it. */
export interface SentStatement {
  readonly sql: string;
  readonly params: Record<string, unknown>;
}

/** What an answer took of the engine: its statements, those that ran side by side as one wave. */
export interface Recording {
  readonly waves: SentStatement[][];
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Answers a request over a connection of its own, which says what the engine read. Rejects where a query of it is not
 * answered.
 */
export async function record(
  dataDir: string,
  request: QueryRequest,
  context: Parts['context'],
): Promise<Recording> {
  const connection = createChdbConnection({ path: join(dataDir, 'store') });
  const client = createClient({ connection } as unknown as ClickHouseClientConfigOptions);
  const waves: SentStatement[][] = [];
  let [open, rows, bytes] = [0, 0, 0];
  const reader: Pick<Store, 'read'> = {
    async read<T>(sql: string, { params = {} }: Parameters<Store['read']>[1] = {}) {
      if (open++ === 0) waves.push([]);
      waves.at(-1)?.push({ sql, params });
      try {
        const answered = await client.query({
          query: `${sql}\nSETTINGS output_format_json_quote_64bit_integers = 0`,
          query_params: params,
          format: 'JSON',
        });
        const { data, statistics } = await answered.json<T>();
        rows += statistics?.rows_read ?? 0;
        bytes += statistics?.bytes_read ?? 0;
        return data;
      } finally {
        open--;
      }
    },
  };
  try {
    const { results } = await answer(reader, request, context);
    for (const result of Object.values(results)) if ('error' in result) throw new Error(result.error);
  } finally {
    await client.close();
  }
  return { waves, rows, bytes };
}

/** Sends the statements straight to the store, wave by wave; what that takes in ms. */
export async function replay(store: Pick<Store, 'read'>, waves: readonly SentStatement[][]): Promise<number> {
  const start = performance.now();
  for (const wave of waves) await Promise.all(wave.map(({ sql, params }) => store.read(sql, { params })));
  return performance.now() - start;
}

/** Caches of the engine that hold what was read; the system's own cache of files stays. */
const CACHES = [
  'MARK CACHE',
  'UNCOMPRESSED CACHE',
  'INDEX MARK CACHE',
  'INDEX UNCOMPRESSED CACHE',
  'QUERY CONDITION CACHE',
];

/** Empties the caches of the engine. */
export async function dropCaches(store: Store): Promise<void> {
  for (const cache of CACHES) await store.write(`SYSTEM DROP ${cache}`);
}
