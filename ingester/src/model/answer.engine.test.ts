import fc from 'fast-check';
import type { Store } from '../store';
import { answer, type QueryResult } from './answer';
import { GROUPING } from './dimensions';
import type { Frame } from './frames';
import { bucketStarts, bucketStartSql } from './interval';
import { bucketOf, bucketSql, valueOf, valueSql } from './metrics/latency';
import type { MetricName } from './metrics/metrics';
import { grouped, openAmong, recount, seeded, type TestEvent } from './recount.testkit';
import { filterSchema, queryRequestSchema, type Filter } from './schema';
import { foldsProviders } from './metrics/sources';
import { fillWithCorrections, openTestStore, teachLookUps, type TestStore } from './store.testkit';

const FROM = Date.UTC(2026, 2, 27) / 1000;
const TO = FROM + 5 * 86_400;
const reporting = ['yahoo', 'gmx'];
const context = { timezone: 'UTC', complaintProviders: reporting };
/** What can be recounted from the events of a cell alone. */
const names = Object.keys(recount([], [])) as MetricName[];
const QUANTILE = /^latencyP/;

let opened: TestStore;
let store: Store;
let current: TestEvent[];
let open: Set<TestEvent>;

beforeAll(async () => {
  opened = await openTestStore();
  store = opened.store;
  current = await fillWithCorrections(store, 4000, FROM, TO, seeded(7));
  open = openAmong(current);
  await teachLookUps(store);
});

afterAll(() => opened.close());

async function ask(query: Record<string, unknown>): Promise<QueryResult> {
  const request = queryRequestSchema.parse({ queries: [{ refId: 'A', ...query }] });
  const response = await answer(store, request, context);
  return response.results.A as QueryResult;
}

async function framesOf(query: Record<string, unknown>): Promise<readonly Frame[]> {
  const result = await ask(query);
  if (!('frames' in result)) throw new Error(result.error);
  return result.frames;
}

/** Rows of a table by their group. */
async function table(query: Record<string, unknown>): Promise<Map<string, (number | null)[]>> {
  const [frame] = await framesOf({ ...query, format: 'table' });
  const width = (query.groupBy as string[]).length;
  const values = frame?.data.values ?? [];
  const rows = (values[0] ?? []).map((_, row) => values.map((column) => column[row] ?? null));
  return new Map(
    rows.map((row) => [JSON.stringify(row.slice(0, width)), row.slice(width) as (number | null)[]]),
  );
}

/** Points of a timeseries by bucket and group. */
async function points(query: Record<string, unknown>): Promise<Map<string, Record<string, number | null>>> {
  const found = new Map<string, Record<string, number | null>>();
  for (const { schema, data } of await framesOf({ ...query, format: 'timeseries' })) {
    const field = schema.fields[1];
    data.values[0]?.forEach((time, index) => {
      const key = JSON.stringify([time, ...Object.values(field?.labels ?? {})]);
      const cell = found.get(key) ?? {};
      cell[field?.name ?? ''] = (data.values[1]?.[index] ?? null) as number | null;
      found.set(key, cell);
    });
  }
  return found;
}

/** Compares by hand first: a matcher for each of some hundred thousand values would take minutes. */
function expectMetric(
  name: string,
  actual: number | null | undefined,
  counted: number | null | undefined,
): void {
  const exact = counted ?? null;
  const expected = exact !== null && QUANTILE.test(name) ? valueOf(bucketOf(exact)) : exact;
  if (actual === expected) return;
  if (typeof actual !== 'number' || expected === null)
    expect({ name, value: actual }).toEqual({ name, value: expected });
  else expect(Math.abs(actual - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
}

const instant = fc.oneof(
  fc.integer({ min: FROM * 1000, max: TO * 1000 }),
  fc.integer({ min: 0, max: 5 * 24 }).map((hour) => (FROM + hour * 3600) * 1000),
  fc.integer({ min: 0, max: 5 * 24 * 60 }).map((minute) => (FROM + minute * 60) * 1000),
);
const range = fc.tuple(instant, instant).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));

const FILTERS: readonly unknown[] = [
  { dimension: 'provider', operator: '=', values: ['gmail'] },
  { dimension: 'provider', operator: 'in', values: ['yahoo', 'other'] },
  { dimension: 'provider', operator: '!=', values: ['example.org'] },
  { dimension: 'provider', operator: 'notIn', values: ['gmail', ''] },
  { dimension: 'provider', operator: 'regex', values: ['^g', 'ple\\.org$'] },
  { dimension: 'domain', operator: '=', values: ["o'hara.example"] },
  { dimension: 'vmta', operator: 'notRegex', values: ['-[23]$'] },
  { dimension: 'vmta', operator: '>=', values: ['vmta-2'] },
  { dimension: 'pool', operator: 'startsWith', values: ['pool-'] },
  { dimension: 'job', operator: 'in', values: ['J-1', 'J-9'] },
  { dimension: 'sender', operator: 'contains', values: ['{"a":\'1\'}', 'é'] },
  { dimension: 'senderDomain', operator: '=', values: [''] },
  { dimension: 'eventType', operator: '!=', values: ['tran'] },
  { dimension: 'bounceClass', operator: '=', values: ['block'] },
  { dimension: 'smtpStatus', operator: '<', values: ['5'] },
  { dimension: 'reason', operator: 'startsWith', values: ['421'] },
  { dimension: 'reason', operator: 'in', values: ['bad-mailbox', ''] },
  { dimension: 'reasonClass', operator: '=', values: ['mailbox'] },
  { dimension: 'user', operator: 'in', values: ['ann', ''] },
  { dimension: 'file', operator: '=', values: [2] },
  { dimension: 'outcome', operator: 'in', values: ['delivered', 'hard', 'deferred'] },
  { dimension: 'recipient', operator: '=', values: ['ann@example.org'] },
  { dimension: 'recipient', operator: '=', values: ['tab\there'] },
  { dimension: 'messageId', operator: 'startsWith', values: ['id-1'] },
  { dimension: 'envId', operator: '=', values: ['env-1'] },
  { dimension: 'feedbackType', operator: '=', values: ['abuse'] },
  { dimension: 'direction', operator: '=', values: ['out'] },
  { dimension: 'header:x-campaign', operator: '=', values: ['spring'] },
  { dimension: 'job', operator: 'in', values: [] },
];
const filters = fc
  .subarray([...FILTERS], { maxLength: 2 })
  .map((chosen) => chosen.map((filter): Filter => filterSchema.parse(filter)));
const CROSSED = [
  ['provider', 'vmta'],
  ['job', 'provider'],
  ['provider', 'pool'],
  ['provider', 'vmta', 'pool'],
  ['senderDomain', 'pool'],
  ['job', 'vmta'],
  ['node', 'sender', 'provider'],
  ['provider', 'user'],
  ['user', 'vmta'],
  ['user', 'pool', 'provider'],
  ['job', 'user'],
  ['reason', 'provider'],
  ['job', 'reason'],
  ['user', 'reasonClass', 'provider'],
] as const;
const groupBy = fc.oneof(
  { weight: 3, arbitrary: fc.subarray([...GROUPING], { maxLength: 1 }) },
  { weight: 4, arbitrary: fc.constantFrom(...CROSSED) },
  { weight: 1, arbitrary: fc.shuffledSubarray([...GROUPING], { maxLength: 3 }) },
) as fc.Arbitrary<typeof GROUPING>;

/** All metrics of some of the events. */
function counted(events: readonly TestEvent[]): Record<string, number | null> {
  return recount(events, reporting, open);
}

/** A condition that every event meets and only events can tell. */
const RAW: Filter = { dimension: 'envId', operator: 'notIn', values: [] };

test('tables equal a recount, from rollups and from events alike, for any range, grouping and filter', async () => {
  expect(open.size).toBeGreaterThan(10);
  await fc.assert(
    fc.asyncProperty(range, groupBy, filters, async (span, by, conditions) => {
      const query = {
        queryType: 'metrics',
        ...span,
        groupBy: by,
        filters: conditions,
        metrics: names,
        limit: 100_000,
      };
      const expected = grouped(current, query, foldsProviders(by, conditions));
      const actual = await table(query);
      for (const [key, events] of expected) {
        const counts = counted(events);
        const row = actual.get(key);
        if (row) names.forEach((name, index) => expectMetric(name, row[index], counts[name]));
        else
          expect({ key, told: (JSON.parse(key) as string[]).includes('') && silent(counts) }).toMatchObject({
            told: true,
          });
        actual.delete(key);
      }
      expect([...actual.keys()]).toEqual([]);
      if (conditions.length === 0) {
        const fromEvents = await table({ ...query, filters: [RAW] });
        expect(fromEvents).toEqual(await table(query));
      }
    }),
    { numRuns: 60, seed: 11 },
  );
}, 300_000);

/** Whether a group has nothing to say in any metric (only events that no metric counts). */
function silent(counts: Record<string, number | null>): boolean {
  return Object.values(counts).every((value) => value === null || value === 0);
}

test('timeseries equal a recount in every bucket, for any interval and time zone', async () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/New_York');
  const interval = fc.constantFrom(60, 90, 300, 3600, 7200, 86_400, 2 * 86_400, 7 * 86_400);
  await fc.assert(
    fc.asyncProperty(
      range,
      groupBy,
      filters,
      zone,
      interval,
      async (span, by, conditions, timezone, seconds) => {
        if (span.to - span.from > 11_000 * 1000 * seconds || span.from === span.to) return;
        const wide = (span.to - span.from) / 1000 / seconds > 400;
        const grouping = wide ? [] : by.slice(0, 2);
        const query = {
          queryType: 'metrics',
          ...span,
          groupBy: grouping,
          filters: conditions,
          metrics: names,
          limit: 500,
        };
        const starts = bucketStarts(
          { seconds, timezone },
          Math.ceil(span.from / 1000),
          Math.ceil(span.to / 1000),
        );
        const bucket = (time: number) => starts.findLast((start) => start <= time) ?? -1;
        const expected = grouped(current, query, foldsProviders(grouping, conditions), bucket);
        const actual = await points({ ...query, timezone, intervalMs: seconds * 1000 });
        const nothing = counted([]);
        for (const [key, cell] of actual) {
          const counts = expected.has(key) ? counted(expected.get(key) ?? []) : nothing;
          for (const name of names) expectMetric(name, cell[name], counts[name]);
          expected.delete(key);
        }
        for (const [key, events] of expected)
          expect({
            key,
            told: (JSON.parse(key) as string[]).includes('') && silent(counted(events)),
          }).toMatchObject({ told: true });
      },
    ),
    { numRuns: 60, seed: 12 },
  );
}, 300_000);

test('the engine and TypeScript agree on every latency bucket and its value', async () => {
  const latencies = [
    ...Array.from({ length: 20_000 }, (_, i) => i),
    86_400,
    259_200,
    2_592_000,
    2_147_483_647,
  ];
  const rows = await store.read<{ latency: number; bucket: number; value: number }>(
    `SELECT latency, ${bucketSql('latency')} AS bucket, ${valueSql('bucket')} AS value FROM (SELECT toInt32(arrayJoin([${latencies.join(',')}])) AS latency)`,
  );
  expect(rows.length).toBe(latencies.length);
  for (const { latency, bucket, value } of rows) {
    expect([latency, bucket, value]).toEqual([latency, bucketOf(latency), valueOf(bucketOf(latency))]);
    expect(Math.abs(value - latency)).toBeLessThanOrEqual(Math.max(0.5, latency * 0.0051 + 0.5));
  }
});

test('hostile texts in filters are values and nothing else', async () => {
  const texts = [
    "' OR 1=1 --",
    '\\',
    "\\'",
    '{p0:String}',
    '\u0000',
    '\n\t\r',
    '💥',
    '%',
    "')) UNION ALL SELECT 1",
  ];
  for (const operator of ['=', 'in', 'contains', 'startsWith', '<'] as const)
    for (const text of texts) {
      const values = operator === 'in' ? [text, "x','y"] : [text];
      const result = await ask({
        queryType: 'metrics',
        from: FROM * 1000,
        to: TO * 1000,
        metrics: ['sent'],
        filters: [{ dimension: 'domain', operator, values }],
      });
      expect({ operator, text, result }).toMatchObject({ result: { status: 200 } });
      if (operator !== '<') expect(result).toMatchObject({ frames: [{ data: { values: [[]] } }] });
    }
});

test('a broken regular expression is told apart from a broken store', async () => {
  const result = await ask({
    queryType: 'metrics',
    from: FROM * 1000,
    to: TO * 1000,
    metrics: ['sent'],
    filters: [{ dimension: 'vmta', operator: 'regex', values: ['(['] }],
  });
  expect(result).toMatchObject({
    status: 400,
    errorSource: 'downstream',
    error: expect.stringContaining('regular expression'),
  });
});

test('a limit keeps the highest groups in order and says how many were cut', async () => {
  const query = {
    queryType: 'metrics',
    from: FROM * 1000,
    to: TO * 1000,
    metrics: ['latencyP95', 'bounced'],
    groupBy: ['domain'],
    orderBy: 'delivered',
  };
  const all = await framesOf({ ...query, metrics: ['delivered'] });
  const [cut] = await framesOf({ ...query, limit: 2 });
  expect(cut?.data.values[0]).toEqual(all[0]?.data.values[0]?.slice(0, 2));
  expect(cut?.schema.meta?.notices).toEqual([
    {
      severity: 'info',
      text: `Cut to 2 groups by delivered, highest first; ${(all[0]?.data.values[0]?.length ?? 0) - 2} more are left out`,
    },
  ]);
  const series = await framesOf({
    ...query,
    format: 'timeseries',
    metrics: ['bounced'],
    limit: 2,
    intervalMs: 86_400_000,
  });
  expect(series.map(({ schema }) => schema.fields[1]?.labels)).toEqual(
    cut?.data.values[0]?.map((domain) => ({ domain })),
  );
});

test('numeric answers are one labelled number a frame', async () => {
  const frames = await framesOf({
    queryType: 'metrics',
    from: FROM * 1000,
    to: TO * 1000,
    metrics: ['deferralRate'],
    groupBy: ['vmta'],
    format: 'numeric',
  });
  expect(frames.length).toBe(4);
  for (const { schema, data } of frames) {
    expect(schema.meta).toMatchObject({ type: 'numeric-multi', typeVersion: [0, 1] });
    expect(schema.fields).toHaveLength(1);
    expect(data.values).toEqual([[expect.any(Number)]]);
  }
});

test('a range without events is one typed frame without rows', async () => {
  for (const format of ['table', 'timeseries', 'numeric'])
    for (const groupBy of [[], ['vmta']]) {
      const frames = await framesOf({
        queryType: 'metrics',
        from: 0,
        to: 86_400_000,
        metrics: ['delivered'],
        groupBy,
        format,
        intervalMs: 3_600_000,
      });
      expect(frames).toHaveLength(1);
      expect(frames[0]?.data.values.every((column) => column.length === 0)).toBe(true);
      expect(frames[0]?.schema.fields.length).toBe(frames[0]?.data.values.length);
    }
});

test('the engine and TypeScript begin the days of a zone at the same second, over changes of the clock', async () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/Sao_Paulo',
    'Africa/Cairo',
    'Asia/Beirut',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
  ];
  const from = Date.UTC(2017, 8, 1) / 1000;
  const to = Date.UTC(2018, 11, 1) / 1000;
  for (const timezone of zones)
    for (const days of [1, 2, 7, 30]) {
      const bucketing = { seconds: days * 86_400, timezone };
      const rows = await store.read<{ t: number }>(
        `SELECT DISTINCT ${bucketStartSql(bucketing, 'time', '{zone:String}')} AS t FROM (SELECT toDateTime(${from} + number * 1800, 'UTC') AS time FROM numbers(${(to - from) / 1800})) ORDER BY t`,
        { params: { zone: timezone } },
      );
      expect({ timezone, days, starts: bucketStarts(bucketing, from, to) }).toEqual({
        timezone,
        days,
        starts: rows.map(({ t }) => t),
      });
    }
});
