import fc from 'fast-check';
import { answer } from '../answer';
import type { Frame } from '../frames';
import { bucketStarts } from '../interval';
import { seeded, USERS } from '../recount.testkit';
import { queryRequestSchema } from '../schema';
import { openTestStore, settleOpenEvents, teachLookUps, type TestStore } from '../store.testkit';
import { EXPIRY } from './waiting';

const FROM = Date.UTC(2026, 2, 27) / 1000;
const TO = FROM + 3 * 86_400;

/** A message's life: instants in epoch s; `final` is undefined while it waits. */
interface Life {
  readonly vmta: string;
  readonly provider: string;
  readonly user: string;
  readonly queued: number;
  readonly deferred: readonly number[];
  readonly final: number | undefined;
}

let opened: TestStore;
const lives: Life[] = [];

beforeAll(async () => {
  opened = await openTestStore();
  const random = seeded(5);
  const rows: Record<string, unknown>[] = [];
  for (let message = 1; message <= 1500; message++) {
    const vmta = random() < 0.5 ? 'vmta-1' : 'vmta-2';
    const job = ['J-1', 'J-2', 'J-3', 'J-9'][message % 4] as string;
    const user = USERS[job] ?? '';
    const provider = ['gmail', 'a.example', 'b.example'][message % 3] as string;
    const queued = FROM - 86_400 + Math.floor(random() * (TO - FROM + 86_400));
    const quick = random() < 0.6;
    const deferred = quick
      ? []
      : Array.from(
          { length: 1 + Math.floor(random() * 3) },
          () => queued + 1 + Math.floor(random() * 40_000),
        ).sort((a, b) => a - b);
    const last = deferred.at(-1) ?? queued;
    const final = quick || random() < 0.7 ? last + Math.floor(random() * (quick ? 200 : 90_000)) : undefined;
    lives.push({ vmta, provider, user, queued, deferred, final });
    const base = { vmta, provider, job, queued, message, file: 1, role: 0, rcpt: `${message}@a.example` };
    deferred.forEach((time, index) =>
      rows.push({ ...base, record: 't', time, line: message * 10 + index, ver: 1, sign: 1 }),
    );
    if (final === undefined) continue;
    const event = { ...base, record: random() < 0.8 ? 'd' : 'b', time: final, line: message * 10 + 9 };
    const version = (ver: number, sign: number, other = {}) => rows.push({ ...event, ...other, ver, sign });
    // Corrected: another queueing time at first, then the right one.
    if (random() < 0.3) {
      version(1, 1, { queued: queued - 5000 });
      version(1, -1, { queued: queued - 5000 });
    }
    version(2, 1);
  }
  for (let at = 0; at < rows.length; at += 1000)
    await opened.store.append('events', rows.slice(at, at + 1000));
  await settleOpenEvents(opened.store);
  await teachLookUps(opened.store);
}, 60_000);

afterAll(() => opened.close());

async function framesOf(query: Record<string, unknown>): Promise<readonly Frame[]> {
  const request = queryRequestSchema.parse({ queries: [{ refId: 'A', queryType: 'metrics', ...query }] });
  const context = { timezone: 'UTC', complaintProviders: [] };
  const { A: result } = (await answer(opened.store, request, context)).results;
  if (!result || !('frames' in result)) throw new Error(result?.error);
  return result.frames;
}

const minute = (at: number) => at - (at % 60);

/** Messages that wait at the last minute up to an instant: queued before it, final not before it, and if open seen by `to`. */
function waiting(instant: number, end: number, within: Partial<Life> = {}): Life[] {
  const [at, to] = [minute(instant), minute(end)];
  return lives.filter((life) => {
    if (Object.entries(within).some(([name, value]) => life[name as keyof Life] !== value)) return false;
    if (life.queued >= at) return false;
    if (life.final !== undefined) return life.final >= at;
    return life.deferred.some((time) => time < to) && at < life.queued + EXPIRY;
  });
}

const age = (at: number, all: readonly Life[]) =>
  all.length === 0 ? null : minute(at) - Math.min(...all.map(({ queued }) => queued));

test('backlog and the age of its oldest message equal a recount at the end of every bucket', async () => {
  const question = fc.record({
    from: fc.integer({ min: FROM, max: TO - 1 }),
    length: fc.integer({ min: 1, max: 2 * 86_400 }),
    seconds: fc.constantFrom(60, 90, 300, 900, 3600, 5400, 86_400),
    timezone: fc.constantFrom('UTC', 'Asia/Kolkata'),
    within: fc.constantFrom<Partial<Life>>(
      {},
      { vmta: 'vmta-1' },
      { user: 'ann' },
      { user: '', provider: 'gmail' },
    ),
  });
  await fc.assert(
    fc.asyncProperty(question, async ({ from, length, seconds, timezone, within }) => {
      const to = from + length;
      const frames = await framesOf({
        from: from * 1000,
        to: to * 1000,
        metrics: ['backlog', 'oldestQueuedAge'],
        format: 'timeseries',
        intervalMs: seconds * 1000,
        timezone,
        filters: Object.entries(within).map(([dimension, value]) => ({
          dimension,
          operator: '=',
          values: [value],
        })),
      });
      const starts = bucketStarts({ seconds, timezone }, from, to);
      const ends = starts.map((start, index) => starts[index + 1] ?? Math.min(start + seconds, to));
      const expected = ends.map((at) => waiting(Math.min(at, to), to, within));
      if (frames[0]?.data.values[0]?.length === 0) {
        expect(expected.every((all) => all.length === 0)).toBe(true);
        return;
      }
      expect(frames[0]?.data.values[1]).toEqual(expected.map((all) => all.length));
      expect(frames[1]?.data.values[1]).toEqual(
        expected.map((all, i) => age(Math.min(ends[i] ?? to, to), all)),
      );
    }),
    { numRuns: 40, seed: 2 },
  );
}, 120_000);

test('as a table backlog and oldest are those at the end of the range, group by group', async () => {
  const ends = [7000, 41_000, 86_400, 100_000, 100_807, 143_999, 200_123].map((seconds) => FROM + seconds);
  const groups = {
    vmta: ['vmta-1', 'vmta-2'],
    provider: ['a.example', 'b.example', 'gmail'],
    user: ['', 'ann'],
  };
  for (const at of ends)
    for (const [by, names] of Object.entries(groups)) {
      const asked = { from: (FROM - 3600) * 1000, to: at * 1000, groupBy: [by], orderBy: by, order: 'asc' };
      const [frame] = await framesOf({ ...asked, metrics: ['backlog', 'oldestQueuedAge'] });
      const own = (value: string) => waiting(at, at, { [by]: value });
      const told = (frame?.data.values[0] ?? []) as string[];
      for (const name of names.filter((each) => own(each).length > 0)) {
        const row = told.indexOf(name);
        const [count, oldest] = [1, 2].map((column) => frame?.data.values[column]?.[row]);
        expect([at, by, name, count, oldest]).toEqual([at, by, name, own(name).length, age(at, own(name))]);
      }
    }
});

test('whose messages wait is told at each provider, unlisted ones together', async () => {
  const at = FROM + 100_000;
  const [frame] = await framesOf({
    from: FROM * 1000,
    to: at * 1000,
    metrics: ['backlog'],
    groupBy: ['user', 'provider'],
  });
  const expected = new Map<string, number>();
  for (const { user, provider } of waiting(at, at)) {
    const key = `${user} at ${provider === 'gmail' ? provider : 'other'}`;
    expected.set(key, (expected.get(key) ?? 0) + 1);
  }
  const [users, providers, counts] = (frame?.data.values ?? []) as [string[], string[], number[]];
  expect(new Map(counts.map((n, index) => [`${users[index]} at ${providers[index]}`, n]))).toEqual(expected);
  const { sources } = frame?.schema.meta?.custom as { sources: { table: string }[] };
  expect(sources.map(({ table }) => table)).toContain('backlog_minute');
});

test('unresolved counts the messages seen in the range that have no final event to this day', async () => {
  const to = FROM + 2 * 86_400;
  const [frame] = await framesOf({
    from: FROM * 1000,
    to: to * 1000,
    metrics: ['unresolved'],
    groupBy: ['vmta'],
    orderBy: 'vmta',
    order: 'asc',
  });
  const open = (vmta: string) =>
    lives.filter(
      (life) =>
        life.vmta === vmta &&
        life.final === undefined &&
        life.deferred.some((time) => time >= FROM && time < to),
    ).length;
  expect(frame?.data.values).toEqual([
    ['vmta-1', 'vmta-2'],
    [open('vmta-1'), open('vmta-2')],
  ]);
});

test('the ages of what waits are counted by bucket, at the end of the range or of every step', async () => {
  const at = FROM + 2 * 86_400;
  const edges = [60, 300, 900, 3600, 14_400, 86_400];
  const bins = (end: number) => {
    const ages = waiting(end, at).map(({ queued }) => minute(end) - queued);
    return [0, ...edges].map(
      (edge, index) => ages.filter((value) => value >= edge && value < (edges[index] ?? Infinity)).length,
    );
  };
  const query = { from: FROM * 1000, to: at * 1000, field: 'queueAge' };
  const [histogram] = await framesOf({ ...query, format: 'histogram' });
  expect(histogram?.data.values[3]).toEqual(bins(at));
  const [grouped] = await framesOf({ ...query, format: 'histogram', groupBy: ['vmta'] });
  const counts = grouped?.data.values.slice(3) as number[][];
  expect(edges.concat(0).map((_, bin) => counts.reduce((sum, own) => sum + (own[bin] ?? 0), 0))).toEqual(
    bins(at),
  );
  const [heatmap] = await framesOf({ ...query, format: 'heatmap', intervalMs: 86_400_000 });
  const days = [bins(FROM + 86_400), bins(at)];
  expect(heatmap?.data.values.slice(1)).toEqual(edges.concat(0).map((_, bin) => days.map((day) => day[bin])));
});

test('an answer that may miss waiting messages says from when on, and one that cannot does not', async () => {
  const texts = async (to: number) =>
    (
      await framesOf({ from: FROM * 1000, to: to * 1000, metrics: ['backlog'] })
    )[0]?.schema.meta?.notices?.map(({ text }) => text);
  expect(await texts(TO)).toEqual([
    expect.stringMatching(/^backlog estimated after 20\d\d-.*without events of reception/),
  ]);
  const time = FROM + 86_400;
  await opened.store.append('events', [
    { record: 'r', time, queued: time, message: 99_999, file: 2, line: 1, ver: 1, role: 0, sign: 1 },
    { record: 'd', time, queued: time, message: 99_999, file: 2, line: 2, ver: 1, role: 0, sign: 1 },
  ]);
  expect(await texts(TO)).toBeUndefined();
});
