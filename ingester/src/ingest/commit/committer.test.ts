import fc from 'fast-check';
import { driftOfRollups } from '../recount.testkit';
import { CommitBench, standing, type TestRow } from './commit.testkit';

let bench: CommitBench;

beforeAll(async () => {
  bench = await CommitBench.open();
});

beforeEach(() => bench.empty());

afterAll(() => bench.close());

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
    await bench.load(acct);
    await bench.load(bounce);
    const forward = await standing(bench.store);
    expect(await driftOfRollups(bench.store)).toEqual([]);
    await bench.empty();
    await bench.load(bounce);
    await bench.load(acct);
    const backward = await standing(bench.store);
    expect(forward).toHaveLength(1);
    expect(forward[0]).toContain('"destinationIp":"1.2.3.4","vmta":"v1"');
    expect(backward).toEqual(forward);
    expect(await driftOfRollups(bench.store)).toEqual([]);
  });

  it('keeps equal rows of one file apart, and matches them one to one with those of another', async () => {
    const three = [1, 2, 3].map((line) => d({ file: 1, line, job: 'J' }));
    await bench.load(three);
    await bench.load([d({ file: 2, line: 1, job: 'J' }), d({ file: 2, line: 2, job: 'J' })]);
    expect(await standing(bench.store)).toHaveLength(3);
    await bench.load([1, 2, 3, 4].map((line) => d({ file: 3, line, job: 'J' })));
    expect(await standing(bench.store)).toHaveLength(4);
    expect(await driftOfRollups(bench.store)).toEqual([]);
  });

  it('matches rows without an id to those that have it, and never rows whose ids differ', async () => {
    await bench.load([
      d({ file: 1, line: 1, job: 'J1', messageId: 'a' }),
      d({ file: 1, line: 2, job: 'J1', messageId: 'b' }),
      d({ file: 1, line: 3, job: 'J2', messageId: 'c' }),
    ]);
    await bench.load([
      d({ file: 2, line: 1, job: 'J2' }),
      d({ file: 2, line: 2, job: 'J1' }),
      d({ file: 2, line: 3, job: 'J1' }),
    ]);
    expect(await standing(bench.store)).toHaveLength(3);
    await bench.load([d({ file: 3, line: 1, job: 'J9' })]);
    expect(await standing(bench.store)).toHaveLength(4);
  });

  it('never takes rows of two nodes for copies', async () => {
    await bench.load([d({ file: 1, line: 1, node: 'n1' })]);
    await bench.load([d({ file: 2, line: 1, node: 'n2' })]);
    expect(await standing(bench.store)).toHaveLength(2);
  });

  it('goes by an id that the source gave to the event, whatever else two rows of it say', async () => {
    await bench.load([
      d({ file: 1, line: 1, eventId: 'e1', job: 'J1', messageId: 'a', rcpt: 'u@gmail.com' }),
      d({ file: 1, line: 2, eventId: 'e2', job: 'J1', messageId: 'a', rcpt: 'u@gmail.com' }),
    ]);
    await bench.load([
      d({ file: 2, line: 1, eventId: 'e2', job: 'J2', messageId: 'b', rcpt: '' }),
      d({ file: 2, line: 2, eventId: 'e3', job: 'J1', messageId: 'a', rcpt: 'u@gmail.com' }),
      d({ file: 2, line: 3, eventId: 'e1' }),
    ]);
    expect((await standing(bench.store)).map((row) => JSON.parse(row) as object)).toEqual([
      expect.objectContaining({ file: 1, line: 1 }),
      expect.objectContaining({ file: 1, line: 2 }),
      expect.objectContaining({ file: 2, line: 2 }),
    ]);
    expect(await driftOfRollups(bench.store)).toEqual([]);
  });

  it('gives a row without a jobId that of its message, takes it back when it becomes ambiguous, and on deletion', async () => {
    await bench.load([d({ file: 1, line: 1, record: 't', queued: T - 50, time: T - 40 })]);
    await bench.load([d({ file: 2, line: 1, job: 'J', messageId: 'm', queued: T - 50 })]);
    const rows = await standing(bench.store);
    expect(rows.filter((row) => row.includes('"job":"J"'))).toHaveLength(2);
    expect(new Set(rows.map((row) => (JSON.parse(row) as { message: string }).message)).size).toBe(1);
    expect(await driftOfRollups(bench.store)).toEqual([]);
    await bench.load([d({ file: 3, line: 1, time: T + 9, job: 'K', messageId: 'n', queued: T - 50 })]);
    expect((await standing(bench.store)).filter((row) => row.includes('"job":""'))).toHaveLength(1);
    await bench.remove(3);
    expect((await standing(bench.store)).filter((row) => row.includes('"job":"J"'))).toHaveLength(2);
    await bench.remove(2);
    expect((await standing(bench.store)).filter((row) => row.includes('"job":""'))).toHaveLength(1);
    expect(await driftOfRollups(bench.store)).toEqual([]);
  });
});

describe('which rows are of one message', () => {
  const giver = d({ file: 2, line: 1, job: 'J', messageId: 'm', queued: T });
  const jobs = async () =>
    (await standing(bench.store))
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
        await bench.empty();
        await bench.load([event]);
        await bench.load([giver, ...others]);
        expect(await jobs()).toEqual([expect.objectContaining({ job })]);
      }
    },
  );

  it('a complaint takes no id from its message’s triple: it has its delivery', async () => {
    const bare = { rcpt: 'w@gmx.de', queued: T - 5 };
    await bench.load([d({ file: 1, line: 1, record: 'f', time: T - 1, ...bare })]);
    await bench.load([d({ file: 2, line: 1, record: 't', time: T, job: 'J', messageId: 'm', ...bare })]);
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
        await bench.empty();
        for (const log of logs) await bench.load(log);
        const straight = await standing(bench.store);

        await bench.empty();
        const shuffled = [...logs].sort((a, b) => order(a[0]?.file) - order(b[0]?.file));
        const extra = logs.map((log) => log.map((r) => ({ ...r, file: r.file + 100 }))).flat();
        await bench.load(extra.filter((r) => r.file === 101));
        for (const log of shuffled.reverse()) await bench.load(log);
        await bench.remove(101);
        expect(await standing(bench.store)).toEqual(straight);
        expect(await driftOfRollups(bench.store)).toEqual([]);

        await bench.empty();
        await bench.load(logs.flat());
        expect(await standing(bench.store)).toEqual(straight);
      }),
      { numRuns: 6 },
    );
  }, 240_000);
});
