import type { Connection } from './connection';
import type { QueryResult } from '../model';
import { rowsOf } from './frames';
import type { Io } from './io';
import { table } from './table';

/** Answers a query request: a table per frame, or the answer as JSON. False where one of its queries failed. */
export async function printQuery(
  connection: Connection,
  io: Io,
  text: string,
  json: boolean,
): Promise<boolean> {
  const response = await connection.query(text);
  const results = Object.entries(response.results);
  if (json) io.stdout.write(JSON.stringify(response) + '\n');
  else for (const [refId, result] of results) io.stdout.write(resultText(refId, result));
  return results.every(([, result]) => !('error' in result));
}

function resultText(refId: string, result: QueryResult): string {
  if ('error' in result) return `${refId}: ${result.error}\n`;
  const tables = result.frames.map((frame) => {
    const { headings, rows } = rowsOf(frame);
    return table(headings, rows);
  });
  return `${refId}\n${tables.join('\n')}\n`;
}
