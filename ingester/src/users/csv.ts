import { CsvError, parse } from 'csv-parse/sync';
import { MAX_USERS, type JobUser } from './users';

/** What is wrong with a line of an upload, counted from 1. */
export interface LineError {
  line: number;
  message: string;
}

/** An upload that cannot be used; nothing of it was taken. `errors` names the lines, at most a hundred. */
export class UsersError extends Error {
  override readonly name = 'UsersError';
  constructor(readonly errors: readonly LineError[]) {
    const [first] = errors;
    const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
    super(first ? `line ${first.line}: ${first.message}${more}` : 'the list cannot be read');
  }
}

/** Longest job or user, in characters. */
export const MAX_TEXT = 200;

const MAX_ERRORS = 100;

/**
 * Reads CSV with the header `job,user`; other columns are passed over, an empty user takes an entry back.
 * @throws UsersError that names every line that is wrong
 */
export function parseUsers(text: string): JobUser[] {
  const [header, ...records] = recordsOf(text);
  if (!header) throw new UsersError([{ line: 1, message: 'the header job,user is missing' }]);
  const names = header.cells.map((cell) => cell.trim().toLowerCase());
  const [job, user] = [names.indexOf('job'), names.indexOf('user')];
  if (job < 0 || user < 0) {
    const missing = job < 0 ? 'job' : 'user';
    throw new UsersError([
      { line: header.line, message: `the header has no column ${missing}; it must be job,user` },
    ]);
  }
  if (records.length > MAX_USERS)
    throw new UsersError([{ line: 1, message: `at most ${MAX_USERS} jobs in one list` }]);
  const errors: LineError[] = [];
  const entries = records.map(({ cells, line }): JobUser => {
    const entry = { job: (cells[job] ?? '').trim(), user: (cells[user] ?? '').trim() };
    const message =
      cells.length !== header.cells.length
        ? `has ${cells.length} cells, the header ${header.cells.length}`
        : problemOf(entry);
    if (message !== undefined) errors.push({ line, message });
    return entry;
  });
  if (errors.length > 0) throw new UsersError(errors.slice(0, MAX_ERRORS));
  return entries;
}

/** Why an entry cannot be used; undefined where it can. */
export function problemOf({ job, user }: JobUser): string | undefined {
  if (job === '') return 'the job is empty';
  for (const [name, value] of Object.entries({ job, user })) {
    if (value.length > MAX_TEXT) return `the ${name} has more than ${MAX_TEXT} characters`;
    if (/\p{Cc}/u.test(value)) return `the ${name} holds a control character`;
  }
  return undefined;
}

function recordsOf(text: string): { cells: string[]; line: number }[] {
  try {
    const rows = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { info: { lines: number }; record: string[] }[];
    return rows.map(({ info, record }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UsersError([{ line: Number(error['lines'] ?? 1), message: `is no CSV (${error.code})` }]);
  }
}
