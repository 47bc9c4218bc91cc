import fc from 'fast-check';
import { driftOfRollups } from '../recount.testkit';
import { CommitBench, standing, type TestRow } from './commit.testkit';

/** Without this, a complaint would keep the delivery of another order of arrival, and nobody would see it. */

let bench: CommitBench;

beforeAll(async () => {
  bench = await CommitBench.open();
});

afterAll(() => bench.close());

async function load(rows: readonly TestRow[]): Promise<void> {
  if (rows.length > 0) await bench.load(rows);
}

const T = 1_789_430_400;
const DAY = 86_400;

/** Two mails to each of two people; the second went out an hour later. */
const MAILS = [
  {
    queued: T,
    rcpt: 'ann@gmail.com',
    orig: 'b-0000000001@s.example',
    job: 'J1',
    messageId: 'm1',
    vmta: 'v1',
  },
  {
    queued: T + 3600,
    rcpt: 'ann@gmail.com',
    orig: 'b-0000000002@s.example',
    job: 'J2',
    messageId: 'm2',
    vmta: 'v2',
  },
  { queued: T, rcpt: 'bob@gmx.de', orig: 'b-0000000003@s.example', job: 'J1', messageId: 'm3', vmta: 'v1' },
  { queued: T + 3600, rcpt: 'bob@gmx.de', orig: 'news@s.example', job: 'J3', messageId: 'm4', vmta: 'v3' },
];
type Part = Omit<TestRow, 'file' | 'line'>;
const ids = fc.record({ job: fc.boolean(), messageId: fc.boolean() });
const mail = fc.constantFrom(...MAILS);
const logged = (record: string, seconds: fc.Arbitrary<number>, senderDomain = 's.example') =>
  fc.tuple(mail, ids, seconds).map(
    ([m, has, after]): Part => ({
      record,
      time: m.queued + after,
      queued: m.queued,
      rcpt: m.rcpt,
      orig: m.orig,
      senderDomain,
      ...(record === 'd' && { vmta: m.vmta, latency: after }),
      ...(has.job && { job: m.job }),
      ...(has.messageId && { messageId: m.messageId }),
    }),
  );
/** What comes later names its mail by this or that, and sometimes by nothing. */
const late = fc
  .tuple(
    fc.constantFrom('f', 'remote'),
    mail,
    fc.constantFrom(5, 3600, 7200, 2 * DAY, 4 * DAY, 31 * DAY),
    fc.record({
      id: fc.boolean(),
      rcpt: fc.boolean(),
      orig: fc.boolean(),
      job: fc.boolean(),
      triple: fc.boolean(),
    }),
  )
  .map(
    ([record, m, after, says]): Part => ({
      record,
      time: m.queued + after,
      ...(says.id && { messageId: m.messageId }),
      ...(says.rcpt && { rcpt: m.rcpt }),
      ...(says.orig && { orig: m.orig }),
      ...(says.job && { job: m.job }),
      ...(says.triple && { rcpt: m.rcpt, orig: m.orig, queued: m.queued }),
    }),
  );
const delivery = logged('d', fc.constantFrom(-7200, -60, 5, 60));
const attempt = logged('t', fc.constantFrom(1, 2, 29 * DAY));
const rows = fc.oneof(
  fc.array(delivery, { minLength: 1, maxLength: 4 }),
  fc.array(attempt, { minLength: 1, maxLength: 3 }),
  fc.array(late, { minLength: 1, maxLength: 3 }),
);
const files = fc.array(rows, { minLength: 2, maxLength: 5 });

/** One way for the files to come: an order, where each is cut in two, and what is deleted and dropped again on the way. */
const arrival = fc.record({
  order: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
  cuts: fc.array(fc.nat({ max: 3 }), { minLength: 5, maxLength: 5 }),
  again: fc.array(fc.nat({ max: 4 }), { maxLength: 2 }),
  gone: fc.array(fc.nat({ max: 4 }), { maxLength: 2 }),
});

/** A complaint that finds its delivery only by the Message-Id that this takes from an attempt. */
const KNOWN: Part[][] = [
  [{ ...MAILS[0], time: T + 5, messageId: '' }],
  [{ record: 't', ...MAILS[0], time: T + 1 }],
  [{ record: 'f', time: T + 3600, messageId: 'm1' }],
];

it('what stands is a function of the loaded files: ids, complaints and rollups too', async () => {
  let correlated = 0;
  await fc.assert(
    fc.asyncProperty(files, arrival, async (contents, { order, cuts, again, gone }) => {
      const logs = contents.map((lines, f) =>
        lines.map((line, i) => ({ ...line, file: f + 1, line: i + 1 })),
      );
      await bench.empty();
      const way = logs
        .map((log, f) => ({ log, f, place: order[f] ?? 0 }))
        .sort((a, b) => a.place - b.place || a.f - b.f);
      for (const { log, f } of way) {
        await load(log.slice(0, cuts[f] ?? 0));
        await load(log.slice(cuts[f] ?? 0));
        for (const number of again.filter((n) => n === f)) {
          await bench.remove(number + 1);
          await load(log);
        }
      }
      for (const number of new Set(gone)) if (logs[number]) await bench.remove(number + 1);
      const got = await standing(bench.store);
      expect(await driftOfRollups(bench.store)).toEqual([]);

      await bench.empty();
      for (const [f, log] of logs.entries()) if (!gone.includes(f)) await load(log);
      const wanted = await standing(bench.store);
      correlated += wanted.filter((row) => /"method":"(?!"|message")/.test(row)).length;
      expect(got).toEqual(wanted);
    }),
    { numRuns: 4, examples: [[KNOWN, { order: [3, 2, 1], cuts: [1, 1, 1], again: [2], gone: [] }]] },
  );
  // A run in which nothing found its delivery would show nothing.
  expect(correlated).toBeGreaterThan(0);
}, 600_000);
