import fc from 'fast-check';
import { answer, queryRequestSchema, type Frame } from '../../model';
import { countingReader, type CountingReader } from '../../model/statistics.testkit';
import { openTestStore, type TestStore } from '../../model/store.testkit';
import { diagnosis } from '..';
import { pointsSql, rateSql, reportedSql, RISK_PART_NAMES, RISK_PARTS, scoreSql } from './score';

/** Wednesday, 00:00. */
const TO = Date.UTC(2026, 2, 11) / 1000;
const HOUR = 3600;
const DAY = 24 * HOUR;

let opened: TestStore;
let counting: CountingReader;

/** Messages of one hour: so many of a record, with what else is said of them. */
interface Mail {
  at: number;
  n: number;
  record: 'd' | 'b' | 't' | 'f';
  sender: string;
  provider?: string;
  class?: string;
  job?: string;
}

let file = 0;

async function add({ at, n, record, sender, provider = 'yahoo', class: bounceClass = '', job = '' }: Mail) {
  file++;
  await opened.store
    .write(`INSERT INTO watchtower.events (time, record, sender, provider, domain, vmta, job, bounceClass, message, file, line, ver, sign)
    SELECT toDateTime(${at}, 'UTC') + number % 3600, '${record}', '${sender}', '${provider}', '${provider}.com', 'vmta-1', '${job}', '${bounceClass}', number, ${file}, number + 1, 1, 1
    FROM numbers(${n}) SETTINGS async_insert = 0`);
}

beforeAll(async () => {
  opened = await openTestStore();
  counting = countingReader(opened.directory);
  const last = TO - HOUR;
  // The last hour of the week: its middle is half an hour old, so all of it weighs 2^(-1/144) = 0.995198.
  await add({ at: last, n: 9000, record: 'd', sender: 'good@a.example', job: 'J-good' });
  await add({ at: last, n: 1, record: 'f', sender: 'good@a.example', job: 'J-good' });
  await add({ at: last, n: 980, record: 'd', sender: 'bad@b.example', job: 'J-bad' });
  await add({ at: last, n: 20, record: 'b', class: 'hard', sender: 'bad@b.example', job: 'J-bad' });
  await add({ at: last, n: 2, record: 'f', sender: 'bad@b.example', job: 'J-bad' });
  // Gone before the week, and too few in it.
  await add({ at: TO - 8 * DAY, n: 900, record: 'd', sender: 'bad@b.example', job: 'J-bad' });
  await add({ at: TO - 8 * DAY, n: 100, record: 'b', class: 'hard', sender: 'bad@b.example', job: 'J-bad' });
  await add({ at: TO - 20 * DAY, n: 5000, record: 'b', class: 'block', sender: 'old@c.example' });
});

afterAll(async () => {
  await counting.close();
  await opened.close();
});

async function frameOf(query: Record<string, unknown>, reader = counting): Promise<Frame> {
  const asked = { refId: 'A', queryType: 'risk', ...query };
  const request = queryRequestSchema.parse({ from: 0, to: TO * 1000, queries: [asked] });
  const context = { timezone: 'UTC', complaintProviders: ['yahoo'], diagnosis };
  const { A: result } = (await answer(reader, request, context)).results;
  if (!result || 'error' in result) throw new Error(result?.error);
  return result.frames[0] as Frame;
}

async function rowsOf(query: Record<string, unknown>): Promise<Record<string, unknown>[]> {
  const { schema, data } = await frameOf(query);
  return (data.values[0] ?? []).map((_, row) =>
    Object.fromEntries(schema.fields.map(({ name }, column) => [name, data.values[column]?.[row]])),
  );
}

const near = (value: number) => expect.closeTo(value, 6) as number;

test('the score is the one that is computed by hand, worst first', async () => {
  // All mail: 3 complaints of 9,980 delivered, 20 hard of 10,000 sent, nothing else.
  // bad: complaints (2 w + 200 x 3/9980) / (980 w + 200) = 0.17447 % of 0.3 %, hard (20 w + 200 x 0.002) / (1000 w + 200)
  // = 1.69879 % of 5 %. good: (w + 0.0601202) / (9000 w + 200) = 0.011525 %, 0.4 / (9000 w + 200) = 0.0043683 %.
  expect(await rowsOf({})).toEqual([
    {
      sender: 'bad@b.example',
      score: near(36.363022),
      level: 'medium',
      trend: near(36.363022 - before()),
      messages: 1000,
      complaintPoints: near(26.170254),
      hardBouncePoints: near(10.192768),
      blockPoints: 0,
      deferralPoints: 0,
      complaintRate: near(0.001744684),
      hardBounceRate: near(0.016987947),
      blockRate: 0,
      deferralRate: 0,
    },
    expect.objectContaining({
      sender: 'good@a.example',
      score: near(1.754959),
      level: 'low',
      trend: null,
      complaintPoints: near(1.728749),
      hardBouncePoints: near(0.02621),
    }),
  ]);
});

/** The week before has bad's mail alone: 100 hard of 1,000, 23.5 hours before its end, smoothed with that very rate. */
function before(): number {
  return 30 * Math.min(1, 0.1 / 0.05);
}

test('weight halves in three days', async () => {
  const at = TO - 3 * DAY - HOUR / 2;
  await add({ at, n: 1000, record: 'b', class: 'hard', sender: 'then@d.example', provider: 'gmail' });
  const w = 2 ** (-(3 * DAY) / (3 * DAY));
  const [row] = await rowsOf({ filters: [{ dimension: 'sender', values: ['then@d.example'] }] });
  const all = (20 * 2 ** (-1 / 144) + 1000 * w) / (10_000 * 2 ** (-1 / 144) + 1000 * w);
  // Half an hour before the middle of an hour that is three days old: hours are weighed by their middle.
  expect(row).toMatchObject({ messages: 1000, complaintRate: null, complaintPoints: null });
  expect(row?.['hardBounceRate']).toBeCloseTo((1000 * w + 200 * all) / (1000 * w + 200), 2);
  // Gmail reports no complaints: the others are all there is, 30 of 55 points for hard bounces beyond 5 %.
  expect(row?.['score']).toBeCloseTo((100 * 30) / 55, 6);
});

test('risk of jobs and users, as well as the view of routes, narrowed by filters', async () => {
  await opened.store.append('job_users', [{ job: 'J-bad', user: 'ann', version: 1 }]);
  expect((await rowsOf({ dimension: 'job', limit: 1 }))[0]).toMatchObject({ job: 'J-bad', messages: 1000 });
  expect(await rowsOf({ dimension: 'user' })).toMatchObject([{ user: 'ann', messages: 1000 }]);
  expect(await rowsOf({ dimension: 'vmta' })).toMatchObject([{ vmta: 'vmta-1', messages: 11_000 }]);
  const yahoo = { filters: [{ dimension: 'provider', values: ['yahoo'] }] };
  expect(await rowsOf({ dimension: 'vmta', ...yahoo })).toMatchObject([{ messages: 10_000 }]);
  const gmail = (await rowsOf({ dimension: 'provider' })).find(({ provider }) => provider === 'gmail');
  expect(gmail).toMatchObject({ messages: 1000, complaintRate: null });
});

test('under 100 messages there is not enough data, and a notice says so', async () => {
  await add({ at: TO - HOUR, n: 99, record: 'b', class: 'hard', sender: 'few@e.example' });
  const frame = await frameOf({ dimension: 'senderDomain' });
  const named = await frameOf({ dimension: 'sender' });
  expect(frame.data.values[0]).toEqual([]);
  const at = named.data.values[0]?.indexOf('few@e.example') ?? -1;
  expect(at).toBe((named.data.values[0]?.length ?? 0) - 1);
  expect([named.data.values[1]?.[at], named.data.values[2]?.[at]]).toEqual([null, '']);
  expect(named.schema.meta?.notices).toEqual([
    { severity: 'info', text: 'Not enough data for 1 of 4: a risk needs 100 messages in 7 days' },
  ]);
  const cut = await frameOf({ limit: 2 });
  expect(cut.schema.meta?.notices?.[1]?.text).toBe('Cut to 2, worst first; 2 more are left out');
});

test('risk reads rollups alone, and says so where they do not hold what is asked', async () => {
  const domain = { dimension: 'domain', values: ['yahoo.com'] };
  await expect(frameOf({ filters: [domain] })).rejects.toThrow(
    'filters: no rollup holds sender together with domain; risk is told from rollups alone',
  );
  counting.rowsRead();
  await frameOf({ dimension: 'senderDomain' });
  await frameOf({ dimension: 'sender', filters: [{ dimension: 'vmta', values: ['vmta-1'] }] });
  // 17,000 events stand in some dozen rows of each rollup.
  expect(counting.rowsRead()).toBeLessThan(1500);
});

describe('the score as a function of what was counted', () => {
  const part = fc.record({
    n: fc.nat(2000),
    d: fc.nat(2000),
    rate: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  const parts = fc.record({ complaint: part, hardBounce: part, block: part, deferral: part });
  type Parts = Record<(typeof RISK_PART_NAMES)[number], { n: number; d: number; rate: number }>;

  /** The scores, each with the points of its parts, that the engine tells of many of these at once. */
  async function scoresOf(all: readonly Parts[]): Promise<{ score: number; points: (number | null)[] }[]> {
    const selects = all.map((one, row) => {
      const sums = {
        numerator: (name: keyof Parts) => String(one[name].n),
        denominator: (name: keyof Parts) => String(one[name].d),
      };
      const rates = Object.fromEntries(RISK_PART_NAMES.map((name) => [name, one[name].rate])) as never;
      const points = (name: keyof Parts) => pointsSql(name, '1000', `rate_${name}`, 'reported');
      const number = (sql: string) => `toFloat64OrNull(toString(${sql}))`;
      const worked = RISK_PART_NAMES.map((name) => `${rateSql(name, sums, rates)} AS rate_${name}`);
      return `SELECT ${row} AS row, ${number(scoreSql('1000', 'reported', points))} AS score, [${RISK_PART_NAMES.map(points).map(number).join(', ')}] AS points FROM (SELECT ${reportedSql(sums)} AS reported, ${worked.join(', ')})`;
    });
    return opened.store.read(`SELECT * FROM (${selects.join(' UNION ALL ')}) ORDER BY row`);
  }

  /** What the definition says, with no SQL in it. */
  function definition(one: Parts): number | null {
    const reported = RISK_PART_NAMES.filter((name) => one[name].d > 0);
    const sum = (value: (name: keyof Parts) => number) =>
      reported.reduce((total, name) => total + value(name), 0);
    if (reported.length === 0) return null;
    const points = sum((name) => {
      const { n, d, rate } = one[name];
      return RISK_PARTS[name].points * Math.min(1, (n + 200 * rate) / (d + 200) / RISK_PARTS[name].full);
    });
    return (100 * points) / sum((name) => RISK_PARTS[name].points);
  }

  test('is the definition, within 0 and 100, the sum of its points, and never falls as a part grows', async () => {
    const drawn = fc.sample(parts, { numRuns: 60, seed: 7 }) as Parts[];
    const found = await scoresOf(drawn);
    found.forEach(({ score, points }, at) => {
      const expected = definition(drawn[at] as Parts);
      if (expected === null) return expect(score).toBeNull();
      expect(score).toBeCloseTo(expected, 6);
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(100 + 1e-9);
      expect(points.reduce<number>((sum, own) => sum + (own ?? 0), 0)).toBeCloseTo(score, 6);
      RISK_PART_NAMES.forEach((name, index) => {
        if ((drawn[at] as Parts)[name].d === 0) expect(points[index]).toBeNull();
      });
    });
    expect(drawn.some((one) => RISK_PART_NAMES.some((name) => one[name].d === 0))).toBe(true);
    for (const name of RISK_PART_NAMES) {
      const grown = drawn.map((one) => ({ ...one, [name]: { ...one[name], n: one[name].n + 7 } }));
      (await scoresOf(grown)).forEach(({ score }, at) => {
        if (score !== null) expect(score).toBeGreaterThanOrEqual((found[at]?.score ?? 0) - 1e-9);
      });
    }
  });
});
