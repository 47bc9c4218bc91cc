import { request } from 'node:http';
import { csv, deliveries, delivery, freshHour, openRoom, type Room } from '../ingest/ingest.testkit';
import { dimensions, QUERY_TYPES } from '../model';
import type { Permission } from './access';
import { routes } from './app';
import { keptLog, serveRoom } from './api.testkit';
import type { Listening } from '.';
import type { ErrorEnvelope } from './errors';
import type { ApiDependencies } from './route';

/** Who may ask for what. A route that is not here fails below: think of its rule, then write it down. */
const RULES: Readonly<Record<string, Permission>> = {
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'read',
  'GET /openapi.json': 'public',
  'GET /docs': 'public',
  'GET /docs/page.js': 'public',
  'GET /docs/swagger-ui.js': 'public',
  'GET /docs/swagger-ui.css': 'public',
  'GET /api/model': 'read',
  'POST /api/query': 'read',
  'GET /api/dimensions': 'read',
  'GET /api/dimensions/:name/values': 'read',
  'GET /api/events': 'read',
  'GET /api/events/related/:messageId': 'read',
  'GET /api/messages': 'read',
  'GET /api/analytics/stats': 'read',
  'GET /api/analytics/volume': 'read',
  'GET /api/analytics/latency': 'read',
  'GET /api/analytics/domains': 'read',
  'GET /api/analytics/senders': 'read',
  'GET /api/analytics/vmtas': 'read',
  'GET /api/analytics/insights': 'read',
  'GET /api/analytics/causes': 'read',
  'GET /api/analytics/risk': 'read',
  'GET /api/analytics/incidents': 'read',
  'GET /api/analytics/export': 'read',
  'POST /api/incidents/:id/ack': 'admin',
  'GET /api/files': 'read',
  'GET /api/files/:id': 'read',
  'GET /api/files/:id/errors': 'read',
  'POST /api/files/:id/retry': 'admin',
  'DELETE /api/files/:id': 'admin',
  'POST /api/files/upload': 'ingest',
  'POST /api/alerts/log': 'ingest',
  'GET /api/stream': 'read',
  'GET /api/users': 'read',
  'POST /api/users': 'admin',
  'PUT /api/users': 'admin',
};

const KEYS = { read: 'r-key', ingest: 'i-key', admin: 'a-key' };
const OPEN = { points: 1_000_000, duration: 1 };

const ROUTES = Object.entries(RULES).map(([name, needs]) => {
  const [method = '', pattern = ''] = name.split(' ');
  return { name, needs, method, path: pattern.replace(/:\w+/g, 'x') };
});

let room: Room;
let api: Listening;
let guarded: Listening;
const kept = keptLog();

beforeAll(async () => {
  room = await openRoom();
  const hour = freshHour();
  await room.load(
    'acct.csv',
    csv([...deliveries(hour, 4), delivery(hour, 9, { vmta: `o'neil "x" \\ {p9:Int8}` })]),
  );
  api = await serveRoom(
    room,
    {},
    { log: kept.log, rateLimits: { asker: OPEN, address: OPEN, wrongKeys: OPEN } },
  );
  guarded = await serveRoom(room, KEYS, { rateLimits: { asker: OPEN, address: OPEN, wrongKeys: OPEN } });
});

afterAll(async () => {
  await api.close();
  await guarded.close();
  await room.close();
});

/** What no attack may have changed. */
const intact = async (): Promise<void> => {
  const [row] = await room.store.read<object>(
    `SELECT (SELECT sum(sign) FROM watchtower.events) AS events, (SELECT count() FROM system.tables WHERE database = 'watchtower' AND name = 'events') AS tables`,
  );
  expect(row).toEqual({ events: 5, tables: 1 });
  expect(kept.text()).not.toContain('a request failed by our fault');
};

afterEach(() => intact());

describe('keys on every route', () => {
  it('each route has its rule here, and here stands no route that is gone', () => {
    const existing = routes({} as ApiDependencies).map(({ method, path, needs }) => [
      `${method} ${path}`,
      needs,
    ]);
    expect(Object.fromEntries(existing)).toEqual(RULES);
    expect(existing).toHaveLength(Object.keys(RULES).length);
  });

  it.each(ROUTES)('$name: none, wrong, of another role, malformed', async ({ method, path, needs }) => {
    const status = async (authorization?: string): Promise<number> => {
      const headers = authorization === undefined ? {} : { authorization };
      const response = await fetch(guarded.url + path, { method, headers });
      await response.body?.cancel();
      return response.status;
    };
    const open = needs === 'public';
    const stranger = open ? 200 : 401;
    for (const given of [
      undefined,
      'Bearer wrong',
      'Bearer r-ke',
      'Bearer r-key2',
      'Bearer ',
      'Bearer r-key i-key',
      'Basic r-key',
      'r-key',
      'Bearer undefined',
      'Bearer __proto__',
      `Bearer ${'x'.repeat(8000)}`,
    ])
      expect([given, await status(given)]).toEqual([given, stranger]);
    for (const role of ['read', 'ingest'] as const) {
      const answered = await status(`Bearer ${KEYS[role]}`);
      if (open) expect([role, answered]).toEqual([role, 200]);
      else if (role === needs) expect([401, 403]).not.toContain(answered);
      else expect([role, answered]).toEqual([role, 403]);
    }
    expect([401, 403]).not.toContain(await status('Bearer a-key'));
  });

  it.each(ROUTES.filter(({ needs }) => needs !== 'public'))(
    '$name: not by another method or spelling',
    async ({ method, path }) => {
      for (const [verb, spelling] of [
        ['PUT', path],
        ['OPTIONS', path],
        [method, path.toUpperCase()],
        [method, `/${path}`],
        [method, `${path}/`],
        [method, path.replace('/api', '/./api')],
        [method, path.replace(/.$/, (last) => `%${last.charCodeAt(0).toString(16)}`)],
      ] as const) {
        const response = await fetch(guarded.url + spelling, { method: verb });
        await response.body?.cancel();
        expect([verb, spelling, [401, 404].includes(response.status)]).toEqual([verb, spelling, true]);
      }
    },
  );
});

/** Sends a request as it is, a body with a GET too; `undefined` where the connection was closed on it. */
const sent = (
  method: string,
  path: string,
  body: Buffer | string,
  headers: Record<string, string> = {},
): Promise<number | undefined> =>
  new Promise((resolve) => {
    const call = request(
      api.url + path,
      { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (answer) => {
        answer.resume();
        answer.on('close', () => resolve(answer.statusCode));
        if (answer.headers['content-type'] === 'text/event-stream') answer.destroy();
      },
    );
    call.on('error', () => resolve(undefined));
    call.end(body);
  });

describe('bodies', () => {
  it.each(ROUTES)('$name: one that is too large is refused', async ({ method, path }) => {
    const upload = path === '/api/files/upload';
    // A list of users may be long.
    const size = (path === '/api/users' ? 17 : 3) * 1024 * 1024;
    const target = upload ? `${path}?name=x.csv` : path;
    const status = await sent(method, target, 'x'.repeat(size), { 'content-type': 'text/csv' });
    expect([413, undefined]).toContain(status);
    if (status === undefined) expect((await fetch(`${api.url}/healthz`)).status).toBe(200);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '7',
    '"text"',
    '{"queries":{}}',
    '{"queries":[null]}',
    '{"queries":[[]]}',
    '{"queries":[{"refId":{}}]}',
    '{"__proto__":{"queries":[]}}',
    '{"constructor":{"prototype":{"x":1}}}',
    `{"queries":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    '['.repeat(500_000),
    '{"from":1e999,"to":1,"queries":[{"refId":"A","queryType":"metrics","metrics":["delivered"]}]}',
    `{"queries":[${Array.from({ length: 5000 }, () => '{}').join(',')}]}`,
    Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]),
  ])('a malformed query %# is a mistake of the one who asks', async (body) => {
    expect(await sent('POST', '/api/query', body)).toBe(400);
  });

  it.each([
    ['no boundary', 'multipart/form-data', 'x'],
    [
      'no end',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nabc',
    ],
    ['no part', 'multipart/form-data; boundary=b', '--b--\r\n'],
    ['nonsense', 'multipart/form-data; boundary=b', '\u0000\u0001'.repeat(100)],
  ])('a malformed form, %s, is told so and leaves nothing', async (_, type, body) => {
    const response = await fetch(`${api.url}/api/files/upload`, {
      method: 'POST',
      body,
      headers: { 'content-type': type },
    });
    expect(response.status).toBe(400);
  });
});

/** Texts that would be SQL, code or a path where they were put together with it. */
const PAYLOADS = [
  `' OR 1=1 --`,
  `') OR ('1'='1`,
  `\\' OR 1=1 --`,
  `'; DROP TABLE watchtower.events; --`,
  `x' UNION ALL SELECT name FROM system.tables --`,
  '{p0:String}',
  '`system`.`tables`',
  "file('/etc/passwd')",
  '/* */ OR 1',
  '\u0000\u001a\\',
  '$__timeFilter(time)',
  '__proto__',
  'constructor',
  'toString',
  '\ud800',
  '%27 OR 1=1',
];

/** The engine's own words: text that came there as SQL is told by them. */
const ENGINE = /DB::Exception|Syntax error|UNKNOWN_IDENTIFIER|UNKNOWN_TABLE|failed at position|Code: \d/i;

interface Result {
  status: number;
  error?: string;
  frames?: { data: { values: unknown[][] } }[];
}

const ask = async (...queries: object[]): Promise<Result[]> => {
  const body = JSON.stringify({
    from: 0,
    to: Date.UTC(2099, 0, 1),
    queries: queries.map((query, i) => ({ refId: `R${i}`, ...query })),
  });
  const response = await fetch(`${api.url}/api/query`, { method: 'POST', body });
  expect([200, 400]).toContain(response.status);
  if (response.status === 400) return queries.map(() => ({ status: 400 }));
  const { results } = (await response.json()) as { results: Record<string, Result> };
  return queries.map((query, i) => results[{ refId: `R${i}`, ...query }.refId] ?? { status: 0 });
};

const expectHarmless = (result: Result, what: unknown): void => {
  expect([what, [200, 400, 404, 501].includes(result.status) || result]).toEqual([what, true]);
  expect(result.error ?? '').not.toMatch(ENGINE);
};

const usual = { queryType: 'metrics', metrics: ['delivered'], format: 'table' };

describe('text where SQL could be', () => {
  it.each(Object.keys(dimensions))(
    'a value of %s is a value, with every operator',
    async (dimension) => {
      const operators = ['=', 'in', 'contains', 'startsWith', 'regex', '<', '>='];
      for (const payload of PAYLOADS.slice(0, 6)) {
        const results = await ask(
          ...operators.map((operator) => ({
            ...usual,
            filters: [{ dimension, operator, values: [payload] }],
          })),
        );
        results.forEach((result, i) => expectHarmless(result, [payload, operators[i]]));
        // Equal to nothing that stands there: with more than that text it would be equal to everything.
        for (const result of results.slice(0, 4))
          expect(result.frames?.[0]?.data.values.flat().filter((n) => n !== 0) ?? []).toEqual([]);
      }
    },
    120_000,
  );

  it('the hostile name that stands in a log is found by itself alone', async () => {
    const filters = [{ dimension: 'vmta', operator: '=', values: [`o'neil "x" \\ {p9:Int8}`] }];
    const [found, grouped] = await ask({ ...usual, filters }, { ...usual, filters, groupBy: ['vmta'] });
    expect(found?.frames?.[0]?.data.values).toEqual([[1]]);
    expect(grouped?.frames?.[0]?.data.values).toEqual([[`o'neil "x" \\ {p9:Int8}`], [1]]);
  });

  it.each<[string, (payload: string) => object]>([
    ['a dimension', (x) => ({ ...usual, filters: [{ dimension: x, operator: '=', values: ['a'] }] })],
    [
      'a header',
      (x) => ({ queryType: 'events', filters: [{ dimension: `header:${x}`, operator: '=', values: ['a'] }] }),
    ],
    ['an operator', (x) => ({ ...usual, filters: [{ dimension: 'vmta', operator: x, values: ['a'] }] })],
    ['a group', (x) => ({ ...usual, groupBy: [x] })],
    ['a metric', (x) => ({ ...usual, metrics: [x] })],
    ['an order', (x) => ({ ...usual, groupBy: ['vmta'], orderBy: x })],
    ['a direction', (x) => ({ ...usual, groupBy: ['vmta'], orderBy: 'delivered', order: x })],
    ['a time zone', (x) => ({ ...usual, format: 'timeseries', intervalMs: 86_400_000, timezone: x })],
    ['a format', (x) => ({ ...usual, format: x })],
    ['a limit', (x) => ({ ...usual, groupBy: ['vmta'], limit: x })],
    ['a range', (x) => ({ ...usual, from: x })],
    ['a step', (x) => ({ ...usual, format: 'timeseries', intervalMs: x })],
    ['a path', (x) => ({ queryType: 'flows', path: ['senderDomain', x] })],
    ['a distribution', (x) => ({ ...usual, format: 'histogram', field: x })],
    ['edges', (x) => ({ ...usual, format: 'histogram', field: 'latency', buckets: [0, x] })],
    ['a cursor of events', (x) => ({ queryType: 'events', cursor: x })],
    ['a cursor of messages', (x) => ({ queryType: 'messages', cursor: x })],
    ['a cursor of files', (x) => ({ queryType: 'files', cursor: x })],
    ['a file', (x) => ({ queryType: 'ingestErrors', file: x })],
    ['a column', (x) => ({ queryType: 'events', columns: [x] })],
    ['a search', (x) => ({ queryType: 'events', search: x })],
    ['a searched value', (x) => ({ queryType: 'values', dimension: 'vmta', search: x })],
    ['a dimension of values', (x) => ({ queryType: 'values', dimension: x })],
    ['a message', (x) => ({ queryType: 'trace', messageId: x })],
    ['a job and a recipient', (x) => ({ queryType: 'trace', job: x, recipient: x })],
    ['a figure', (x) => ({ queryType: 'service', metrics: [x] })],
    ['a state', (x) => ({ queryType: 'files', status: x })],
    ['a type', (x) => ({ queryType: x })],
    ['a refId', (x) => ({ ...usual, refId: x })],
  ])('%s that is SQL is refused or a text', async (what, query) => {
    const results = await ask(...PAYLOADS.map(query));
    results.forEach((result, i) => expectHarmless(result, [what, PAYLOADS[i]]));
  });

  it.each(QUERY_TYPES)('%s with numbers out of all bounds', async (queryType) => {
    const numbers = [-1, 0.5, 1e308, -1e308, Number.MAX_SAFE_INTEGER, 2 ** 53 + 2, 2 ** 63];
    const named = { dimension: 'vmta', path: ['vmta', 'provider'], messageId: 'x', sql: 'SELECT 1' };
    const results = await ask(
      ...numbers.flatMap((n) => [
        { ...usual, ...named, queryType, limit: n },
        { ...usual, ...named, queryType, from: n },
        { ...usual, ...named, queryType, to: n, format: 'timeseries', intervalMs: n, maxDataPoints: n },
      ]),
    );
    results.forEach((result, i) => expectHarmless(result, [queryType, numbers[Math.floor(i / 3)]]));
  });
});

describe('addresses', () => {
  const READ = ROUTES.filter(
    ({ method, path }) => method === 'GET' && path.startsWith('/api/') && path !== '/api/stream',
  );

  it.each(READ)(
    '$name: hostile parameters are refused or texts',
    async ({ path }) => {
      const hostile = [
        '__proto__=x&constructor=y&prototype=z',
        '__proto__[admin]=1',
        'from=1&from=2&to=0x10',
        'limit=1&limit=99999999999999999999',
        `limit=${'9'.repeat(400)}`,
        'from=NaN&to=Infinity',
        'from=-1',
        'cursor=%00&cursor=',
        'filters=[&filters={}',
        'filters=[{"dimension":"__proto__","operator":"=","values":["a"]}]',
        'filters=[null,1,"x",[]]',
        'search=%F0%9F%92',
        'timezone=../../etc/passwd',
        'format=../x&columns=__proto__',
        'metrics=__proto__&groupBy=constructor',
        'recipient=%27%20OR%201%3D1%20--',
        ...PAYLOADS.map((payload) =>
          new URLSearchParams({ search: payload, cursor: payload, vmta: payload }).toString(),
        ),
      ];
      for (const parameters of hostile) {
        const response = await fetch(`${api.url}${path}?${parameters}`);
        const text = await response.text();
        expect([parameters, [200, 400, 404].includes(response.status)]).toEqual([parameters, true]);
        expect(text).not.toMatch(ENGINE);
      }
      expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    },
    120_000,
  );

  it.each([
    '/api/files/..%2f',
    '/api/files/%2E%2E%5cx',
    '/api/files/x%2Ferrors',
    '/%2fhealthz',
    '/api/files/upload/../../query',
    '/api/files/upload/%2e%2E/%2e./query',
    '/api/files/%2e/1',
    '/api/files/..',
  ])('%s is refused: a proxy may take it for another path than we do', async (path) => {
    const { status, body } = await new Promise<{ status: number | undefined; body: string }>((resolve) => {
      const call = request(api.url, { path }, (answer) => {
        let body = '';
        answer.on('data', (chunk) => (body += String(chunk)));
        answer.on('end', () => resolve({ status: answer.statusCode, body }));
      });
      call.end();
    });
    expect([status, (JSON.parse(body) as ErrorEnvelope).error.code]).toEqual([400, 'invalid_path']);
  });

  it.each([
    '/api/files/%252e%252e%252f',
    '/api/files/%00',
    '/api/files/%ff%fe',
    '/api/files/%',
    '/api/files/1;2',
    '/api/files/__proto__',
  ])('%s is no file', async (path) => {
    expect([400, 404]).toContain((await fetch(api.url + path)).status);
  });
});
