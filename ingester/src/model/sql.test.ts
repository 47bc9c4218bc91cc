import { metricsQuerySchema, type Filter } from './schema';
import { planQuestion, type Question } from './planner';
import { planSql } from './sql';

const DAY = 86_400;
const day = Date.UTC(2026, 8, 15) / 1000;
const base: Question = {
  from: day,
  to: day + DAY,
  metrics: ['delivered'],
  groupBy: [],
  filters: [],
  complaintProviders: ['yahoo'],
};

function filter(dimension: string, operator: Filter['operator'], values: string[]): Filter {
  return { dimension, operator, values };
}

/** `table ranges` of every slice, ranges in hours since the day began. */
function slices(question: Partial<Question>): string[] {
  return planQuestion({ ...base, ...question }).parts.flatMap(({ family, slices: own }) =>
    own.map(({ table, ranges }) => {
      const hours = ranges.map(([from, to]) => `${(from - day) / 3600}-${(to - day) / 3600}`);
      return `${family}: ${table.name} ${hours.join(',')}`;
    }),
  );
}

test('whole days come from day tables, the rest from the coarsest grain that fits, the edges from events', () => {
  expect(slices({})).toEqual(['counts: dimension_day 0-24']);
  expect(slices({ from: day - 2 * 3600 - 90, to: day + DAY + 1 })).toEqual([
    'counts: events -2.025--2.0166666666666666,24-24.00027777777778',
    'counts: totals_minute -2.0166666666666666--2',
    'counts: dimension_hour -2-0',
    'counts: dimension_day 0-24',
  ]);
  expect(slices({ groupBy: ['vmta'], from: day + 600, to: day + 7200 })).toEqual([
    'counts: events 0.16666666666666666-1',
    'counts: dimension_hour 1-2',
  ]);
});

test('a timeseries is read at a grain that divides its interval, and days of other zones from hours', () => {
  const bucketed = (seconds: number, timezone = 'UTC') => slices({ bucketing: { seconds, timezone } });
  expect(bucketed(60)).toEqual(['counts: totals_minute 0-24']);
  expect(bucketed(90)).toEqual(['counts: events 0-24']);
  expect(bucketed(3600)).toEqual(['counts: dimension_hour 0-24']);
  expect(bucketed(DAY)).toEqual(['counts: dimension_day 0-24']);
  expect(bucketed(DAY, 'Europe/Berlin')).toEqual(['counts: dimension_hour 0-24']);
  expect(bucketed(DAY, 'Asia/Kolkata')).toEqual(['counts: totals_minute 0-24']);
});

test('dimensions, pairs and latencies have rollups; other questions go to events', () => {
  expect(slices({ filters: [filter('vmta', 'regex', ['x'])] })).toEqual(['counts: dimension_day 0-24']);
  expect(slices({ groupBy: ['vmta', 'provider'] })).toEqual(['counts: pair_day 0-24']);
  expect(slices({ groupBy: ['job'], filters: [filter('provider', '=', ['gmail'])] })).toEqual([
    'counts: pair_day 0-24',
  ]);
  expect(slices({ groupBy: ['job'], filters: [filter('provider', 'regex', ['g'])] })).toEqual([
    'counts: events 0-24',
  ]);
  expect(slices({ groupBy: ['domain', 'vmta'] })).toEqual(['counts: events 0-24']);
  expect(slices({ filters: [filter('recipient', '=', ['a@b.example'])] })).toEqual(['counts: events 0-24']);
  expect(
    slices({ metrics: ['latencyP95', 'latencyMax', 'complaintRate', 'deferredMessages'], groupBy: ['vmta'] }),
  ).toEqual([
    'counts: dimension_day 0-24',
    'reporting: pair_day 0-24',
    'latency: latency_day 0-24',
    'latencyMax: events 0-24',
    'deferredMessages: events 0-24',
  ]);
});

test('unlisted providers are one group in pairs, wherever these are read from', () => {
  const folded = (question: Partial<Question>) => planQuestion({ ...base, ...question }).folded;
  expect(folded({ groupBy: ['provider', 'job'] })).toBe(true);
  expect(folded({ groupBy: ['provider', 'job'], filters: [filter('envId', '=', ['x'])] })).toBe(true);
  expect(folded({ groupBy: ['provider', 'job'], filters: [filter('provider', '=', ['example.org'])] })).toBe(
    false,
  );
  expect(folded({ groupBy: ['provider'] })).toBe(false);
});

test('the SQL of a table over a rollup and its edge', () => {
  const plan = planQuestion({
    ...base,
    groupBy: ['vmta'],
    filters: [filter('vmta', '!=', ["x'y"])],
    from: day - 60,
  });
  const { sql, params } = planSql(plan, { orderBy: { column: 'm_delivered', descending: true }, limit: 3 });
  expect(params).toEqual({ p0: "x'y", p1: "x'y" });
  expect(`\n${sql}\n`).toMatchInlineSnapshot();
});

test('the SQL of latency quantiles per day', () => {
  const plan = planQuestion({
    ...base,
    metrics: ['latencyP95'],
    bucketing: { seconds: DAY, timezone: 'UTC' },
  });
  expect(`\n${planSql(plan).sql}\n`).toMatchInlineSnapshot();
});

test('no text of a query becomes SQL', () => {
  const evil = "'); DROP TABLE events --";
  for (const operator of [
    '=',
    '!=',
    'in',
    'notIn',
    'contains',
    'startsWith',
    'regex',
    'notRegex',
    '<',
    '<=',
    '>',
    '>=',
  ])
    for (const dimension of ['vmta', 'recipient', "header:x'--"]) {
      const query = metricsQuerySchema.parse({
        refId: 'A',
        queryType: 'metrics',
        metrics: ['sent'],
        filters: [{ dimension, operator, values: [evil] }],
      });
      const { sql, params } = planSql(planQuestion({ ...base, filters: query.filters }));
      expect(sql).not.toMatch(/DROP|'--/i);
      expect(Object.values(params)).toContainEqual(
        dimension === 'recipient' && !/egex/.test(operator) ? evil.toLowerCase() : evil,
      );
    }
});
