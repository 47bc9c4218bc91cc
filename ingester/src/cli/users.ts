import { readFile } from 'node:fs/promises';
import type { Connection } from './connection';
import type { Io } from './io';
import { table } from './table';

const PAGE = 1000;

/** Adds the lines of a CSV file (`job,user`) to the mapping, or replaces the mapping by them. */
export async function importUsers(
  connection: Connection,
  io: Io,
  file: string,
  replace: boolean,
): Promise<void> {
  const { changed, removed } = await connection.importUsers(await readFile(file, 'utf8'), replace);
  io.stdout.write(`${changed} changed${replace ? `, ${removed} removed` : ''}\n`);
}

/** Prints the jobs that have a user, and whether the mapping or the header says so. */
export async function printUsers(connection: Connection, io: Io): Promise<void> {
  const rows: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await connection.users({ limit: PAGE, cursor });
    rows.push(...page.users.map(({ job, user, source }) => [job, user, source]));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  io.stdout.write(table(['job', 'user', 'source'], rows));
}
