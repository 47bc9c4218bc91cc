import { metricsQuerySchema, type Filter } from '../schema';
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

// A branch for each window makes statements whose analysis takes longer than all that they read.
test('several windows are read from one slice per grain, whatever hours they are of', () => {
  const windows = [
    [day + 600, day + 2 * 3600],
    [day - DAY + 600, day - DAY + 2 * 3600],
  ] as const;
  const question: Question = {
    ...base,
    from: day - DAY + 600,
    to: day + 2 * 3600,
    windows,
    groupBy: ['vmta'],
  };
  expect(slices(question)).toEqual([
    'counts: events 0.16666666666666666-1,-23.833333333333332--23',
    'counts: dimension_hour 1-2,-23--22',
  ]);
  const { sql } = planSql(planQuestion(question));
  expect(sql.match(/FROM watchtower\./g)).toHaveLength(2);
  expect(sql).toMatch(/^SELECT w, g0, /);
});

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

test('crossings are read from the shortest table that holds every dimension of the question', () => {
  const chosen = [filter('vmta', '=', ['v']), filter('pool', '!=', ['p'])];
  expect(slices({ groupBy: ['provider'], filters: chosen })).toEqual(['counts: flow_day 0-24']);
  expect(slices({ groupBy: ['senderDomain'], filters: [...chosen, filter('job', '=', ['J'])] })).toEqual([
    'counts: job_day 0-24',
  ]);
  expect(slices({ groupBy: ['provider'], filters: [filter('vmta', '=', ['v'])] })).toEqual([
    'counts: pair_day 0-24',
  ]);
  expect(slices({ metrics: ['latencyP95'], groupBy: ['provider', 'vmta'] })).toEqual([
    'counts: pair_day 0-24',
    'latency: flow_latency_day 0-24',
  ]);
  expect(slices({ metrics: ['latencyP95'], groupBy: ['job', 'vmta'] })).toEqual([
    'counts: job_day 0-24',
    'latency: events 0-24',
  ]);
});

test('the backlog is read from what waited when the day began and the changes since, and from the open events', () => {
  const hour = { from: day + 3600, to: day + 7230, bucketing: { seconds: 60, timezone: 'UTC' } };
  const plain = slices({ ...hour, metrics: ['backlog'] }).filter((text) => !text.startsWith('counts'));
  expect(plain).toEqual([
    'backlog: backlog_day 0-0.0002777777777777778',
    'backlog: backlog_minute 0-2',
    expect.stringMatching(/^open: open_events/),
  ]);
  const families = (question: Partial<Question>) =>
    planQuestion({ ...base, ...question }).parts.map(({ family, counters }) => [family, counters]);
  expect(families({ metrics: ['backlog', 'oldestQueuedAge'], groupBy: ['provider', 'vmta'] })).toEqual([
    ['counts', ['events', 'tried']],
    ['backlog', ['backlog']],
    ['open', ['backlog', 'oldestQueuedAge']],
    ['waiting', ['oldestQueuedAge']],
  ]);
  expect(families({ metrics: ['backlog'], filters: [filter('domain', '=', ['a.example'])] })).toEqual([
    ['counts', ['events']],
    ['waiting', ['backlog']],
    ['open', ['backlog']],
  ]);
  const opened = (filters: Filter[]) =>
    slices({ metrics: ['backlog', 'unresolved'], groupBy: ['user', 'pool'], filters }).filter((text) =>
      /^(open|unresolved)/.test(text),
    );
  expect(opened([filter('domain', '=', ['a.example'])])).toEqual([
    'unresolved: open_events 0-24',
    'open: open_events 0-24',
  ]);
  expect(opened([filter('recipient', '=', ['u@a.example'])])).toEqual([
    'unresolved: events 0-24',
    'open: events 0-24',
  ]);
});

test('the longest latency is looked for in hours that counted latencies name, where cells are longer than an hour', () => {
  const peaks = (question: Partial<Question>) =>
    planQuestion({ ...base, metrics: ['latencyMax'], ...question })
      .parts.filter(({ family }) => family === 'latencyMax')
      .flatMap(({ slices: own }) => own.map(({ table, peaks }) => [table.name, peaks?.name]));
  expect(peaks({ groupBy: ['vmta'] })).toEqual([['events', 'latency_hour']]);
  expect(peaks({ from: day + 60, to: day + 7230 })).toEqual([
    ['events', undefined],
    ['events', 'latency_hour'],
    ['events', undefined],
  ]);
  expect(peaks({ groupBy: ['provider', 'pool'] })).toEqual([['events', 'flow_latency_hour']]);
  expect(peaks({ groupBy: ['job', 'vmta'] })).toEqual([['events', undefined]]);
  const bucketed = (seconds: number, timezone = 'UTC') => peaks({ bucketing: { seconds, timezone } });
  expect(bucketed(7200)).toEqual([['events', 'latency_hour']]);
  expect(bucketed(3600)).toEqual([['events', undefined]]);
  expect(bucketed(5400)).toEqual([['events', undefined]]);
  expect(bucketed(86_400, 'Asia/Kolkata')).toEqual([['events', undefined]]);
});

test('users are read where jobs are, and reasons from their own rollups', () => {
  const counted = (groupBy: Question['groupBy'], filters: Filter[] = []) => slices({ groupBy, filters })[0];
  expect(counted(['user'])).toBe('counts: dimension_day 0-24');
  expect(counted(['user', 'job'])).toBe('counts: dimension_day 0-24');
  expect(counted(['user', 'provider'])).toBe('counts: pair_day 0-24');
  expect(counted(['user', 'vmta'])).toBe('counts: job_day 0-24');
  expect(counted(['pool', 'provider'], [filter('user', '=', ['ann'])])).toBe('counts: job_day 0-24');
  expect(counted(['reason'])).toBe('counts: reason_day 0-24');
  expect(counted(['reasonClass', 'user'])).toBe('counts: reason_day 0-24');
  expect(counted(['reason', 'vmta'])).toBe('counts: events 0-24');
  expect(slices({ metrics: ['backlog'], groupBy: ['user', 'provider'] })).toContain(
    'backlog: backlog_minute 0-24',
  );
});

test('unlisted providers are one group in pairs, wherever these are read from', () => {
  const folded = (question: Partial<Question>) => planQuestion({ ...base, ...question }).folded;
  expect(folded({ groupBy: ['provider', 'job'] })).toBe(true);
  expect(folded({ groupBy: ['provider', 'job'], filters: [filter('envId', '=', ['x'])] })).toBe(true);
  expect(folded({ groupBy: ['provider', 'job'], filters: [filter('provider', '=', ['example.org'])] })).toBe(
    false,
  );
  expect(folded({ groupBy: ['provider'] })).toBe(false);
  expect(folded({ groupBy: ['provider'], filters: [filter('job', '=', ['J'])] })).toBe(true);
  expect(folded({ groupBy: ['provider', 'domain'] })).toBe(false);
  expect(folded({ groupBy: ['provider', 'user'] })).toBe(true);
  expect(folded({ groupBy: ['provider'], filters: [filter('reasonClass', '=', ['spam'])] })).toBe(true);
  expect(folded({ groupBy: ['provider', 'vmta', 'reason'] })).toBe(false);
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
  expect(`\n${sql}\n`).toMatchInlineSnapshot(`
   "
   SELECT g0, c_delivered AS m_delivered, count() OVER () AS groups
   FROM (
   SELECT g0, sum(n_events) AS c_events, sum(n_tried) AS c_tried, sum(n_delivered) AS c_delivered
   FROM (
   SELECT vmta AS g0, sum(sign) AS n_events, sum(sign * (record NOT IN ('r', 'rs'))) AS n_tried, sum(sign * (record = 'd')) AS n_delivered
   FROM watchtower.events
   WHERE role = 0 AND time >= toDateTime(1789430340, 'UTC') AND time < toDateTime(1789430400, 'UTC') AND vmta != {p0:String}
   GROUP BY g0
   UNION ALL
   SELECT value AS g0, sum(delivered + bounced + deferrals + queueDeferrals + complaints + blocks + remoteBounces + received + statuses) AS n_events, sum(delivered + bounced + deferrals + queueDeferrals + complaints + blocks + remoteBounces) AS n_tried, sum(delivered) AS n_delivered
   FROM watchtower.dimension_day
   WHERE dimension = 'vmta' AND time >= toDateTime(1789430400, 'UTC') AND time < toDateTime(1789516800, 'UTC') AND value != {p1:String}
   GROUP BY g0
   )
   GROUP BY g0
   )
   WHERE c_events > 0 AND ((NOT (g0 = '') AND c_tried > 0) OR c_delivered != 0)
   ORDER BY m_delivered DESC NULLS LAST, g0
   LIMIT 3
   "
  `);
});

test('the SQL of latency quantiles per day', () => {
  const plan = planQuestion({
    ...base,
    metrics: ['latencyP95'],
    bucketing: { seconds: DAY, timezone: 'UTC' },
  });
  expect(`\n${planSql(plan).sql}\n`).toMatchInlineSnapshot(`
   "
   SELECT t, c_latencyP95 AS m_latencyP95
   FROM (
   SELECT t, sum(n_events) AS c_events, max(n_latencyP95) AS c_latencyP95, sum(n_latencyCount) AS c_latencyCount
   FROM (
   SELECT toUnixTimestamp(toDateTime(toDate32(greatest(0, intDiv(toInt32(toRelativeDayNum(time, {p0:String})) + 0, 1) * 1 - 0)), {p0:String})) AS t, sum(delivered + bounced + deferrals + queueDeferrals + complaints + blocks + remoteBounces + received + statuses) AS n_events, NULL AS n_latencyP95, sum(latencyCount) AS n_latencyCount
   FROM watchtower.dimension_day
   WHERE dimension = 'all' AND time >= toDateTime(1789430400, 'UTC') AND time < toDateTime(1789516800, 'UTC')
   GROUP BY t
   UNION ALL
   SELECT t, 0 AS n_events, if(pairs[arrayFirstIndex(c -> c > least(toInt64(floor(0.95 * cumulated[-1])), cumulated[-1] - 1), cumulated)].1 < 64, toFloat64(pairs[arrayFirstIndex(c -> c > least(toInt64(floor(0.95 * cumulated[-1])), cumulated[-1] - 1), cumulated)].1), round(64 * pow(1.01, toFloat64(pairs[arrayFirstIndex(c -> c > least(toInt64(floor(0.95 * cumulated[-1])), cumulated[-1] - 1), cumulated)].1) - 63.5))) AS n_latencyP95, 0 AS n_latencyCount
   FROM (
   SELECT t, arraySort(groupArray((bucket, held))) AS pairs, arrayCumSum(arrayMap(pair -> pair.2, pairs)) AS cumulated
   FROM (
   SELECT t, bucket, sum(amount) AS held
   FROM (
   SELECT toUnixTimestamp(toDateTime(toDate32(greatest(0, intDiv(toInt32(toRelativeDayNum(time, {p0:String})) + 0, 1) * 1 - 0)), {p0:String})) AS t, bucket, sum(n) AS amount
   FROM watchtower.latency_day
   WHERE dimension = 'all' AND time >= toDateTime(1789430400, 'UTC') AND time < toDateTime(1789516800, 'UTC')
   GROUP BY t, bucket
   )
   GROUP BY t, bucket
   HAVING held > 0
   )
   GROUP BY t
   HAVING notEmpty(pairs)
   )
   )
   GROUP BY t
   )
   WHERE c_events > 0
   ORDER BY t
   "
  `);
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
