import type { Store } from './service';

const DAY = 86_400;

/** Days over which the events are spread. */
const DAYS = 30;

/** So often a recipient comes back in another repetition. */
const RECURRENCE = 10;

/**
 * Repeats the events of the store's first days over 30 days, through `events` itself so that the views fill, until
 * there are at least `wanted`. Every repetition has messages, jobs and files of its own; its recipients come back in
 * some ten others on other days, so that a recipient's journey is one. The repetitions of the same days are one insert
 * in large blocks: fewer parts to merge.
 */
export async function multiply(store: Store, wanted: number): Promise<number> {
  const [span] = await store.read<{ rows: number; days: number; files: number }>(
    `SELECT count() AS rows, dateDiff('day', min(time), max(time)) + 1 AS days, max(file) + 1 AS files
     FROM watchtower.events WHERE role = 0`,
  );
  if (!span || span.rows === 0) throw new Error('The store holds no events to repeat');
  const times = Math.ceil(wanted / span.rows);
  const shifts = Math.min(times, Math.max(1, Math.floor(DAYS / span.days)));
  const changed = changes(Math.max(1, Math.floor(times / RECURRENCE)), span.files);
  const columns = await columnNames(store);
  // The first repetition is what is there; the days behind it come first, so that it stays what is repeated.
  for (let shift = shifts - 1; shift >= 0; shift--) {
    const repetitions = Array.from({ length: times }, (_, n) => n).filter(
      (n) => n > 0 && n % shifts === shift,
    );
    if (repetitions.length === 0) continue;
    await store.write(
      `INSERT INTO watchtower.events (${columns.join(', ')})
       SELECT ${columns.map((column) => changed[column] ?? column).join(', ')}
       FROM (SELECT *, toUInt32(${shift * span.days * DAY}) AS shift FROM watchtower.events
         WHERE role = 0 AND file < ${span.files}) AS e
       ARRAY JOIN [${repetitions.join(', ')}] AS n
       SETTINGS async_insert = 0, max_partitions_per_insert_block = 0, min_insert_block_size_rows = 500000,
         min_insert_block_size_bytes = 0, max_block_size = 16384`,
    );
  }
  const [count] = await store.read<{ n: number }>('SELECT count() AS n FROM watchtower.events');
  return count?.n ?? 0;
}

/** SQL of the columns that differ from repetition to repetition `n`. */
function changes(variants: number, files: number): Record<string, string> {
  const hash = (column: string) => `if(${column} = 0, 0, intHash64(${column} + toUInt64(n)))`;
  const numbered = (column: string) => `if(${column} = '', '', concat(${column}, '-', toString(n)))`;
  const variant = `(n % ${variants})`;
  return {
    time: 'e.time + shift',
    queued: `if(toUnixTimestamp(queued) = 0, queued, queued + shift)`,
    // The address itself is of the first variant, so that those of the first days come back too.
    rcpt: `if(rcpt = '' OR ${variant} = 0, rcpt, concat(substring(rcpt, 1, position(rcpt, '@') - 1), '.', toString(${variant}), substring(rcpt, position(rcpt, '@'))))`,
    messageId: `if(messageId = '', '', concat(toString(n), '.', messageId))`,
    job: numbered('job'),
    envId: numbered('envId'),
    base: hash('base'),
    triple: hash('triple'),
    message: hash('message'),
    ref: hash('ref'),
    file: `toUInt32(file + n * ${files})`,
    ver: 'ver + n * 100000',
    commit: 'commit + n * 100000',
  };
}

async function columnNames(store: Store): Promise<string[]> {
  const columns = await store.read<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = 'watchtower' AND table = 'events' ORDER BY position`,
  );
  return columns.map(({ name }) => name);
}
