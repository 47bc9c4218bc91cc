import { csv, delivery, stamp, type Cells } from '../ingest/ingest.testkit';
import { answer } from '../model';
import { openWatch, type Watch } from './detect.testkit';

const STEP = 300;
const THROTTLED = {
  type: 't',
  dsnStatus: '4.7.28',
  dsnDiag: 'smtp;421-4.7.28 Gmail has detected an unusual rate of mail',
};

const DAY = 86_400;

let watch: Watch;
let now = 0;
/** Each test has days of its own in one store, later ones than the tests before and out of reach of what was usual there. */
let hour = Date.UTC(2025, 0, 1, 9) / 1000;

beforeAll(async () => {
  watch = await openWatch({ now: () => now * 1000 });
});

beforeEach(() => {
  hour += 40 * DAY;
});

afterAll(() => watch.close());

/** The incidents of a test, retracted ones too. */
const all = async () => (await watch.all()).filter(({ start }) => start >= hour);

/** Attempts of a step at gmail through one VMTA, the first ones deferred, or `failed`. Distinct by `batch`. */
function attempts(step: number, count: number, bad: number, batch = '', failed: Cells = THROTTLED): Cells[] {
  return Array.from({ length: count }, (_, i) => {
    const at = hour + step * STEP + Math.floor((i * STEP) / count);
    return delivery(hour, i, {
      timeLogged: stamp(at),
      timeQueued: stamp(at - 5),
      vmta: 'VMTA-5',
      rcpt: `user${step}-${i}${batch}@gmail.com`,
      'header_Message-Id': `<${hour}-${step}-${i}${batch}@sender.example>`,
      ...(i < bad && failed),
    });
  });
}

let files = 0;

/** Loads steps as one file, at a moment of the clock, and gives the incidents. */
async function load(clock: number, ...rows: Cells[][]) {
  now = clock;
  const found = await watch.load(watch.room.put(`f${++files}.csv`, csv(rows.flat())));
  return found.filter(({ start }) => start >= hour);
}

const usual = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => attempts(from + i, 100, 2));

it('is provisional, open, and closed, with one id', async () => {
  const end = (step: number) => hour + step * STEP;
  const [first] = await load(end(13), ...usual(0, 12), attempts(12, 100, 80));
  expect(first).toMatchObject({
    kind: 'throttling',
    provider: 'gmail',
    vmta: 'VMTA-5',
    state: 'provisional',
  });
  expect(first).toMatchObject({ start: end(12), finish: end(13), opened: 0, historical: 0 });

  const [second] = await load(end(14), attempts(13, 100, 80));
  expect(second).toMatchObject({ id: first?.id, state: 'open', finish: end(14), opened: now * 1000 });
  // Those of the good hour wait too: nothing says that they were delivered.
  expect(JSON.parse(second?.behind ?? '')).toEqual([
    ['job', 'J1', 1],
    ['sender', expect.any(String), 1],
    ['sourceIp', expect.any(String), 1],
  ]);
  expect(second?.sentence).toMatch(
    /^Gmail is throttling VMTA-5: about 184 messages waiting, 20 % of attempts succeed, since \d\d:00; mostly J1$/,
  );
  // An alert leads there.
  expect(second).toMatchObject({
    mostlyJob: 'J1',
    mostlySender: 'news@sender.example',
    mostlyIp: '10.0.0.1',
  });

  const still = await load(end(17), attempts(14, 100, 2), attempts(15, 100, 2), attempts(16, 100, 2));
  expect(still).toMatchObject([{ id: first?.id, state: 'open', finish: end(14) }]);
  const [closed] = await load(
    end(21),
    attempts(17, 100, 2),
    attempts(18, 100, 2),
    attempts(19, 100, 2),
    attempts(20, 100, 2),
  );
  expect(closed).toMatchObject({ id: first?.id, state: 'closed', start: end(12), finish: end(14) });
  expect(closed).toMatchObject({ opened: second?.opened, detected: first?.detected, settled: now * 1000 });
  // The last windows of it reach two steps further, and what was deferred in them waits too.
  expect(closed?.sentence).toContain('Gmail throttled VMTA-5: up to 188 messages waiting');
  expect(await all()).toHaveLength(1);
}, 60_000);

it('is retracted by late logs that explain it, and comes back with its id', async () => {
  const end = (step: number) => hour + step * STEP;
  const [found] = await load(end(14), ...usual(0, 12), attempts(12, 50, 40), attempts(13, 100, 2));
  expect(found).toMatchObject({ kind: 'throttling', state: 'open' });
  expect(await load(end(14), attempts(12, 900, 0, 'late'))).toEqual([]);
  expect(await all()).toMatchObject([{ id: found?.id, state: 'retracted', settled: now * 1000 }]);
  await watch.room.ingest.remove(String(files));
  await watch.room.ingest.idle();
  await watch.look();
  expect(await all()).toMatchObject([{ id: found?.id, state: 'open' }]);
}, 60_000);

it('keeps its id when its beginning moves', async () => {
  const end = (step: number) => hour + step * STEP;
  const [found] = await load(end(15), ...usual(0, 11), attempts(13, 100, 80), attempts(14, 100, 80));
  const [moved] = await load(end(15), attempts(11, 100, 80), attempts(12, 100, 80));
  expect(moved).toMatchObject({ id: found?.id, start: end(11), finish: end(15) });
  expect(found?.start).toBe(end(13));
  expect(await all()).toHaveLength(1);
}, 60_000);

it('is closed when nothing is logged for two hours, and windows close by the clock', async () => {
  const end = (step: number) => hour + step * STEP;
  await load(end(13), ...usual(0, 12), attempts(12, 100, 80));
  now = end(13) + 600;
  await watch.detector.settle();
  expect(await all()).toMatchObject([{ state: 'open' }]);
  now = end(13) + 7199;
  await watch.detector.settle();
  expect(await all()).toMatchObject([{ state: 'open' }, { kind: 'logs_stopped', state: 'open' }]);
  now = end(13) + 7200;
  await watch.detector.settle();
  expect(await all()).toMatchObject([{ state: 'closed', settled: now * 1000 }, { kind: 'logs_stopped' }]);
}, 60_000);

// All tests before this one left something: what waited, and for how long, must not depend on when it was looked at.
it('is the same for a detector that begins anew, which writes nothing', async () => {
  const rows = [...usual(0, 12), attempts(12, 100, 80), ...usual(13, 20)];
  const found = await load(hour + 20 * STEP, ...rows);
  expect(found).toHaveLength(1);
  const written = () => watch.room.store.read('SELECT count() AS n FROM watchtower.incidents');
  const before = await written();
  await watch.another().update();
  expect(await all()).toEqual(found);
  expect(await written()).toEqual(before);
}, 60_000);

/** Ids whose alert fires (1) or has just ended (0). */
async function alerts(): Promise<Record<string, unknown>> {
  const queries = [{ refId: 'A', queryType: 'incidents', format: 'numeric', metric: 'open' }];
  const { store } = watch.room;
  const { A } = (await answer(store, { queries }, { timezone: 'UTC', complaintProviders: [] })).results;
  if (!A || 'error' in A) throw new Error(A?.error);
  const firing = A.frames.filter(({ data }) => data.values[0]?.length === 1);
  return Object.fromEntries(
    firing.map(({ schema, data }) => [schema.fields[0]?.labels?.['incident'], data.values[0]?.[0]]),
  ) as Record<string, unknown>;
}

// Old logs are loaded at any time: nobody is to be woken for every day of them.
it('is historical where it was over for more than a day when it was found: a back-fill pages once', async () => {
  const bad = (first: number) => [...usual(first, first + 12), attempts(first + 12, 100, 80)];
  now = Math.floor(Date.now() / 1000);
  expect(now).toBeGreaterThan(hour + 2 * DAY);
  const [found] = await load(now, ...bad(0));
  expect(found).toMatchObject({ kind: 'throttling', historical: 1 });
  const summary = (await all()).filter(({ kind }) => kind === 'backfill');
  expect(summary).toMatchObject([{ state: 'open', start: found?.start, finish: found?.finish }]);
  expect(await alerts()).toEqual({ [summary[0]?.id ?? '']: 1 });
  await load(now + 600, ...bad(80), ...usual(93, 97));
  const both = (await all()).filter(({ kind }) => kind === 'throttling');
  expect(both.map(({ historical }) => historical)).toEqual([1, 1]);
  expect(await alerts()).toEqual({ [summary[0]?.id ?? '']: 1 });
}, 60_000);

it('pages once for what ninety old days hold, whichever come first and however long it takes to load them', async () => {
  const before = await alerts();
  now = Math.floor(Date.now() / 1000) + DAY;
  const paged = new Set<string>();
  const unknown = { type: 'b', bounceCat: 'bad-mailbox', dsnStatus: '5.1.1' };
  for (const first of [60, 0, 30]) {
    now += 1200;
    await load(now, ...[0, 9, 29].map((day) => attempts((first + day) * 288, 40, 20, '', unknown)));
    for (const [id, value] of Object.entries(await alerts()))
      if (value === 1 && !(id in before)) paged.add(id);
  }
  expect([...paged]).toEqual([expect.stringMatching(/^backfill-/)]);
  const found = await all();
  const old = found.filter(({ kind }) => kind === 'bounce_spike');
  expect(old.map(({ historical }) => historical)).toEqual(Array(9).fill(1));
  expect(found.filter(({ kind }) => kind === 'backfill')).toMatchObject([
    { state: 'open', sentence: expect.stringContaining('hold 9 incidents (9 bounce spike)') },
  ]);
}, 60_000);
