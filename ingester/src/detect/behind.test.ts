import { randomEvents, seeded, type TestEvent } from '../model/recount.testkit';
import { openTestStore, type TestStore } from '../model/store.testkit';
import { behindOf } from './behind';
import type { Episode } from './episodes';
import type { Reader } from './reads';

const DAY = Date.UTC(2026, 8, 15) / 1000;
const HOUR = 3600;

let opened: TestStore;
let events: TestEvent[];

beforeAll(async () => {
  opened = await openTestStore();
  events = randomEvents(600, DAY, DAY + 24 * HOUR, seeded(5));
  for (let at = 0; at < events.length; at += 200)
    await opened.store.append(
      'events',
      events.slice(at, at + 200).map((event) => ({ ...event, sign: 1 })),
    );
});

afterAll(() => opened.close());

function episode(kind: Episode['kind'], entity: Episode['entity'], start: number, end: number): Episode {
  return { kind, entity, start, end, last: end, firings: [], absorbed: [] };
}

/** Shares of the senders of these events, the highest first. */
function senders(of: (event: TestEvent) => boolean): Map<string, number> {
  const own = events.filter((event) => event.role === 0 && of(event));
  const counts = new Map<string, number>();
  for (const { sender } of own) counts.set(sender, (counts.get(sender) ?? 0) + 1);
  return new Map([...counts].map(([name, n]) => [name, Math.round((10_000 * n) / own.length) / 10_000]));
}

// One statement for each of hundreds of incidents took longer than everything else of a look at a large store.
it('asks once for the incidents of a kind and day, and gives each what stands behind it in its own time', async () => {
  let statements = 0;
  const reader: Reader = {
    read: (sql, options) => {
      statements++;
      return opened.store.read(sql, options);
    },
  };
  const jobs = [...new Set(events.map(({ job }) => job))].filter((job) => job !== '').slice(0, 3);
  const spans = [
    [DAY, DAY + 12 * HOUR],
    [DAY + 6 * HOUR, DAY + 24 * HOUR],
  ] as const;
  const episodes = jobs.flatMap((job) =>
    spans.map(([start, end]) => episode('complaint_spike', { job }, start, end)),
  );
  const found = await behindOf(reader, [
    ...episodes,
    episode('logs_stopped', { node: 'a' }, DAY, DAY + HOUR),
  ]);
  expect(statements).toBe(1);
  const told = episodes.map((one) => found.get(one) ?? []);
  expect(told.flat().length).toBeGreaterThan(6);
  for (const [index, { entity, start, end }] of episodes.entries()) {
    const shares = senders(
      ({ record, job, time }) => record === 'f' && job === entity.job && time >= start && time < end,
    );
    for (const [part, value, share] of told[index] ?? []) {
      expect(part).not.toBe('job');
      if (part === 'sender') expect(share).toBeCloseTo(shares.get(value) ?? NaN, 9);
    }
  }
});
