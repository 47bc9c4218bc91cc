import { getBackendSrv, isFetchError } from '@grafana/runtime';
import type { FileRecord } from '@pmta-watchtower/ingester/dist/ingest/index.js';
import { lastValueFrom } from 'rxjs';
import type { ErrorPage, LogFile } from '../files/types';
import { fileOf, refusal } from './answers';

/** Files that are asked for at once while some are on their way in. */
export const LIST = 500;

/** Rows with errors that are asked for at once. */
const ERRORS = 100;

/** What the panel asks of the datasource's resources. Every call rejects with an Error whose message is for people. */
export interface FilesClient {
  list(): Promise<LogFile[]>;
  errors(id: string, cursor?: string): Promise<ErrorPage>;
  retry(id: string): Promise<LogFile>;
  /** The file as it was; its message says what came back in its place. */
  remove(id: string): Promise<LogFile>;
}

/** The resources of a datasource. */
export function clientOf(uid: string): FilesClient {
  const call = async <T>(method: 'GET' | 'POST' | 'DELETE', path: string, params: object = {}): Promise<T> => {
    const url = `/api/datasources/uid/${encodeURIComponent(uid)}/resources/files${path}`;
    try {
      const asked = getBackendSrv().fetch<T>({ url, method, params, showErrorAlert: false, showSuccessAlert: false });
      return (await lastValueFrom(asked)).data;
    } catch (error) {
      throw new Error(isFetchError(error) ? refusal(error.status, error.data) : String(error));
    }
  };
  return {
    list: async () => (await call<{ files: FileRecord[] }>('GET', '', { limit: LIST })).files.map(fileOf),
    errors: (id, cursor) =>
      call('GET', `/${encodeURIComponent(id)}/errors`, { limit: ERRORS, ...(cursor && { cursor }) }),
    retry: async (id) => fileOf(await call<FileRecord>('POST', `/${encodeURIComponent(id)}/retry`)),
    remove: async (id) => fileOf(await call<FileRecord>('DELETE', `/${encodeURIComponent(id)}`)),
  };
}
