import { connect } from 'node:net';
import { openRoom, type Room } from '../ingest/ingest.testkit';
import type { Listening } from '.';
import { keptLog, serveRoom } from './api.testkit';
import type { ErrorEnvelope } from './errors';
import { Limits, RATE_LIMITS, type RateLimits } from './limits';

const KEYS = { read: 'r-key', admin: 'a-key' };
const RATES = {
  asker: { points: 5, duration: 60 },
  address: { points: 4, duration: 60 },
  wrongKeys: { points: 3, duration: 60 },
};

let room: Room;
const kept = keptLog();

beforeAll(async () => {
  room = await openRoom();
});

afterAll(() => room.close());

/** Runs work against a service of its own, so that nothing it counts is another test's. */
const served = async (
  work: (url: string) => Promise<void>,
  rateLimits: RateLimits = RATES,
): Promise<void> => {
  const api: Listening = await serveRoom(room, KEYS, { rateLimits, log: kept.log });
  try {
    await work(api.url);
  } finally {
    await api.close();
  }
};

const asked = (url: string, headers: Record<string, string> = {}, route = '/api/dimensions') =>
  fetch(url + route, { headers });

const bearer = (key: string, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${key}`,
  ...more,
});

describe('too many requests', () => {
  it('of one user are answered 429 with the time to wait, and another user goes on', async () => {
    await served(async (url) => {
      const ann = bearer('r-key', { 'x-watchtower-user': 'ann' });
      for (let i = 0; i < 5; i++) expect((await asked(url, ann)).status).toBe(200);
      const refused = await asked(url, ann);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await refused.json()) as ErrorEnvelope).toMatchObject({
        error: { code: 'too_many_requests', message: expect.stringMatching(/try again in \d+ s/) as string },
      });
      expect((await asked(url, bearer('r-key', { 'x-watchtower-user': 'bob' }))).status).toBe(200);
    });
  });

  it('without a key are counted by address, whatever the headers claim and wherever they go', async () => {
    await served(async (url) => {
      const routes = ['/healthz', '/nowhere', '/api/dimensions', '/healthz', '/healthz'];
      const statuses: number[] = [];
      for (const [i, route] of routes.entries())
        statuses.push(
          (await asked(url, { 'x-watchtower-user': `user${i}`, 'x-forwarded-for': `10.0.0.${i}` }, route))
            .status,
        );
      expect(statuses).toEqual([200, 404, 401, 200, 429]);
      expect((await asked(url, bearer('r-key'))).status).toBe(200);
    });
  });

  it('with wrong keys end all tries of an address, the right key too, on public routes as well', async () => {
    await served(async (url) => {
      const statuses: number[] = [];
      for (const [key, route] of [
        ['wrong1', '/api/dimensions'],
        ['wrong2', '/healthz'],
        ['wrong3', '/api/files'],
        ['r-key', '/api/dimensions'],
        ['wrong4', '/readyz'],
      ] as const)
        statuses.push((await asked(url, bearer(key), route)).status);
      expect(statuses).toEqual([401, 200, 401, 429, 429]);
    });
  });

  it('do not come from a dashboard of 30 panels that is refreshed every 5 s', async () => {
    await served(async (url) => {
      const headers = bearer('r-key', { 'x-watchtower-user': 'ann' });
      const answers = await Promise.all(Array.from({ length: 90 }, () => asked(url, headers)));
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    }, RATE_LIMITS);
  });

  it('are counted by network where one has many addresses', async () => {
    const limits = new Limits({ ...RATES, address: { points: 2, duration: 60 } });
    await limits.came('2001:db8:0:1::1');
    await limits.came('2001:db8:0:1:ffff::2');
    await expect(limits.came('2001:db8::1:0:0:0:3')).rejects.toMatchObject({ status: 429 });
    await limits.came('2001:db8:0:2::1');
    await limits.came('::ffff:10.0.0.1');
    await limits.came('::ffff:10.0.0.2');
    await limits.came('::ffff:10.0.0.3');
  });
});

describe('requests', () => {
  it('have an id: the one they bring where it is one, else one of our own', async () => {
    await served(async (url) => {
      const id = async (given?: string): Promise<string | null> =>
        (await asked(url, bearer('a-key', given === undefined ? {} : { 'x-request-id': given }))).headers.get(
          'x-request-id',
        );
      expect(await id('grafana-17/a=')).toBe('grafana-17/a=');
      for (const given of [undefined, 'a b', 'x'.repeat(129), '{"level":"error"}'])
        expect(await id(given)).toMatch(/^[0-9a-f-]{36}$/);
      expect((await fetch(`${url}/nowhere`)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    });
  });

  it('stand in the log with who asks, told beside a valid key alone, and without keys, paths and recipients', async () => {
    await served(async (url) => {
      const told = {
        'x-request-id': 'logged-1',
        'x-watchtower-user': 'ann\u0085evil',
        'x-watchtower-panel': '7',
        'x-watchtower-dashboard': 'pmta-health',
      };
      await asked(url, bearer('r-key', told), '/api/files/ann@example.org?recipient=ann@example.org');
      await asked(url, { ...told, 'x-request-id': 'logged-2' }, '/api/files/x');
    });
    const lines = kept.text().trim().split('\n');
    const line = (id: string) =>
      JSON.parse(lines.find((each) => each.includes(`"${id}"`)) ?? '{}') as Record<string, unknown>;
    expect(line('logged-1')).toMatchObject({
      level: 'info',
      method: 'GET',
      route: '/api/files/:id',
      status: 404,
      role: 'read',
      user: 'ann\\u0085evil',
      panel: '7',
      dashboard: 'pmta-health',
    });
    expect(line('logged-2')).toMatchObject({ status: 401, route: '/api/files/:id' });
    expect(line('logged-2')).not.toHaveProperty('user');
    expect(kept.text()).not.toMatch(/r-key|a-key|wrong1|ann@example/);
  });

  it('with a body that the route does not read are refused, however it is sent', async () => {
    await served(async (url) => {
      const send = (init: RequestInit) =>
        fetch(`${url}/api/files/x`, { method: 'DELETE', headers: bearer('a-key'), ...init });
      expect((await send({})).status).toBe(404);
      expect((await send({ body: 'x'.repeat(1024) })).status).toBe(404);
      expect((await send({ body: 'x'.repeat(1025) })).status).toBe(413);
      const body = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      });
      const init = { body, duplex: 'half' } as RequestInit;
      const answer = await send(init).then(
        ({ status }) => status,
        () => 'closed',
      );
      expect([413, 'closed']).toContain(answer);
    });
  });
});

describe('what is no request', () => {
  /** Sends bytes and gives what comes back until the connection is closed. */
  const raw = (url: string, text: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => (answer += String(chunk)));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answer));
    });

  it.each([
    [
      'an address that is too long',
      `GET /?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      431,
      'too_large',
    ],
    [
      'headers that are too long',
      `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'too_large',
    ],
    ['another protocol', 'EHLO mail.example\r\n\r\n', 400, 'invalid_request'],
    [
      'two lengths',
      'POST /api/query HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'invalid_request',
    ],
  ])('%s is told so in the envelope, and the connection is closed', async (_, text, status, code) => {
    await served(async (url) => {
      const [head = '', body = ''] = (await raw(url, text)).split('\r\n\r\n');
      expect(head).toContain(`HTTP/1.1 ${status} `);
      expect((JSON.parse(body) as ErrorEnvelope).error.code).toBe(code);
    });
  });
});
