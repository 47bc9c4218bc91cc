import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { measureLoad } from './load';
import { normalisedBy } from './normalised';
import type { LoadResult } from './protocol';
import type { Store } from './service';

const BATCH_ROWS = 10_000;

/**
 * What one would write first: csv-parse makes an object of every row, and every 10,000 of them are inserted as
 * JSONEachRow. They go as raw text into a Null table, from which a view normalises them with the same SQL as the
 * service's into the same tables: the normalising costs what the engine takes for it, not what it would cost in
 * JavaScript, which favours the naive way.
 */
export async function loadNaively(store: Store, path: string): Promise<LoadResult> {
  const { cells, columns, select } = await normalisedBy(path);
  const types = cells.map((cell) => `${cell} String`).join(', ');
  await store.write(`CREATE TABLE watchtower.landing (line UInt32, ${types}) ENGINE = Null`);
  await store.write(
    `CREATE MATERIALIZED VIEW watchtower.landing_view TO watchtower.events (${columns}) AS ${select('watchtower.landing', 'line')}`,
  );
  return measureLoad(store, [path], async () => {
    let batch: object[] = [];
    let line = 0;
    const insert = async () => {
      const body = batch.map((row) => JSON.stringify(row)).join('\n');
      batch = [];
      await store.write(
        `INSERT INTO watchtower.landing SETTINGS async_insert = 0, max_partitions_per_insert_block = 0 FORMAT JSONEachRow\n${body}`,
      );
    };
    const rows = createReadStream(path).pipe(parse({ columns: cells, from: 2 }));
    for await (const row of rows as AsyncIterable<Record<string, string>>) {
      batch.push({ line: ++line, ...row });
      if (batch.length === BATCH_ROWS) await insert();
    }
    if (batch.length > 0) await insert();
  });
}
