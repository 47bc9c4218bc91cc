import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COLUMNS, csv, deliveries, openRoom, type Room } from './ingest.testkit';
import { rawEdge } from '../store';
import { reconcile } from './reconcile';
import { addsUp, expectAtRest } from './room.testkit';

/**
 * Figures outlive the events they were counted from. Without this, whoever deletes, retries or drops a file of days whose
 * events have expired would wipe these days out or count them twice.
 */

const DAY = 86_400;
const HOUR = Math.floor(Date.now() / 3_600_000) * 3600;
/** Long expired; closed, but not deleted yet; open. */
const [OLD, CLOSED, RECENT] = [HOUR - 10 * DAY, HOUR - 2 * DAY - 7200, HOUR - 7200];
const ROWS = [...deliveries(OLD, 3), ...deliveries(CLOSED, 1), ...deliveries(RECENT, 2)];
const ACCT = csv(ROWS);
/** The same events in a poorer layout, so another content. */
const COPY = csv(
  ROWS,
  COLUMNS.filter((column) => column !== 'dlvSize'),
);

let dataDir: string;
let room: Room;
let acct: string;

/** The files are loaded while events are kept for ever; then they are kept for two days, and the engine has merged. */
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'watchtower-retention-'));
  room = await openRoom({ dataDir });
  const file = await room.load('acct.csv', ACCT);
  expect(file).toMatchObject({ rows: 6, events: 6 });
  expect(await room.load('copy.csv', COPY)).toMatchObject({ rows: 6, duplicates: 6 });
  acct = file.id;
  await room.close();
  room = await openRoom({ dataDir }, undefined, { rawDays: 2 });
  await room.store.write('OPTIMIZE TABLE watchtower.events FINAL');
  expect(await room.count(OLD, OLD + 3600)).toBe(0);
  expect(await room.count(CLOSED, CLOSED + 3600)).toBe(1);
  expect(await delivered()).toEqual([3, 1, 2]);
});

afterEach(async () => {
  await expectAtRest(room);
  await room.close();
  rmSync(dataDir, { recursive: true });
});

/** Deliveries in the three hours by the rollups: minutes, hours and days must agree. */
async function delivered(): Promise<number[]> {
  const sums = async (table: string, where = '1') => {
    const rows = await room.store.read<{ hour: number; n: number }>(
      `SELECT toUInt32(toStartOfHour(time)) AS hour, sum(delivered) AS n FROM watchtower.${table} WHERE ${where} GROUP BY hour`,
    );
    return [OLD, CLOSED, RECENT].map((hour) => rows.find((row) => row.hour === hour)?.n ?? 0);
  };
  const byMinute = await sums('totals_minute');
  expect(await sums('dimension_hour', `dimension = 'all'`)).toEqual(byMinute);
  const [days] = await room.store.read<{ n: number }>(
    `SELECT sum(delivered) AS n FROM watchtower.dimension_day WHERE dimension = 'all'`,
  );
  expect(days?.n).toBe(byMinute.reduce((sum, n) => sum + n, 0));
  return byMinute;
}

it('a deleted file keeps what its expired events were counted for, and says so; dropped again it adds the rest alone', async () => {
  const { message } = await room.ingest.remove(acct);
  expect(message).toMatch(/^4 of its events are older than the 2 days .*: they stay counted$/);
  // The copies of what is still open count again; those of closed days were never counted.
  expect(await delivered()).toEqual([3, 1, 2]);
  expect(await room.count(CLOSED, CLOSED + 3600)).toBe(0);
  const again = await room.load('acct.csv', ACCT);
  expect(again).toMatchObject({ status: 'loaded_with_errors', rows: 6, errors: 4, events: 2 });
  expect(again.message).toMatch(/^4 of 6 rows are older than the 2 days .* were left out$/);
  expect(addsUp(again)).toBe(true);
  const { errors } = await room.ingest.errors(again.id, { limit: 10 });
  expect(errors.map(({ line, raw }) => [line, raw])).toEqual([2, 3, 4, 5].map((n) => [n, '']));
  expect(await delivered()).toEqual([3, 1, 2]);
});

it('a retry leaves them as they are, and the file then stands for its open events', async () => {
  const path = room.put('acct.csv', ACCT);
  room.ingest.relocate((await ledgerPath()) ?? '', path);
  const { message } = await room.ingest.retry(acct);
  expect(message).toMatch(/4 of its events are older/);
  await room.ingest.idle();
  const file = await room.now({ id: acct });
  expect(file).toMatchObject({ status: 'loaded_with_errors', rows: 6, errors: 4, events: 2 });
  expect(addsUp(file)).toBe(true);
  expect(await delivered()).toEqual([3, 1, 2]);
  expect((await room.ingest.remove(acct)).message).not.toMatch(/stay counted/);
  expect(await delivered()).toEqual([3, 1, 2]);
});

it('a file of nothing but closed days is refused as a whole and adds nothing', async () => {
  const late = await room.load('late.csv', csv(deliveries(OLD, 40, 30)));
  expect(late).toMatchObject({ status: 'failed', rows: 10, errors: 10, events: 0 });
  expect(late.message).toMatch(/^10 of 10 rows are older than the 2 days/);
  expect(await delivered()).toEqual([3, 1, 2]);
});

describe('with more days afterwards, or without the setting,', () => {
  const reopen = async (rawDays?: number) => {
    await room.close();
    room = await openRoom({ dataDir }, undefined, { rawDays });
  };

  it.each([undefined, 30])(
    'what was closed stays closed to deletion, loading and recounts (%s)',
    async (rawDays) => {
      await reopen(rawDays);
      await recount();
      const { message } = await room.ingest.remove(acct);
      expect(message).toMatch(
        /^4 of its events are older than the kept single events, .*: they stay counted$/,
      );
      expect(await delivered()).toEqual([3, 1, 2]);
      const again = await room.load('acct.csv', ACCT);
      expect(again).toMatchObject({ status: 'loaded_with_errors', rows: 6, errors: 4, events: 2 });
      const late = await room.load('late.csv', csv(deliveries(OLD, 40, 30)));
      expect(late).toMatchObject({ errors: 10, events: 0 });
      expect(await delivered()).toEqual([3, 1, 2]);
    },
  );

  it('hours are open that begin after the last closed one that was counted, and the edge never moves back', async () => {
    await reopen();
    expect(rawEdge(room.store.retention)).toBe(CLOSED + 3600);
    const file = await room.load('between.csv', csv(deliveries(CLOSED + 3600, 3)));
    expect(file).toMatchObject({ status: 'loaded', events: 3 });
    await reopen(9);
    expect(rawEdge(room.store.retention)).toBe(CLOSED + 3600);
    await reopen(1);
    expect(rawEdge(room.store.retention)).toBeGreaterThanOrEqual(HOUR - DAY);
  });
});

it('a recount after a crash leaves closed hours alone and mends open ones', () => recount());

async function recount(): Promise<void> {
  await room.store.write(
    `INSERT INTO watchtower.totals_minute (time, delivered) VALUES (fromUnixTimestamp(${RECENT}), 5)`,
  );
  const touched = [OLD, CLOSED, RECENT].map((time) => ({ commit: 1_000_000, time, file: Number(acct) }));
  await room.store.append('touched', touched);
  await reconcile(room.store, 1_000_000n);
  expect(await delivered()).toEqual([3, 1, 2]);
  expect((await room.now({ id: acct })).events).toBe(6);
}

async function ledgerPath(): Promise<string | undefined> {
  const [row] = await room.store.read<{ path: string }>(
    `SELECT JSONExtractString(entry, 'path') AS path FROM watchtower.files FINAL WHERE id = ${acct}`,
  );
  return row?.path;
}
