import { answer } from './answer';
import { describeMistake, queryRequestSchema } from './schema';

const context = { timezone: 'UTC', complaintProviders: [] };
const good = { refId: 'A', queryType: 'metrics', metrics: ['sent'], from: 0, to: 1000 };

/** The store is out of reach here: only questions that are refused before it may be asked. */
const unreachable = { read: () => Promise.reject(new Error('asked')) };

async function resultOf(query: Record<string, unknown>): Promise<Record<string, unknown>> {
  const request = queryRequestSchema.parse({ queries: [{ refId: 'A', ...query }] });
  return { ...(await answer(unreachable, request, context)).results.A };
}

test.each([
  [{ metrics: ['sendt'] }, 400, 'metrics[0]: unknown metric "sendt"; one of attempts, sent,'],
  [{ metrics: [] }, 400, 'metrics: at least one metric'],
  [{ groupBy: ['recipient'] }, 400, 'groupBy[0]: unknown dimension "recipient"; one of provider, domain,'],
  [
    { filters: [{ dimension: 'x', values: ['1'] }] },
    400,
    'filters[0].dimension: unknown dimension "x"; one of',
  ],
  [
    { filters: [{ dimension: 'job', operator: '~', values: ['1'] }] },
    400,
    'filters[0].operator: unknown operator "~"',
  ],
  [
    { filters: [{ dimension: 'job', operator: '=', values: [] }] },
    400,
    'filters[0].values: operator = needs a value',
  ],
  [{ filters: [{ dimension: 'job', operator: '<', values: ['1', '2'] }] }, 400, 'takes one value'],
  [
    { filters: [{ dimension: 'job', operator: 'regex', values: ['x'.repeat(1001)] }] },
    400,
    'at most 1000 characters',
  ],
  [{ timezone: "UTC' --" }, 400, 'timezone: not a time zone name'],
  [{ limit: 0 }, 400, 'limit: must be at least 1'],
  [{ orderBy: 'vmta' }, 400, 'orderBy: vmta is neither a metric nor among groupBy'],
  [{ from: 2000, to: 1000 }, 400, 'from: must not be after to'],
  [{ from: undefined }, 400, 'from and to are missing'],
  [{ format: 'numeric', metrics: ['sent', 'bounced'] }, 400, 'metrics: format numeric takes one metric'],
  [{ queryType: 'nonsense' }, 400, 'queryType: unknown query type "nonsense"'],
  [{ queryType: 'sql' }, 400, 'sql: a text is missing'],
  [{ queryType: 'causes' }, 501, 'a diagnosis is not available in this version'],
  [{ queryType: 'causes', incident: '' }, 400, 'incident: must not be empty'],
  [
    { queryType: 'risk', dimension: 'pool' },
    400,
    'dimension: unknown dimension of a risk "pool"; one of sender,',
  ],
  [{ queryType: 'incidents', format: 'numeric' }, 400, 'metric: one of open, rate, baseline, waiting'],
  [
    { field: 'latency', format: 'table' },
    400,
    'format: unknown format for a field "table"; one of histogram, heatmap',
  ],
  [{ format: 'histogram', buckets: [3, 1] }, 400, 'buckets: edges must rise'],
  [{}, 500, 'the store could not answer: asked'],
])('%j answers %i', async (change, status, message) => {
  const result = await resultOf({ ...good, ...change });
  expect(result).toEqual({ status, error: expect.stringContaining(message), errorSource: 'downstream' });
});

test('one query that fails leaves the others answered, and each may bring its own range', async () => {
  const asked: string[] = [];
  const store = { read: <T>(sql: string) => Promise.resolve((asked.push(sql), [] as T[])) };
  const request = queryRequestSchema.parse({
    from: 0,
    to: 86_400_000,
    queries: [
      { refId: 'bad', queryType: 'metrics', metrics: ['nope'] },
      { refId: '__proto__', queryType: 'metrics', metrics: ['sent'] },
      { refId: 'own', queryType: 'metrics', metrics: ['sent'], from: 86_400_000, to: 172_800_000 },
    ],
  });
  const { results } = await answer(store, request, context);
  expect(Object.entries(results).map(([refId, { status }]) => [refId, status])).toEqual([
    ['bad', 400],
    ['__proto__', 200],
    ['own', 200],
  ]);
  expect(asked.map((sql) => /time >= toDateTime\((\d+)/.exec(sql)?.[1])).toEqual(['0', '86400']);
});

test('a request as a whole names its mistake', () => {
  const mistake = (body: unknown) => {
    const { error } = queryRequestSchema.safeParse(body);
    return error && describeMistake(error);
  };
  expect(mistake({ queries: [] })).toBe('queries: at least one query');
  expect(mistake({ queries: [good, good] })).toBe('queries: every query needs a refId of its own');
  expect(mistake({ from: 'now', queries: [good] })).toContain('from: epoch milliseconds');
  expect(mistake(null)).toBeDefined();
});
