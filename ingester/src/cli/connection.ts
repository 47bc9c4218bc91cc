import type { FileRecord, Ingest } from '../ingest';
import type { QueryResponse } from '../model';
import type { Settings } from '../config';
import type { UserPage } from '../users';
import { localConnection } from './local';
import { remoteConnection } from './remote';
import { findService } from './service-file';

/** What the commands ask, of a running service or of the store itself. */
export interface Connection {
  /** URL of the service that answers; undefined where this process has opened the store. */
  readonly url: string | undefined;
  list: Ingest['list'];
  get: Ingest['get'];
  remove: Ingest['remove'];
  /** Queues a log for loading; a zip becomes a record per member. */
  submit(path: string): Promise<FileRecord[]>;
  /** Answers the text of a query request, JSON. */
  query(text: string): Promise<QueryResponse>;
  /** Adds the entries of a CSV text to the mapping from jobs to users, or replaces the mapping by them. */
  importUsers(csv: string, replace: boolean): Promise<{ changed: number; removed: number }>;
  /** A page of the jobs that have a user. */
  users(page: { limit: number; cursor?: string | undefined }): Promise<UserPage>;
  /** Begins the export that the parameters of `GET /api/analytics/export` ask for. */
  export(parameters: URLSearchParams): Promise<ExportStream>;
  close(): Promise<void>;
}

/** An export that is read as it is taken, and what is to be known about it. */
export interface ExportStream {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly notices: readonly string[];
}

/** The running service where one holds the store, else the store. */
export async function connect(settings: Settings): Promise<Connection> {
  const service = await findService(settings.dataDir);
  return service ? remoteConnection(service.url, settings.keys) : localConnection(settings);
}
