import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { CONTENT_COLUMNS, loadRules, normaliseSql, readHeader } from './service';

/** How the rows of a file become events: the same SQL as the service's. */
export interface Normalised {
  /** Names of the raw columns, c0 to cN-1. */
  cells: string[];
  /** Columns of `events` that are filled. */
  columns: string;
  /** SELECT of them from `source`, which has the raw columns; `line` is an SQL expression there. */
  select: (source: string, line: string) => string;
}

/** Reads the header of a file. Throws where it is no log. */
export async function normalisedBy(path: string): Promise<Normalised> {
  const rules = loadRules();
  const header = readHeader(await firstRow(path), rules);
  if (!header.ok) throw new Error(header.message);
  const cells = Array.from({ length: header.layout.columns }, (_, i) => `c${i}`);
  const list = normaliseSql(header.layout, rules, {
    timezone: 'UTC',
    keepHeaders: undefined,
    now: Math.floor(Date.now() / 1000),
  });
  return {
    cells,
    columns: `${CONTENT_COLUMNS.join(', ')}, file, line, ver, commit, sign`,
    select: (source, line) =>
      `SELECT ${CONTENT_COLUMNS.join(', ')}, 1 AS file, line, 10 AS ver, 10 AS commit, 1 AS sign
       FROM (SELECT node, ${list}, line FROM (SELECT '' AS node, ${line} AS line, ${cells.join(', ')} FROM ${source}))
       WHERE error = ''`,
  };
}

async function firstRow(path: string): Promise<string[]> {
  const rows = createReadStream(path).pipe(parse({ to: 1 })) as AsyncIterable<string[]>;
  for await (const row of rows) return row;
  throw new Error(`${path} is empty`);
}
