import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driftOfRollups } from '../ingest/recount.testkit';
import { answer } from '../model/answer';
import { queryRequestSchema } from '../model/schema';
import { loadMigrations, migrate } from './migrations';
import type { Retention } from './retention';
import { openStore, type Store } from './store';

const DAY = 86_400;
/** The version that brought the crossings, and what it made. */
const VERSION = 4;

let dir: string;
let store: Store;

/** A store as the version before made it: what the new one brings is not there. */
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'watchtower-upgrade-'));
  store = await openStore({ dataDir: dir });
  const made = loadMigrations()
    .filter(({ version }) => version >= VERSION)
    .flatMap(({ statements }) => statements)
    .flatMap((sql) => /^CREATE (?:TABLE|MATERIALIZED VIEW) (watchtower\.\w+)/.exec(sql)?.[1] ?? []);
  for (const name of new Set(made.reverse())) await store.write(`DROP TABLE ${name}`);
  await store.write(
    `ALTER TABLE watchtower.schema_versions DELETE WHERE version >= ${VERSION} SETTINGS mutations_sync = 1`,
  );
}, 60_000);

afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

it('fills new rollups from the events that are there, once, however often the upgrade was cut off', async () => {
  const event = {
    record: 'd',
    provider: 'a.example',
    vmta: 'v',
    job: 'J',
    latency: 90_000,
    size: 20_000,
    file: 1,
    role: 0,
  };
  const at = (time: number, line: number) => ({ ...event, time, queued: time - 90_000, line, message: line });
  const [first, second] = [at(DAY * 200, 1), at(DAY * 201 + 3601, 2)];
  const seen = { record: 't', provider: 'a.example', file: 2, role: 0, ver: 1, sign: 1 };
  await store.append('events', [
    { ...first, ver: 1, sign: 1 },
    { ...second, ver: 1, sign: 1 },
  ]);
  await store.append('events', [
    { ...first, ver: 1, sign: -1 },
    { ...first, vmta: 'w', ver: 2, sign: 1 },
  ]);
  // Ended on a later day, never, and never by what was taken back.
  await store.append('events', [
    { ...seen, time: DAY * 200, line: 1, message: 2 },
    { ...seen, time: DAY * 200, line: 2, message: 5 },
    { ...seen, time: DAY * 200, line: 3, message: 4 },
    { ...seen, record: 'd', time: DAY * 200 + 60, line: 4, message: 4 },
  ]);
  await store.append('events', [
    { ...seen, record: 'd', time: DAY * 200 + 60, line: 4, message: 4, sign: -1 },
  ]);

  let fills = 0;
  const cutOffAt = (statement: RegExp) => ({
    read: store.read.bind(store),
    write: async (sql: string) => {
      if (statement.test(sql)) throw new Error('cut off');
      if (sql.startsWith('INSERT INTO watchtower.job_hour')) fills++;
      await store.write(sql);
    },
  });
  await expect(migrate(cutOffAt(/^INSERT INTO watchtower.flow_latency_hour/))).rejects.toThrow('cut off');
  await expect(migrate(cutOffAt(/^INSERT INTO watchtower.schema_versions/))).rejects.toThrow('cut off');
  expect(fills).toBe(4);
  await expect(migrate(cutOffAt(/schema_versions.*_open_events/))).rejects.toThrow('cut off');
  await migrate(store);

  expect(await driftOfRollups(store)).toEqual([]);
  const flows = `SELECT vmta, provider, sum(delivered) AS n FROM watchtower.flow_day GROUP BY vmta, provider HAVING n != 0 ORDER BY vmta`;
  expect(await store.read(flows)).toEqual([
    { vmta: 'v', provider: 'other', n: 1 },
    { vmta: 'w', provider: 'other', n: 1 },
  ]);
  // Queued 25 hours before: one waited when two days began, the other when one did.
  const waiting = `SELECT sum(waiting) AS n FROM watchtower.backlog_day WHERE dimension = 'all'`;
  expect(await store.read(waiting)).toEqual([{ n: 3 }]);
  const open = `SELECT line, sum(sign) AS n FROM watchtower.open_events GROUP BY line HAVING n != 0 ORDER BY line`;
  expect(await store.read(open)).toEqual([
    { line: 2, n: 1 },
    { line: 3, n: 1 },
  ]);
  await store.append('events', [{ ...at(DAY * 201, 3), ver: 1, sign: 1 }]);
  expect(await driftOfRollups(store)).toEqual([]);
}, 120_000);

it('says from when on there are figures where the events of before had expired at the upgrade', async () => {
  const time = DAY * 100;
  const minute = { time, delivered: 5, sized: 5 };
  await store.append('totals_minute', [minute]);
  const ask = async (query: Record<string, unknown>, retention?: Retention) => {
    const request = queryRequestSchema.parse({
      from: time * 1000,
      to: DAY * 300_000,
      queries: [{ refId: 'A', queryType: 'metrics', metrics: ['delivered'], ...query }],
    });
    const context = { timezone: 'UTC', complaintProviders: [], ...(retention && { retention }) };
    const { A: result } = (await answer(store, request, context)).results;
    if (!result || !('frames' in result)) throw new Error(result?.error);
    return result.frames[0]?.schema.meta?.notices?.map(({ text }) => text) ?? [];
  };
  const said = [expect.stringContaining('Nothing of this is kept from before 1970-07-20T00:00:00.000Z')];
  expect(await ask({ groupBy: ['pool', 'vmta'] })).toEqual(said);
  expect(await ask({ groupBy: ['file'] })).toEqual(said);
  expect(await ask({ metrics: undefined, format: 'histogram', field: 'size' })).toEqual(said);
  expect(await ask({ queryType: 'flows', path: ['pool', 'vmta', 'provider'] })).toEqual(said);
  expect(await ask({ groupBy: ['vmta'] })).toEqual([]);
  expect(await ask({ groupBy: ['pool', 'vmta'], from: DAY * 201_000 })).toEqual([]);
  // What was closed may be gone; where nothing ever was, it is not looked for.
  const closed = { closedUntil: DAY * 201 };
  expect(await ask({ groupBy: ['pool', 'vmta'] }, closed)).toEqual(said);
  expect(await ask({ groupBy: ['pool', 'vmta'] }, {})).toEqual([]);
});
