import { csv, delivery, freshHour, stamp, type Cells } from '../ingest/ingest.testkit';
import { openWatch, type Watch } from './detect.testkit';

const STEP = 300;
const THROTTLED = {
  dsnStatus: '4.7.28',
  dsnDiag: 'smtp;421-4.7.28 Gmail has detected an unusual rate of mail',
};

let watch: Watch;
let now = 0;
let hour = 0;

beforeEach(async () => {
  watch = await openWatch({ now: () => now * 1000 });
  // Two hours of its own, so that what is usual is known.
  hour = freshHour();
  freshHour();
});

afterEach(() => watch.close());

/** Attempts of a step at gmail through one VMTA, the first ones deferred. Distinct by `batch`. */
function attempts(step: number, count: number, deferred: number, batch = ''): Cells[] {
  return Array.from({ length: count }, (_, i) => {
    const at = hour + step * STEP + Math.floor((i * STEP) / count);
    return delivery(hour, i, {
      timeLogged: stamp(at),
      timeQueued: stamp(at - 5),
      vmta: 'VMTA-5',
      rcpt: `user${step}-${i}${batch}@gmail.com`,
      'header_Message-Id': `<${hour}-${step}-${i}${batch}@sender.example>`,
      ...(i < deferred && { type: 't', ...THROTTLED }),
    });
  });
}

let files = 0;

/** Loads steps as one file, at a moment of the clock, and gives the incidents. */
async function load(clock: number, ...rows: Cells[][]) {
  now = clock;
  return watch.load(watch.room.put(`f${++files}.csv`, csv(rows.flat())));
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
  expect(await watch.all()).toHaveLength(1);
}, 60_000);

it('is retracted by late logs that explain it, and comes back with its id', async () => {
  const end = (step: number) => hour + step * STEP;
  const [found] = await load(end(14), ...usual(0, 12), attempts(12, 50, 40), attempts(13, 100, 2));
  expect(found).toMatchObject({ kind: 'throttling', state: 'open' });
  expect(await load(end(14), attempts(12, 900, 0, 'late'))).toEqual([]);
  expect(await watch.all()).toMatchObject([{ id: found?.id, state: 'retracted', settled: now * 1000 }]);
  await watch.room.ingest.remove('2');
  await watch.room.ingest.idle();
  expect(await watch.look()).toMatchObject([{ id: found?.id, state: 'open' }]);
}, 60_000);

it('keeps its id when its beginning moves', async () => {
  const end = (step: number) => hour + step * STEP;
  const [found] = await load(end(15), ...usual(0, 11), attempts(13, 100, 80), attempts(14, 100, 80));
  const [moved] = await load(end(15), attempts(11, 100, 80), attempts(12, 100, 80));
  expect(moved).toMatchObject({ id: found?.id, start: end(11), finish: end(15) });
  expect(found?.start).toBe(end(13));
  expect(await watch.all()).toHaveLength(1);
}, 60_000);

it('is closed when nothing is logged for two hours, and windows close by the clock', async () => {
  const end = (step: number) => hour + step * STEP;
  await load(end(13), ...usual(0, 12), attempts(12, 100, 80));
  now = end(13) + 600;
  await watch.detector.settle();
  expect(await watch.all()).toMatchObject([{ state: 'open' }]);
  now = end(13) + 7199;
  await watch.detector.settle();
  expect(await watch.all()).toMatchObject([{ state: 'open' }, { kind: 'logs_stopped', state: 'open' }]);
  now = end(13) + 7200;
  await watch.detector.settle();
  expect(await watch.all()).toMatchObject([
    { state: 'closed', settled: now * 1000 },
    { kind: 'logs_stopped' },
  ]);
}, 60_000);

// Old logs are loaded at any time: nobody is to be woken for last week.
it('is historical where it was over for more than a day when it was found', async () => {
  const rows = [...usual(0, 12), attempts(12, 100, 80), ...usual(13, 20)];
  const [found] = await load(hour + 13 * STEP + 86_401, ...rows);
  expect(found).toMatchObject({ state: 'closed', historical: 1 });
}, 60_000);

it('is the same for a detector that begins anew, which writes nothing', async () => {
  const rows = [...usual(0, 12), attempts(12, 100, 80), ...usual(13, 20)];
  const found = await load(hour + 20 * STEP, ...rows);
  expect(found).toHaveLength(1);
  await watch.another().update();
  const written = await watch.room.store.read('SELECT count() AS n FROM watchtower.incidents');
  expect(written).toEqual([{ n: 1 }]);
  expect(await watch.all()).toEqual(found);
}, 60_000);
