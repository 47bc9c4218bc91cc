import { csv, deliveries, freshHour, openRoom, type Room } from '../ingest/ingest.testkit';
import { BusyError, type Asker } from '../store';
import type { ApiParts, Listening } from '.';
import { serveRoom } from './api.testkit';
import type { ErrorEnvelope } from './errors';

const KEYS = { read: 'r-key' };

let room: Room;
let api: Listening;
/** Who asked, as the store was told, and the signals of the reads. */
const askers: (Asker | undefined)[] = [];
const signals: (AbortSignal | undefined)[] = [];
let behaviour: 'usual' | 'busy' | 'busy once' | 'for ever' = 'usual';

beforeAll(async () => {
  room = await openRoom();
  const { store } = room;
  const noting: ApiParts['store'] = {
    mode: store.mode,
    turns: store.turns,
    append: (...rows) => store.append(...rows),
    read: (sql, options) => {
      askers.push(options?.asker);
      signals.push(options?.signal);
      if (behaviour === 'busy') return Promise.reject(new BusyError());
      if (behaviour === 'busy once') {
        behaviour = 'usual';
        return Promise.reject(new BusyError());
      }
      if (behaviour === 'for ever')
        return store.read('SELECT sum(sipHash64(number)) FROM numbers(100000000000)', options);
      return store.read(sql, options);
    },
  };
  api = await serveRoom(room, KEYS, { store: noting });
});

afterAll(async () => {
  await api.close();
  await room.close();
});

beforeEach(() => {
  askers.length = 0;
  signals.length = 0;
  behaviour = 'usual';
});

const query = { queryType: 'metrics', metrics: ['delivered'], format: 'table', from: 0, to: 1e12 };
const asked = (headers: Record<string, string> = {}, count = 1, signal?: AbortSignal) =>
  fetch(`${api.url}/api/query`, {
    method: 'POST',
    headers: { authorization: 'Bearer r-key', ...headers },
    body: JSON.stringify({
      queries: Array.from({ length: count }, (_, i) => ({ refId: `R${i}`, ...query })),
    }),
    ...(signal && { signal }),
  });

it('every read of a query is in the name of the user who asks, and urgent for an alert rule', async () => {
  await asked({ 'x-watchtower-user': 'ann' });
  await asked({ 'x-watchtower-user': 'bob' });
  await asked({ 'x-watchtower-user': 'grafana_scheduler', 'x-watchtower-rule': 'rule-1' });
  await asked();
  expect(askers).not.toContain(undefined);
  expect(new Set(askers.map((asker) => asker?.owner)).size).toBe(4);
  const urgent = askers.filter((asker) => asker?.urgent).map((asker) => asker?.owner);
  expect(new Set(urgent)).toEqual(new Set([JSON.stringify(['read', 'grafana_scheduler'])]));
});

it.each([
  '/api/events',
  '/api/messages',
  '/api/analytics/stats',
  '/api/analytics/export',
  '/api/dimensions/provider/values',
])('%s waits for its turn too', async (route) => {
  const answer = await fetch(api.url + route, { headers: { authorization: 'Bearer r-key' } });
  expect(answer.status).toBe(200);
  await answer.text();
  expect(askers.length).toBeGreaterThan(0);
  expect(askers).not.toContain(undefined);
  behaviour = 'busy';
  const refused = await fetch(api.url + route, { headers: { authorization: 'Bearer r-key' } });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(((await refused.json()) as ErrorEnvelope).error.code).toBe('busy');
});

it('where too many wait the whole request is refused, or the query that was', async () => {
  behaviour = 'busy';
  const refused = await asked({}, 3);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  behaviour = 'busy once';
  const partly = await asked({}, 2);
  expect(partly.status).toBe(200);
  const { results } = (await partly.json()) as { results: Record<string, { status: number }> };
  expect(
    Object.values(results)
      .map(({ status }) => status)
      .sort(),
  ).toEqual([200, 503]);
});

it('a client that leaves ends its query in the engine', async () => {
  behaviour = 'for ever';
  const leaving = new AbortController();
  const answer = asked({}, 1, leaving.signal).catch(() => 'left');
  while (room.store.turns.running === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  leaving.abort();
  expect(await answer).toBe('left');
  while (room.store.turns.running > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(signals.every((signal) => signal?.aborted)).toBe(true);
});

it('every query has a deadline, after which it ends and says so', async () => {
  const hasty = await serveRoom(room, {}, { queryDeadline: 200 });
  const sql = `SELECT count() AS n FROM ${Array.from({ length: 6 }, (_, i) => `watchtower.events AS e${i}`).join(', ')}`;
  await room.load('some.csv', csv(deliveries(freshHour(), 100)));
  const body = JSON.stringify({ from: 0, to: 1e12, queries: [{ refId: 'A', queryType: 'sql', sql }] });
  const answer = await fetch(`${hasty.url}/api/query`, { method: 'POST', body });
  expect(await answer.json()).toEqual({
    results: {
      A: {
        status: 504,
        error: expect.stringMatching(/ran for too long/) as string,
        errorSource: 'downstream',
      },
    },
  });
  while (room.store.turns.running > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await hasty.close();
});
