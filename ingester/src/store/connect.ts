import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
} from '@clickhouse/client';

import { Session } from 'chdb';
import { createChdbConnection } from 'chdb/connection';
import { mkdirSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';

/** The data directory is held by another process. */
export class StoreLockedError extends Error {
  constructor(dataDir: string) {
    super(
      `The store in ${dataDir} is in use by another process. Stop it, or point WATCHTOWER_DATA_DIR at another folder.`,
    );
  }
}

/**
 * The engine shares its process and machine: a bounded memory, small caches, and few merges at a time (the pool's
 * thresholds have to fit its size).
 */
const ENGINE_CONFIG = `<clickhouse>
  <max_server_memory_usage>${Math.floor(Math.min(4e9, totalmem() * 0.6))}</max_server_memory_usage>
  <mark_cache_size>200000000</mark_cache_size>
  <background_pool_size>4</background_pool_size>
  <merge_tree>
    <number_of_free_entries_in_pool_to_execute_mutation>2</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>2</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>2</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
</clickhouse>
`;

/** Errors are thrown to whoever asked; the client need not print them as well. */
const QUIET = { level: ClickHouseLogLevel.OFF };

/** Opens clients that share one engine: each runs its statements one after the other, several run side by side. */
export interface Connector {
  readonly mode: 'embedded' | 'server';
  client(): ClickHouseClient;
  /** One that may only read, where the server has such a user. */
  readonly guest?: () => ClickHouseClient;
  /** Ends the engine; called after its clients were closed. */
  close(): void;
}

/**
 * The embedded engine on `<dataDir>/store`. Its configuration goes in through a session that is opened before any
 * client and kept open.
 */
export function embedded(dataDir: string): Connector {
  const path = join(dataDir, 'store');
  const config = join(dataDir, 'engine.xml');
  mkdirSync(path, { recursive: true });
  writeFileSync(config, ENGINE_CONFIG);
  const opened = <T>(open: () => T): T => {
    try {
      return open();
    } catch (error) {
      if (isLocked(error)) throw new StoreLockedError(dataDir);
      throw error;
    }
  };
  const session = opened(() => new Session(path, { connectionArgs: [`--config-file=${config}`] }));
  return {
    mode: 'embedded',
    // The client's types know only its own HTTP connection; chdb implements the same interface.
    client: () =>
      opened(() =>
        createClient({
          connection: createChdbConnection({ path }),
          log: QUIET,
        } as unknown as ClickHouseClientConfigOptions),
      ),
    close: () => session.close(),
  };
}

/** A ClickHouse server over HTTP; `readUrl` is the same one as a user who may only read. */
export function server(url: string, readUrl?: string): Connector {
  return {
    mode: 'server',
    client: () => overHttp(url),
    ...(readUrl !== undefined && { guest: () => overHttp(readUrl) }),
    close: () => undefined,
  };
}

function overHttp(url: string): ClickHouseClient {
  return createClient({
    url,
    request_timeout: 300_000,
    max_open_connections: 4,
    keep_alive: { idle_socket_ttl: 2000 },
    log: QUIET,
    // A long statement sends something now and then, so that nothing in between takes the connection for dead.
    clickhouse_settings: { send_progress_in_http_headers: 1, http_headers_progress_interval_ms: '10000' },
  });
}

/** Whether an engine error says that another process holds the data directory (code 76). */
export function isLocked(error: unknown): boolean {
  return error instanceof Error && /Cannot lock file|\b76\b.*lock/i.test(error.message);
}
