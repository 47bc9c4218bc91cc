import type { Store } from './service';

const DAY = 86_400;

/**
 * Repeats the events of the store's first days on the days behind them, through `events` itself so that the views
 * fill, until there are at least `wanted`. Identities, messages and file numbers differ from repetition to repetition.
 */
export async function multiply(store: Store, wanted: number): Promise<number> {
  const [span] = await store.read<{ rows: number; days: number; last: number }>(
    `SELECT count() AS rows, dateDiff('day', min(time), max(time)) + 1 AS days, toUInt32(max(time)) AS last
     FROM watchtower.events WHERE role = 0`,
  );
  if (!span || span.rows === 0) throw new Error('The store holds no events to repeat');
  const columns = await columnNames(store);
  const times = Math.ceil(wanted / span.rows);
  for (let n = 1; n < times; n++) {
    const shift = n * span.days * DAY;
    const changed: Record<string, string> = {
      time: `time + ${shift}`,
      queued: `if(toUnixTimestamp(queued) = 0, queued, queued + ${shift})`,
      base: `intHash64(base + ${n})`,
      triple: `if(triple = 0, 0, intHash64(triple + ${n}))`,
      message: `intHash64(message + ${n})`,
      file: `file + ${n * 1000}`,
      ver: `ver + ${n * 100_000}`,
      commit: `commit + ${n * 100_000}`,
    };
    await store.write(
      `INSERT INTO watchtower.events (${columns.join(', ')})
       SELECT ${columns.map((column) => changed[column] ?? column).join(', ')}
       FROM watchtower.events WHERE role = 0 AND time <= fromUnixTimestamp(${span.last})
       SETTINGS async_insert = 0, max_partitions_per_insert_block = 0`,
    );
  }
  const [count] = await store.read<{ n: number }>('SELECT count() AS n FROM watchtower.events');
  return count?.n ?? 0;
}

async function columnNames(store: Store): Promise<string[]> {
  const columns = await store.read<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = 'watchtower' AND table = 'events' ORDER BY position`,
  );
  return columns.map(({ name }) => name);
}
