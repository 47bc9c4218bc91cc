import type { TableSize } from './protocol';
import type { Store } from './service';

/** What each table takes on disk, the largest first. Merging first takes as long as it takes. */
export async function storage(store: Store, optimise: boolean): Promise<TableSize[]> {
  if (optimise) {
    const tables = await store.read<{ name: string }>(
      `SELECT name FROM system.tables WHERE database = 'watchtower' AND engine LIKE '%MergeTree'`,
    );
    for (const { name } of tables) await store.write(`OPTIMIZE TABLE watchtower.${name} FINAL`);
  }
  return store.read<TableSize>(
    `SELECT table, sum(bytes_on_disk) AS bytes, sum(rows) AS rows FROM system.parts
     WHERE database = 'watchtower' AND active GROUP BY table ORDER BY bytes DESC`,
  );
}
