import { createClient, type ClickHouseClient, type ClickHouseClientConfigOptions } from '@clickhouse/client';

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

/** Opens clients that share one engine: each runs its statements one after the other, several run side by side. */
export interface Connector {
  readonly mode: 'embedded' | 'server';
  client(): ClickHouseClient;
  /** Runs once after the last client is closed. */
  release(): void;
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
    release: () => undefined,
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
      }),
    release: () => undefined,
  };
}

/** Whether an engine error says that another process holds the data directory (code 76). */
export function isLocked(error: unknown): boolean {
  return error instanceof Error && /Cannot lock file|\b76\b.*lock/i.test(error.message);
}
