import type { FileRecord, FileStatus } from '../ingest';
import type { Connection } from './connection';
import { Failure } from './failure';
import type { Io } from './io';
import { table } from './table';

const PAGE = 1000;

/** Prints the files that were taken in, newest first. */
export async function printFiles(connection: Connection, io: Io, status?: FileStatus): Promise<void> {
  io.stdout.write(fileTable(await allFiles(connection, status)));
}

/** Files under their headings, as `files` and `ingest` print them. */
export function fileTable(files: readonly FileRecord[]): string {
  return table(
    ['id', 'name', 'node', 'kind', 'status', 'rows', 'events', 'duplicates', 'errors', 'message'],
    files.map((f) => [
      f.id,
      f.name,
      f.node,
      f.kind,
      f.status,
      f.rows,
      f.events,
      f.duplicates,
      f.errors,
      f.message,
    ]),
  );
}

/** Prints where answers come from, what is loading, and how far the data reaches. */
export async function printStatus(connection: Connection, io: Io, dataDir: string): Promise<void> {
  const files = await allFiles(connection);
  const counts = new Map<string, number>();
  for (const { status } of files) counts.set(status, (counts.get(status) ?? 0) + 1);
  const last = files.reduce<string>(
    (latest, { lastEvent }) => (lastEvent && lastEvent > latest ? lastEvent : latest),
    '',
  );
  io.stdout.write(
    (connection.url ? `service   running at ${connection.url}\n` : 'service   not running\n') +
      `store     ${dataDir}\n` +
      `events    ${files.reduce((sum, file) => sum + file.events, 0).toLocaleString('en-US')}\n` +
      `newest    ${last || '-'}\n\n` +
      table(['status', 'files'], [...counts.entries()].sort()),
  );
}

/** Deletes a file's events and prints what the file is now. */
export async function deleteFile(connection: Connection, io: Io, id: string): Promise<void> {
  if (!(await connection.get(id))) throw new Failure(`there is no file ${id}`);
  io.stdout.write(fileTable([await connection.remove(id)]));
}

async function allFiles(connection: Connection, status?: FileStatus): Promise<FileRecord[]> {
  const files: FileRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await connection.list({ limit: PAGE, cursor, status });
    files.push(...page.files);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return files;
}
