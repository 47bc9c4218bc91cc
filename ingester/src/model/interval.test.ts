import { bucketStarts, chooseInterval, zoneGrain } from './interval';

const DAY = 86_400;

test('the interval asked for is kept, unless a series would have too many points', () => {
  const wish = { from: 0, to: DAY, points: 11_000 };
  expect(chooseInterval({ ...wish, intervalMs: 60_000, maxDataPoints: 1000 })).toEqual({
    seconds: 60,
    raised: false,
  });
  expect(chooseInterval({ ...wish, intervalMs: 1 })).toEqual({ seconds: 10, raised: true });
  expect(chooseInterval({ ...wish, maxDataPoints: 100 })).toEqual({ seconds: 900, raised: false });
  expect(chooseInterval({ ...wish, to: 40_000 * 365 * DAY, maxDataPoints: 1 }).seconds % DAY).toBe(0);
});

test('buckets cover the range, weeks begin on Mondays, and the day the clock changes has 23 hours', () => {
  expect(bucketStarts({ seconds: 60, timezone: 'UTC' }, 61, 181)).toEqual([60, 120, 180]);
  expect(bucketStarts({ seconds: 60, timezone: 'UTC' }, 60, 60)).toEqual([]);
  const week = bucketStarts(
    { seconds: 7 * DAY, timezone: 'UTC' },
    Date.UTC(2026, 8, 16) / 1000,
    Date.UTC(2026, 8, 22) / 1000,
  );
  expect(week.map((at) => new Date(at * 1000).toISOString().slice(0, 10))).toEqual([
    '2026-09-14',
    '2026-09-21',
  ]);
  const change = Date.UTC(2026, 2, 29) / 1000;
  const [first = 0, second = 0] = bucketStarts(
    { seconds: DAY, timezone: 'Europe/Berlin' },
    change,
    change + DAY,
  );
  expect(second - first).toBe(23 * 3600);
});

test('rollups of UTC hours serve the days of zones that are whole hours off', () => {
  const grain = (zone: string) => zoneGrain(0, DAY, zone, [DAY, 3600, 60]);
  expect([grain('UTC'), grain('Europe/Berlin'), grain('Asia/Kolkata')]).toEqual([DAY, 3600, 60]);
});
