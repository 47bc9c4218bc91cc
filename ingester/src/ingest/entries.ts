import { basename } from 'node:path';
import type { LedgerFile } from './ledger';
import { LogFileError } from './source';
import type { FileStatus, SubmitOptions } from './types';

const LOADED: readonly FileStatus[] = ['loaded', 'loaded_with_errors', 'following'];

/** What the ledger says of a file of which nothing is loaded. */
export const FRESH = {
  offset: 0,
  nextRecord: 1,
  nextLine: 1,
  openRow: null,
  rows: 0,
  errors: 0,
  records: [],
  status: 'queued',
  message: '',
  copyOf: null,
  startedAt: null,
  finishedAt: null,
} satisfies Partial<LedgerFile>;

/** A new ledger entry, waiting. */
export function blank(path: string, { node, origin }: SubmitOptions): Omit<LedgerFile, 'id'> {
  return {
    ...FRESH,
    name: basename(path),
    path,
    member: '',
    node: node ?? '',
    origin,
    sha256: '',
    device: '',
    inode: '',
    size: 0,
    bytes: 0,
    generation: 1,
    header: [],
    seed: '',
    queuedAt: Date.now(),
    removed: 0,
  };
}

/** So many bad rows of a file are kept, the first ones; all are counted. */
export const KEPT_ERRORS = 10_000;

/** What is said of a file's bad rows; empty where it has none. */
export function badRowsOf({ errors, rows }: LedgerFile): string {
  if (errors === 0) return '';
  const cut = errors > KEPT_ERRORS ? ` (the first ${KEPT_ERRORS} are kept)` : '';
  return `${errors} of ${rows} rows could not be loaded${cut}`;
}

/** Whether a file with this status has rows that are loaded. */
export function isLoaded(status: FileStatus): boolean {
  return LOADED.includes(status);
}

/** Whether a file's content counts, or is the copy of one that does: a file at its path with another is another file. */
export function isKnown({ status }: LedgerFile): boolean {
  return isLoaded(status) || status === 'duplicate';
}

/** Whether a file's rows are loaded and stay. */
export function stands({ status, removed }: LedgerFile): boolean {
  return removed === 0 && isLoaded(status);
}

/** What becomes of a file by an error. Rejected: the content is at fault. Failed: anything else, and a retry may help. */
export function refusalOf(error: unknown): { status: FileStatus; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  const technical =
    !(error instanceof LogFileError) || ['corrupt', 'unreadable', 'no_space'].includes(error.code);
  return { status: technical ? 'failed' : 'rejected', message: message.slice(0, 1000) };
}
