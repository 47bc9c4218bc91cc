import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '../../store';
import { Committer } from './committer';
import { emptyStore, standing, stageRows, type TestRow } from './commit.testkit';
import { stageTable } from './work';

let store: Store;
let dir: string;
let commit = 10n;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'watchtower-'));
  store = await openStore({ dataDir: dir });
});

afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

async function fresh(): Promise<Committer> {
  await emptyStore(store);
  return Committer.open(store, 1);
}

async function load(committer: Committer, rows: TestRow[], number?: bigint): Promise<void> {
  commit += 10n;
  await stageRows(store, stageTable(0), rows);
  await committer.load(number ?? commit, stageTable(0));
}

async function remove(committer: Committer, file: number): Promise<void> {
  commit += 10n;
  await committer.remove(commit, { file, fromLine: 0, from: 0, to: 2 ** 32 - 1 });
}

/** Every rollup against a recount of the events: no row may differ. */
async function driftOfRollups(): Promise<unknown[]> {
  const total = await store.read(
    `SELECT time, sum(delivered) AS a, sum(b) AS b FROM (
       SELECT time, sum(delivered) AS delivered, 0 AS b FROM watchtower.totals_minute GROUP BY time
       UNION ALL SELECT toStartOfMinute(time) AS time, 0, sum(sign * (record = 'd')) FROM watchtower.events WHERE role = 0 GROUP BY time)
     GROUP BY time HAVING a != b`,
  );
  const jobs = await store.read(
    `SELECT value, sum(a) AS x, sum(b) AS y FROM (
       SELECT value, sum(delivered + bounced + deferrals) AS a, 0 AS b FROM watchtower.dimension_day WHERE dimension = 'job' GROUP BY value
       UNION ALL SELECT toString(job), 0, sum(sign * (record IN ('d', 'b', 't'))) FROM watchtower.events WHERE role = 0 GROUP BY job)
     GROUP BY value HAVING x != y`,
  );
  const latency = await store.read(
    `SELECT value, bucket, sum(a) AS x, sum(b) AS y FROM (
       SELECT value, bucket, sum(n) AS a, 0 AS b FROM watchtower.latency_day WHERE dimension = 'vmta' GROUP BY value, bucket
       UNION ALL SELECT toString(vmta), toUInt32(latency), 0, sum(sign) FROM watchtower.events WHERE role = 0 AND record = 'd' AND latency BETWEEN 0 AND 63 GROUP BY vmta, latency)
     GROUP BY value, bucket HAVING x != y AND bucket < 64`,
  );
  const files = await store.read(
    `SELECT file, sum(a) AS x, sum(b) AS y FROM (
       SELECT file, sum(events) AS a, 0 AS b FROM watchtower.file_totals GROUP BY file
       UNION ALL SELECT file, 0, sum(sign) FROM watchtower.events WHERE role = 0 GROUP BY file)
     GROUP BY file HAVING x != y`,
  );
  return [...total, ...jobs, ...latency, ...files];
}

const T = 1_789_430_400;
const d = (row: Partial<TestRow> & { file: number; line: number }): TestRow => ({
  time: T,
  orig: 'a@s.example',
  rcpt: 'u@gmail.com',
  record: 'd',
  ...row,
});

describe('one event once', () => {
  it('counts a bounce of the acct and the bounce file once, and the acct row wins whichever came first', async () => {
    const acct = [
      d({ file: 1, line: 1, record: 'b', job: 'J', messageId: 'm', destinationIp: '1.2.3.4', queued: T - 1 }),
    ];
    const bounce = [
      d({ file: 2, line: 1, record: 'b', job: 'J', messageId: 'm', vmta: 'v1', queued: T - 1 }),
    ];
    const one = await fresh();
    await load(one, acct);
    await load(one, bounce);
    const forward = await standing(store);
    expect(await driftOfRollups()).toEqual([]);
    const two = await fresh();
    await load(two, bounce);
    await load(two, acct);
    const backward = await standing(store);
    expect(forward).toHaveLength(1);
    expect(forward[0]).toContain('"destinationIp":"1.2.3.4","vmta":"v1"');
    expect(backward).toEqual(forward);
    expect(await driftOfRollups()).toEqual([]);
  });

  it('keeps equal rows of one file apart, and matches them one to one with those of another', async () => {
    const committer = await fresh();
    const three = [1, 2, 3].map((line) => d({ file: 1, line, job: 'J' }));
    await load(committer, three);
    await load(committer, [d({ file: 2, line: 1, job: 'J' }), d({ file: 2, line: 2, job: 'J' })]);
    expect(await standing(store)).toHaveLength(3);
    await load(
      committer,
      [1, 2, 3, 4].map((line) => d({ file: 3, line, job: 'J' })),
    );
    expect(await standing(store)).toHaveLength(4);
    expect(await driftOfRollups()).toEqual([]);
  });

  it('matches rows without an id to those that have it, and never rows whose ids differ', async () => {
    const committer = await fresh();
    await load(committer, [
      d({ file: 1, line: 1, job: 'J1', messageId: 'a' }),
      d({ file: 1, line: 2, job: 'J1', messageId: 'b' }),
      d({ file: 1, line: 3, job: 'J2', messageId: 'c' }),
    ]);
    await load(committer, [
      d({ file: 2, line: 1, job: 'J2' }),
      d({ file: 2, line: 2, job: 'J1' }),
      d({ file: 2, line: 3, job: 'J1' }),
    ]);
    expect(await standing(store)).toHaveLength(3);
    await load(committer, [d({ file: 3, line: 1, job: 'J9' })]);
    expect(await standing(store)).toHaveLength(4);
  });

  it('never takes rows of two nodes for copies', async () => {
    const committer = await fresh();
    await load(committer, [d({ file: 1, line: 1, node: 'n1' })]);
    await load(committer, [d({ file: 2, line: 1, node: 'n2' })]);
    expect(await standing(store)).toHaveLength(2);
  });

  it('goes by an id that the source gave to the event, whatever else two rows of it say', async () => {
    const committer = await fresh();
    await load(committer, [
      d({ file: 1, line: 1, eventId: 'e1', job: 'J1', messageId: 'a', rcpt: 'u@gmail.com' }),
      d({ file: 1, line: 2, eventId: 'e2', job: 'J1', messageId: 'a', rcpt: 'u@gmail.com' }),
    ]);
    await load(committer, [
      d({ file: 2, line: 1, eventId: 'e2', job: 'J2', messageId: 'b', rcpt: '' }),
      d({ file: 2, line: 2, eventId: 'e3', job: 'J1', messageId: 'a', rcpt: 'u@gmail.com' }),
      d({ file: 2, line: 3, eventId: 'e1' }),
    ]);
    expect((await standing(store)).map((row) => JSON.parse(row) as object)).toEqual([
      expect.objectContaining({ file: 1, line: 1 }),
      expect.objectContaining({ file: 1, line: 2 }),
      expect.objectContaining({ file: 2, line: 2 }),
    ]);
    expect(await driftOfRollups()).toEqual([]);
  });

  it('gives a row without a jobId that of its message, takes it back when it becomes ambiguous, and on deletion', async () => {
    const committer = await fresh();
    await load(committer, [d({ file: 1, line: 1, record: 't', queued: T - 50, time: T - 40 })]);
    await load(committer, [d({ file: 2, line: 1, job: 'J', messageId: 'm', queued: T - 50 })]);
    const rows = await standing(store);
    expect(rows.filter((row) => row.includes('"job":"J"'))).toHaveLength(2);
    expect(new Set(rows.map((row) => (JSON.parse(row) as { message: string }).message)).size).toBe(1);
    expect(await driftOfRollups()).toEqual([]);
    await load(committer, [d({ file: 3, line: 1, time: T + 9, job: 'K', messageId: 'n', queued: T - 50 })]);
    expect((await standing(store)).filter((row) => row.includes('"job":""'))).toHaveLength(1);
    await remove(committer, 3);
    expect((await standing(store)).filter((row) => row.includes('"job":"J"'))).toHaveLength(2);
    await remove(committer, 2);
    expect((await standing(store)).filter((row) => row.includes('"job":""'))).toHaveLength(1);
    expect(await driftOfRollups()).toEqual([]);
  });
});

describe('which rows are of one message', () => {
  const giver = d({ file: 2, line: 1, job: 'J', messageId: 'm', queued: T });
  const jobs = async () =>
    (await standing(store))
      .map((row) => JSON.parse(row) as { file: number; job: string })
      .filter(({ file }) => file === 1);

  it.each([
    ['within an hour, is its', 3600, 'J'],
    ['earlier, is not', 3601, ''],
  ])(
    'an event that was logged before its message was queued, %s, whatever else is loaded',
    async (_, early, job) => {
      const event = d({ file: 1, line: 1, record: 't', time: T - early, queued: T });
      const neighbour = d({
        file: 2,
        line: 2,
        rcpt: 'n@gmx.de',
        time: T - 9000,
        queued: T - 9000,
        job: 'K',
        messageId: 'n',
      });
      for (const others of [[], [neighbour]]) {
        const committer = await fresh();
        await load(committer, [event]);
        await load(committer, [giver, ...others]);
        expect(await jobs()).toEqual([expect.objectContaining({ job })]);
      }
    },
  );

  it('a complaint takes no id from its message’s triple: it has its delivery', async () => {
    const committer = await fresh();
    const bare = { rcpt: 'w@gmx.de', queued: T - 5 };
    await load(committer, [d({ file: 1, line: 1, record: 'f', time: T - 1, ...bare })]);
    await load(committer, [d({ file: 2, line: 1, record: 't', time: T, job: 'J', messageId: 'm', ...bare })]);
    expect(await jobs()).toEqual([expect.objectContaining({ job: '', method: '' })]);
  });
});

describe('the result is a function of the set of files', () => {
  const row = fc.record({
    record: fc.constantFrom('d', 'b', 't'),
    time: fc.integer({ min: T, max: T + 2 }),
    rcpt: fc.constantFrom('u@gmail.com', 'v@gmx.de'),
    job: fc.constantFrom('', 'J1', 'J2'),
    messageId: fc.constantFrom('', 'm1', 'm2'),
    queued: fc.constantFrom(0, T - 5),
    destinationIp: fc.constantFrom('', '1.1.1.1'),
    latency: fc.constantFrom(-1, 5),
  });
  const files = fc.array(fc.array(row, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 4 });

  it('whatever the order of arrival, and a deleted file leaves no trace', async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.func(fc.nat()), async (contents, order) => {
        const logs = contents.map((rows, f) =>
          rows.map((r, i) => ({ ...d({ file: f + 1, line: i + 1 }), ...r })),
        );
        const one = await fresh();
        for (const log of logs) await load(one, log);
        const straight = await standing(store);
        expect(await driftOfRollups()).toEqual([]);

        const two = await fresh();
        const shuffled = [...logs].sort((a, b) => order(a[0]?.file) - order(b[0]?.file));
        const extra = logs.map((log) => log.map((r) => ({ ...r, file: r.file + 100 }))).flat();
        await load(
          two,
          extra.filter((r) => r.file === 101),
        );
        for (const log of shuffled.reverse()) await load(two, log);
        await remove(two, 101);
        expect(await standing(store)).toEqual(straight);
        expect(await driftOfRollups()).toEqual([]);

        const three = await fresh();
        await load(three, logs.flat());
        expect(await standing(store)).toEqual(straight);
        expect(await driftOfRollups()).toEqual([]);
      }),
      { numRuns: 10 },
    );
  }, 240_000);

  it('a repeated commit changes nothing', async () => {
    const committer = await fresh();
    await load(committer, [d({ file: 1, line: 1, record: 'b' }), d({ file: 1, line: 2, time: T + 86_400 })]);
    const rows = [
      d({ file: 2, line: 1, record: 'b', job: 'J' }),
      d({ file: 2, line: 2, time: T + 86_400, job: 'K' }),
      d({ file: 2, line: 3 }),
    ];
    await load(committer, rows, 100_000n);
    const before = await standing(store);
    await load(committer, rows, 100_000n);
    expect(await standing(store)).toEqual(before);
    expect(await driftOfRollups()).toEqual([]);
  });
});
