import { createClient, type ClickHouseClientConfigOptions } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { join } from 'node:path';
import type { Store } from '../store';

/** A reader that counts its statements and the rows which the engine reads for it. */
export interface CountingReader extends Pick<Store, 'read'> {
  /** Rows read since this was last asked. */
  rowsRead(): number;
  /** Statements since this was last asked. */
  statements(): number;
  close(): Promise<void>;
}

/** Opens a reader beside an embedded store that is open on this folder. */
export function countingReader(dataDir: string): CountingReader {
  const connection = createChdbConnection({ path: join(dataDir, 'store') });
  const client = createClient({ connection } as unknown as ClickHouseClientConfigOptions);
  let rows = 0;
  let statements = 0;
  return {
    async read<T>(sql: string, options: Parameters<Store['read']>[1] = {}) {
      const result = await client.query({
        query: `${sql}\nSETTINGS output_format_json_quote_64bit_integers = 0`,
        format: 'JSON',
        ...(options.params && { query_params: options.params }),
      });
      const { data, statistics } = await result.json<T>();
      statements++;
      rows += statistics?.rows_read ?? 0;
      return data;
    },
    rowsRead() {
      const read = rows;
      rows = 0;
      return read;
    },
    statements() {
      const sent = statements;
      statements = 0;
      return sent;
    },
    close: () => client.close(),
  };
}
