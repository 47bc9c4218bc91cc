import { fill, RETAINED, type Store } from './service';

const DAY = 86_400;

/** Days over which the events are spread. */
const DAYS = 30;

/** Large blocks: fewer parts to merge. */
const INSERT_SETTINGS =
  'async_insert = 0, max_partitions_per_insert_block = 0, min_insert_block_size_rows = 500000, min_insert_block_size_bytes = 0, max_block_size = 16384';

/**
 * Repeats the events of the store's first days until there are at least `wanted`: first over 30 days, through `events`
 * itself so that the views fill, then on the same days. Every repetition has messages, jobs and files of its own; its
 * recipients are the same on other days, so that a recipient's journey is one, and others on the same days. How many
 * events there are. Rejects where the rollups do not hold what the events say.
 */
export async function multiply(store: Store, wanted: number): Promise<number> {
  const events = await spread(store, wanted);
  if (events < wanted) await deepen(store, Math.ceil(wanted / events));
  await store.write('TRUNCATE TABLE watchtower.open_events');
  await fill(store, 'open_events');
  const [count] = await store.read<{ events: number; rolledUp: number }>(
    `SELECT (SELECT sum(sign) FROM watchtower.events WHERE role = 0 AND record = 'd') AS events,
       (SELECT sum(delivered) FROM watchtower.job_day) AS rolledUp`,
  );
  if (!count || count.events !== count.rolledUp) throw new Error('The rollups do not hold all deliveries');
  return countEvents(store);
}

/** Repeats what is there on later days, as long as more is wanted; how many events there are then. */
async function spread(store: Store, wanted: number): Promise<number> {
  const { rows, days, files } = await extent(store);
  const times = Math.min(Math.ceil(wanted / rows), Math.max(1, Math.floor(DAYS / days)));
  for (let n = 1; n < times; n++) {
    const changed = {
      ...changes(files),
      time: `e.time + ${n * days * DAY}`,
      queued: `if(toUnixTimestamp(e.queued) = 0, e.queued, e.queued + ${n * days * DAY})`,
    };
    await repeat(store, changed, [n], `file < ${files}`);
  }
  return countEvents(store);
}

/**
 * Repeats what is there on the same days until there are `times` of it. The rollups are multiplied themselves, as their
 * views would only add up the same again: ten times as fast.
 */
async function deepen(store: Store, times: number): Promise<void> {
  const { files } = await extent(store);
  const numbers = Array.from({ length: times - 1 }, (_, n) => n + 1);
  const views = RETAINED.rollup.map((table) => `watchtower.${table}_view`);
  for (const view of views) await store.write(`DETACH TABLE ${view}`);
  const days = await store.read<{ day: string }>(
    `SELECT DISTINCT partition AS day FROM system.parts WHERE database = 'watchtower' AND table = 'events' AND active ORDER BY day`,
  );
  const own = (n: string) =>
    `if(rcpt = '', '', concat(substring(rcpt, 1, position(rcpt, '@') - 1), '.', toString(${n}), substring(rcpt, position(rcpt, '@'))))`;
  for (const { day } of days)
    await repeat(
      store,
      { ...changes(files), rcpt: own('n') },
      numbers,
      `toYYYYMMDD(time) = ${day} AND file < ${files}`,
    );
  for (const table of RETAINED.rollup) await deepenRollup(store, table, times - 1);
  for (const view of views) await store.write(`ATTACH TABLE ${view}`);
}

/** Adds so many repetitions to a rollup: rows of a job once under each of its names, the others so many times. */
async function deepenRollup(store: Store, table: string, times: number): Promise<void> {
  const columns = await columnsOf(store, table);
  const has = (name: string) => columns.some((column) => column.name === name);
  const kind = has('pair') ? 'pair' : has('dimension') ? 'dimension' : undefined;
  const ofJob = kind ? `${kind} IN ('job', 'provider_job')` : has('job') ? '1' : '0';
  const named = kind ? { value: 'job', a: 'job', b: 'provider_job' } : {};
  const values = columns.map(({ name, isKey }) => {
    if (!isKey) return `${name} * if(${ofJob}, 1, ${times})`;
    if (name === 'job') return numbered(name);
    const holds = (named as Record<string, string>)[name];
    return holds ? `if(${kind} = '${holds}', ${numbered(name)}, ${name})` : name;
  });
  await store.write(
    `INSERT INTO watchtower.${table} (${columns.map(({ name }) => name).join(', ')})
     SELECT ${values.join(', ')} FROM watchtower.${table}
     ARRAY JOIN if(${ofJob}, range(1, ${times + 1}), [toUInt64(1)]) AS n
     SETTINGS insert_deduplicate = 0, ${INSERT_SETTINGS}`,
  );
}

/** Inserts events again as the repetitions `numbers`; `n` is the repetition in `changed`, SQL by column. */
async function repeat(
  store: Store,
  changed: Record<string, string>,
  numbers: readonly number[],
  where: string,
): Promise<void> {
  const names = (await columnsOf(store, 'events')).map(({ name }) => name);
  await store.write(
    `INSERT INTO watchtower.events (${names.join(', ')})
     SELECT ${names.map((column) => changed[column] ?? column).join(', ')}
     FROM (SELECT * FROM watchtower.events WHERE role = 0 AND ${where}) AS e
     ARRAY JOIN [${numbers.join(', ')}] AS n
     SETTINGS ${INSERT_SETTINGS}`,
  );
}

/** SQL of the columns that differ from repetition to repetition `n` of a store with so many files. */
function changes(files: number): Record<string, string> {
  const hash = (column: string) => `if(${column} = 0, 0, intHash64(${column} + toUInt64(n)))`;
  return {
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

/** A name of repetition `n`; nothing stays nothing. */
function numbered(column: string): string {
  return `if(${column} = '', '', concat(${column}, '-', toString(n)))`;
}

/** The span in days is rounded: what happened last of a day's messages falls into the next one. */
async function extent(store: Store): Promise<{ rows: number; days: number; files: number }> {
  const [span] = await store.read<{ rows: number; days: number; files: number }>(
    `SELECT count() AS rows, greatest(1, round((max(time) - min(time)) / ${DAY})) AS days, max(file) + 1 AS files
     FROM watchtower.events WHERE role = 0`,
  );
  if (!span || span.rows === 0) throw new Error('The store holds no events to repeat');
  return span;
}

async function countEvents(store: Store): Promise<number> {
  const [count] = await store.read<{ n: number }>(
    'SELECT sum(sign) AS n FROM watchtower.events WHERE role = 0',
  );
  return count?.n ?? 0;
}

function columnsOf(store: Store, table: string): Promise<{ name: string; isKey: number }[]> {
  return store.read<{ name: string; isKey: number }>(
    `SELECT name, is_in_sorting_key AS isKey FROM system.columns WHERE database = 'watchtower' AND table = '${table}' ORDER BY position`,
  );
}
