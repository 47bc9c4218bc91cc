import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import type { ClickHouseClientConfigOptions } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';
import { readHeader } from './header';
import { normaliseSql } from './normalise';
import type { NormaliseOptions } from './normalise';
import { loadRules } from './rules';
import { quote } from './sql/text';

/** A value of a result row. */
export type Row = Record<string, unknown>;

/** What this room's tests ask of the real engine. */
export interface Engine {
  /** Rows of a query; 64-bit integers are strings. */
  query(sql: string): Promise<Row[]>;
  /** Events of rows of cells under a header, in the order of the rows. */
  normalise(
    header: string[],
    rows: string[][],
    options?: Partial<NormaliseOptions>,
    node?: string,
  ): Promise<Row[]>;
  /** Ends the engine and removes its folder. */
  close(): Promise<void>;
}

/** Opens an engine of its own in a temporary folder. */
export function openEngine(): Engine {
  const path = mkdtempSync(join(tmpdir(), 'formats-'));
  // The client's types know only its own HTTP connection; chdb implements the same interface.
  const options = { connection: createChdbConnection({ path }) } as unknown as ClickHouseClientConfigOptions;
  const client = createClient(options);
  const query = async (sql: string) =>
    (
      await client.query({
        query: sql,
        format: 'JSONEachRow',
        clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
      })
    ).json<Row>();
  return {
    query,
    normalise(header, rows, options, node = 'n1') {
      const rules = loadRules();
      const result = readHeader(header, rules);
      if (!result.ok) throw new Error(result.message);
      const list = normaliseSql(result.layout, rules, {
        timezone: 'UTC',
        keepHeaders: undefined,
        now: 1_800_000_000,
        ...options,
      });
      const types = header.map((_, index) => `c${index} String`).join(', ');
      const values = rows.map((row) => `(${header.map((_, index) => quote(row[index] ?? '')).join(', ')})`);
      return query(
        `SELECT ${list} FROM (SELECT ${quote(node)} AS node, * FROM values(${quote(types)}, ${values.join(', ')}))`,
      );
    },
    async close() {
      await client.close();
      rmSync(path, { recursive: true, force: true });
    },
  };
}
