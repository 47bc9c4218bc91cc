import { appendFileSync, statSync } from 'node:fs';
import type { FileRecord } from '.';
import type { ReadOptions, Store } from '../store';
import { KEPT_ERRORS } from './entries';
import { COLUMNS, delivery, freshHour, line, openRoom, type Room } from './ingest.testkit';
import { closeSound, expectAtRest } from './room.testkit';

/** However many bad rows a file has: all are counted, the first ones kept, and no more of them are ever in memory. */

let room: Room;
/** The most rows that one answer or one note of the store held. */
let most = 0;

beforeAll(async () => {
  room = await openRoom({}, watched);
});

afterEach(() => expectAtRest(room));

afterAll(() => closeSound(room));

function watched(store: Store): Store {
  const seen = <T extends readonly unknown[]>(rows: T): T => {
    most = Math.max(most, rows.length);
    return rows;
  };
  return {
    mode: store.mode,
    workers: store.workers,
    turns: store.turns,
    load: () => store.load(),
    retention: store.retention,
    read: async <T>(sql: string, options?: ReadOptions) => seen(await store.read<T>(sql, options)),
    write: (sql) => store.write(sql),
    prepare: (worker, sql) => store.prepare(worker, sql),
    append: (table, rows, token) => store.append(table, seen(rows), token),
    loadCsv: (...load) => store.loadCsv(...load),
    close: () => store.close(),
  };
}

const header = `${COLUMNS.join(',')}\n`;
const SHORT = 'x\n';

/** Rows that only the engine finds bad. */
function late(hour: number, count: number): string {
  return `${line(delivery(hour, 0, { timeLogged: 'noon' }))}\n`.repeat(count);
}

async function keptOf({
  id,
}: FileRecord): Promise<{ rows: number; first: number; last: number } | undefined> {
  const [kept] = await room.store.read<{ rows: number; first: number; last: number }>(
    `SELECT count() AS rows, min(line) AS first, max(line) AS last FROM watchtower.ingest_errors WHERE file = ${id}`,
  );
  return kept;
}

const half = KEPT_ERRORS / 2;

it.each([
  ['that the scanner finds', () => SHORT.repeat(3 * KEPT_ERRORS), 3 * KEPT_ERRORS],
  ['that the engine finds', (hour: number) => late(hour, 2 * KEPT_ERRORS), 2 * KEPT_ERRORS],
  [
    'that both find',
    (hour: number) => SHORT.repeat(half) + late(hour, KEPT_ERRORS) + SHORT.repeat(half),
    2 * KEPT_ERRORS,
  ],
])('of bad rows %s the first are kept, and the good row behind them is loaded', async (_what, rows, bad) => {
  const hour = freshHour();
  const text = `${header}${rows(hour)}${line(delivery(hour, 1))}\n`;
  const file = await room.load(`bad-${hour}.csv`, text);
  expect(file).toMatchObject({ status: 'loaded_with_errors', rows: bad + 1, events: 1, errors: bad });
  expect(file.message).toBe(
    `${bad} of ${bad + 1} rows could not be loaded (the first ${KEPT_ERRORS} are kept)`,
  );
  expect(await keptOf(file)).toEqual({ rows: KEPT_ERRORS, first: 2, last: KEPT_ERRORS + 1 });
  expect(most).toBe(KEPT_ERRORS);
});

it('as many of a log that grows, its unterminated last row taken back and counted again', async () => {
  const hour = freshHour();
  const path = room.put('grows.csv', header + SHORT.repeat(half) + line(delivery(hour, 1)) + '\nx');
  const { dev, ino } = statSync(path, { bigint: true });
  const follow = (finished: boolean) =>
    room.ingest.follower.follow({ path, node: '', dev, ino }, { finished, truncated: false });
  const file = async () =>
    (await room.ingest.list({ limit: 9 })).files.find(({ name }) => name === 'grows.csv') as FileRecord;
  await follow(true);
  expect(await file()).toMatchObject({ rows: half + 2, events: 1, errors: half + 1 });
  appendFileSync(path, `x\n${SHORT.repeat(KEPT_ERRORS)}${line(delivery(hour, 2))}`);
  await follow(true);
  expect(await file()).toMatchObject({
    rows: half + KEPT_ERRORS + 3,
    events: 2,
    errors: half + KEPT_ERRORS + 1,
  });
  expect(await keptOf(await file())).toMatchObject({ rows: KEPT_ERRORS, first: 2 });
  appendFileSync(path, `\n${SHORT}`);
  await follow(true);
  expect(await file()).toMatchObject({ events: 2, errors: half + KEPT_ERRORS + 2, duplicates: 0 });
  expect(await keptOf(await file())).toMatchObject({ rows: KEPT_ERRORS, first: 2 });
});
