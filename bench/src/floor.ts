import { measureLoad } from './load';
import { normalisedBy } from './normalised';
import type { LoadResult } from './protocol';
import { literal, type Store } from './service';

/**
 * What the engine does by itself: one INSERT … SELECT of the file with its own parallelism, the same expressions, the
 * same tables and views; no stage, no look-up of copies, no hash of the content, no ledger.
 */
export async function loadFloor(store: Store, path: string): Promise<LoadResult> {
  const { cells, columns, select } = await normalisedBy(path);
  const structure = cells.map((cell) => `${cell} String`).join(', ');
  const source = `file(${literal(path)}, 'CSV', ${literal(structure)})`;
  return measureLoad(store, [path], () =>
    store.write(
      `INSERT INTO watchtower.events (${columns}) ${select(source, 'toUInt32(rowNumberInAllBlocks() + 1)')}
       SETTINGS async_insert = 0, input_format_csv_skip_first_lines = 1, input_format_csv_detect_header = 0,
         format_csv_allow_single_quotes = 0, max_partitions_per_insert_block = 0, parallel_view_processing = 1`,
    ),
  );
}
