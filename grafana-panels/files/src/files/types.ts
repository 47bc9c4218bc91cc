import type { Field } from '@grafana/data';

/** Texts of a file. All of them are only ever shown as text. */
export const TEXTS = ['id', 'name', 'kind', 'node', 'status', 'message'] as const;

/** Numbers of a file: bytes and rows. */
export const NUMBERS = ['bytes', 'bytesRead', 'rows', 'events', 'duplicates', 'errors'] as const;

/** Times of a file, epoch ms. */
export const TIMES = ['queuedAt', 'startedAt', 'finishedAt', 'firstEvent', 'lastEvent'] as const;

/** A log file and what became of it. Null is what is not known. */
export type LogFile = Readonly<
  Record<(typeof TEXTS)[number], string> & Record<(typeof NUMBERS)[number] | (typeof TIMES)[number], number | null>
>;

/** Fields of a file, by the names that they have in frames. */
export type FileFields = { readonly [Name in keyof LogFile]?: Field };

/** A row of a file that could not be loaded. */
export interface FileError {
  readonly line: number;
  readonly reason: string;
  readonly raw: string;
}

/** Rows that could not be loaded, and where the next ones are. */
export interface ErrorPage {
  readonly errors: readonly FileError[];
  readonly next: string | null;
}
