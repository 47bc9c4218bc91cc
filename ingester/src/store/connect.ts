import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
} from '@clickhouse/client';

import { createChdbConnection } from 'chdb/connection';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The data directory is held by another process. */
export class StoreLockedError extends Error {
  constructor(dataDir: string) {
    super(
      `The store in ${dataDir} is in use by another process. Stop it, or point WATCHTOWER_DATA_DIR at another folder.`,
    );
  }
}

/** Errors are thrown to whoever asked; the client need not print them as well. */
const QUIET = { level: ClickHouseLogLevel.OFF };

/** Opens clients that share one engine: each runs its statements one after the other, several run side by side. */
export interface Connector {
  readonly mode: 'embedded' | 'server';
  client(): ClickHouseClient;
}

/** The embedded engine on `<dataDir>/store`. */
export function embedded(dataDir: string): Connector {
  const path = join(dataDir, 'store');
  mkdirSync(path, { recursive: true });
  return {
    mode: 'embedded',
    client() {
      try {
        // The client's types know only its own HTTP connection; chdb implements the same interface.
        return createClient({
          connection: createChdbConnection({ path }),
        } as unknown as ClickHouseClientConfigOptions);
      } catch (error) {
        if (isLocked(error)) throw new StoreLockedError(dataDir);
        throw error;
      }
    },
  };
}

/** A ClickHouse server over HTTP. */
export function server(url: string): Connector {
  return {
    mode: 'server',
    client: () =>
      createClient({
        url,
        request_timeout: 300_000,
        max_open_connections: 4,
        keep_alive: { idle_socket_ttl: 2000 },
        log: QUIET,
        // A long statement sends something now and then, so that nothing in between takes the connection for dead.
        clickhouse_settings: { send_progress_in_http_headers: 1, http_headers_progress_interval_ms: '10000' },
      }),
  };
}

/** Whether an engine error says that another process holds the data directory (code 76). */
export function isLocked(error: unknown): boolean {
  return error instanceof Error && /Cannot lock file|\b76\b.*lock/i.test(error.message);
}
