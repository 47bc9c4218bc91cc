import fc from 'fast-check';
import { reconcile } from '../reconcile';
import { CommitBench, type TestRow } from './commit.testkit';

/** Without these, a message that is through would wait for ever in the backlog, or one that waits would be missing. */

let bench: CommitBench;

beforeAll(async () => {
  bench = await CommitBench.open();
});

beforeEach(() => bench.empty());

afterAll(() => bench.close());

/** `file-line` of every open event that stands. */
async function open(): Promise<string[]> {
  const rows = await bench.store.read<{ id: string; n: number }>(
    `SELECT concat(toString(file), '-', toString(line)) AS id, sum(sign) AS n FROM watchtower.open_events
     GROUP BY message, file, line, ver HAVING n != 0 ORDER BY id`,
  );
  expect(rows.every(({ n }) => n === 1)).toBe(true);
  return rows.map(({ id }) => id);
}

/** Runs a commit that ends when its events stand and before it is written what is open of them. */
async function crashBeforeOpen(work: () => Promise<void>): Promise<void> {
  const write = bench.store.write.bind(bench.store);
  const crash = jest.spyOn(bench.store, 'write').mockImplementation((sql) => {
    if (sql.startsWith('INSERT INTO watchtower.open_events')) return Promise.reject(new Error('gone'));
    return write(sql);
  });
  await expect(work()).rejects.toThrow('gone');
  crash.mockRestore();
}

const T = 1_789_430_400;
const HOUR = 3600;
const DAY = 86_400;
const row = (
  record: string,
  after: number,
  file: number,
  line = 1,
  more: Partial<TestRow> = {},
): TestRow => ({
  record,
  time: T + after,
  orig: 'a@s.example',
  rcpt: 'u@gmail.com',
  queued: T,
  messageId: 'm',
  file,
  line,
  ...more,
});

it.each([
  ['before', [0, 1]],
  ['after', [1, 0]],
])('a deferral that is loaded %s the delivery is open only without it', async (_, order) => {
  const logs = [[row('t', 60, 1), row('t', 900, 1, 2)], [row('d', 1800, 2)]];
  for (const index of order) await bench.load(logs[index] ?? []);
  expect(await open()).toEqual([]);
  await bench.remove(2);
  expect(await open()).toEqual(['1-1', '1-2']);
  await bench.load([row('b', 1900, 3)]);
  expect(await open()).toEqual([]);
  await bench.load(logs[1] ?? []);
  await bench.remove(3);
  expect(await open()).toEqual([]);
  await bench.remove(1);
  await bench.remove(2);
  expect(await open()).toEqual([]);
});

it('a final event ends what was logged up to an hour after it and ten days before it', async () => {
  const seen = [-10 * DAY, -10 * DAY + 1, -DAY, 0, HOUR, HOUR + 1];
  await bench.load(seen.map((after, index) => row('t', after, 1, index + 1)));
  expect(await open()).toHaveLength(seen.length);
  await bench.load([row('d', 0, 2)]);
  expect(await open()).toEqual(['1-1', '1-6']);
  await bench.remove(1);
  await bench.load(seen.map((after, index) => row('r', after, 3, index + 1)));
  expect(await open()).toEqual(['3-1', '3-6']);
});

it('a delivery whose message is known only from its copy, or no longer, counts for that message', async () => {
  await bench.load([row('t', 60, 1, 1, { messageId: 'm', job: 'J' })]);
  const bare = row('d', 120, 2, 1, { messageId: '', job: '', rank: 9, queued: T + 1 });
  await bench.load([bare]);
  expect(await open()).toEqual(['1-1']);
  await bench.load([row('d', 120, 3, 1, { messageId: 'm', job: 'J', queued: T + 1 })]);
  expect(await open()).toEqual([]);
  await bench.remove(3);
  expect(await open()).toEqual(['1-1']);
  // An id that the deferral gives away: both are one message by what they have in common.
  await bench.remove(2);
  await bench.load([{ ...bare, queued: T }]);
  expect(await open()).toEqual([]);
});

it('what a crash left between the events and what is open of them is made good when the commit is repeated', async () => {
  await bench.load([row('t', 60, 1), row('t', 90, 1, 2, { rcpt: 'w@gmail.com' })]);
  const rows = [row('d', 120, 2), row('t', 150, 2, 2, { rcpt: 'v@gmail.com' })];
  await crashBeforeOpen(() => bench.load(rows));
  expect(await open()).toEqual(['1-1', '1-2']);
  await bench.restart();
  for (let time = 0; time < 2; time++) {
    await bench.committer.repeat(() => bench.load(rows, bench.commit));
    await reconcile(bench.store, bench.commit);
    expect(await open()).toEqual(['1-2', '2-2']);
  }
});

it('where the events that a removal took back were merged away before it was repeated, what is open is counted again', async () => {
  await bench.load([row('t', 60, 1)]);
  await bench.load([row('d', 120, 2), row('t', 150, 2, 2, { rcpt: 'v@gmail.com' })]);
  expect(await open()).toEqual(['2-2']);
  const removal = { file: 2, fromLine: 0, from: T, to: T + HOUR };
  await crashBeforeOpen(() => bench.committer.remove((bench.commit += 10n), removal));
  await bench.store.write('OPTIMIZE TABLE watchtower.events FINAL');
  const left = await bench.store.read<{ n: number }>(
    'SELECT count() AS n FROM watchtower.events WHERE file = 2',
  );
  expect(left).toEqual([{ n: 0 }]);
  await bench.committer.repeat(() => bench.committer.remove(bench.commit, removal));
  expect(await open()).toEqual(['2-2']);
  for (let time = 0; time < 2; time++) {
    await reconcile(bench.store, bench.commit);
    expect(await open()).toEqual(['1-1']);
  }
});

const parts = fc.array(
  fc.record({
    record: fc.constantFrom('t', 't', 'r', 'd', 'b'),
    rcpt: fc.constantFrom('u@gmail.com', 'v@gmail.com', 'w@gmail.com'),
    after: fc.constantFrom(0, 60, HOUR, 3 * HOUR, DAY, 12 * DAY),
  }),
  { minLength: 1, maxLength: 5 },
);

test('what is open depends on the loaded files alone, in whatever order they come and go', async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(parts, { minLength: 3, maxLength: 4 }),
      fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
      fc.subarray([0, 1, 2, 3], { maxLength: 2 }),
      async (contents, order, gone) => {
        await bench.empty();
        // Each line has its own second, so that no two files hold copies of one event.
        const logs = contents.map((lines, f) =>
          lines.map(({ record, rcpt, after }, i) => row(record, after + f * 10 + i, f + 1, i + 1, { rcpt })),
        );
        for (const f of order) if (logs[f]) await bench.load(logs[f]);
        for (const f of gone) if (logs[f]) await bench.remove(f + 1);
        const left = logs.filter((_, f) => !gone.includes(f)).flat();
        const ends = left.filter(({ record }) => record === 'd' || record === 'b');
        const waits = ({ time, rcpt }: TestRow) =>
          !ends.some((end) => end.rcpt === rcpt && end.time >= time - HOUR && end.time < time + 10 * DAY);
        const expected = left
          .filter((seen) => (seen.record === 't' || seen.record === 'r') && waits(seen))
          .map(({ file, line }) => `${file}-${line}`)
          .sort();
        found += expected.length;
        expect(await open()).toEqual(expected);
      },
    ),
    { numRuns: 12, seed: 4 },
  );
  expect(found).toBeGreaterThan(0);
}, 300_000);
