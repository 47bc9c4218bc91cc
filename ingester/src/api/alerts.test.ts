import type { Listening } from '.';
import { openRoom, type Room } from '../ingest/ingest.testkit';
import { serveRoom } from './api.testkit';

let room: Room;
let api: Listening;

beforeAll(async () => {
  room = await openRoom();
  api = await serveRoom(room, { ingest: 'i-key', read: 'r-key' });
});

afterAll(async () => {
  await api.close();
  await room.close();
});

function log(body: unknown): Promise<Response> {
  return fetch(`${api.url}/api/alerts/log`, {
    method: 'POST',
    headers: { Authorization: 'Bearer i-key' },
    body: JSON.stringify(body),
  });
}

async function ask(query: Record<string, unknown>): Promise<unknown[][]> {
  const response = await fetch(`${api.url}/api/query`, {
    method: 'POST',
    headers: { Authorization: 'Bearer r-key' },
    body: JSON.stringify({ from: 0, to: 4_000_000_000_000, queries: [{ refId: 'A', ...query }] }),
  });
  const { results } = (await response.json()) as {
    results: { A: { error?: string; frames: { data: { values: unknown[][] } }[] } };
  };
  expect(results.A.error).toBeUndefined();
  return results.A.frames[0]?.data.values ?? [];
}

const sent = async () =>
  (await ask({ queryType: 'service', metrics: ['alertsSent'], format: 'numeric' }))[0]?.[0];

// Where no other contact point is set, this log is the only place that says what Grafana told.
test('what Grafana told can be read again, word for word, and is counted', async () => {
  expect(await sent()).toBe(0);
  const summary = `'); DROP TABLE watchtower.alerts; -- <!channel> "\\`;
  const response = await log({
    receiver: 'PMTA Watchtower',
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'Incident', provider: "o'gmail" },
        annotations: { summary },
        startsAt: '2026-09-15T03:05:00Z',
        endsAt: '0001-01-01T00:00:00Z',
        fingerprint: 'f1',
        values: { A: 1 },
      },
      { status: 'resolved', labels: { alertname: 'Incident' }, fingerprint: 'f2' },
    ],
  });
  expect(await response.json()).toEqual({ logged: 2 });
  const columns = await ask({
    queryType: 'sql',
    sql: "SELECT status, rule, labels['provider'] AS provider, summary, toUInt32(startsAt) AS since, endsAt IS NULL AS open FROM watchtower.alerts ORDER BY fingerprint",
  });
  expect(columns).toEqual([
    ['firing', 'resolved'],
    ['Incident', 'Incident'],
    ["o'gmail", ''],
    [summary, ''],
    [Date.UTC(2026, 8, 15, 3, 5) / 1000, null],
    [1, 1],
  ]);
  expect(await sent()).toBe(1);
});

test.each([
  [{}, 'alerts'],
  [{ alerts: [] }, 'at least one alert'],
  [{ alerts: [{ status: 'pending' }] }, 'firing or resolved'],
  [{ alerts: [{ status: 'firing', labels: { a: 1 } }] }, 'labels'],
])('%j is refused with what is wrong', async (body, says) => {
  const response = await log(body);
  expect(response.status).toBe(400);
  expect(JSON.stringify(await response.json())).toContain(says);
});

// Annotations and alert rules ask before there is anything to find: typed frames without rows, never an error.
test('incidents, insights, causes and risk have their fields and no rows', async () => {
  expect(await ask({ queryType: 'incidents' })).toHaveLength(26);
  expect(await ask({ queryType: 'insights' })).toEqual(Array.from({ length: 6 }, () => []));
  expect(await ask({ queryType: 'causes' })).toEqual(Array.from({ length: 12 }, () => []));
  expect(await ask({ queryType: 'risk' })).toEqual(Array.from({ length: 13 }, () => []));
  for (const metric of ['open', 'rate', 'baseline', 'waiting', 'start', 'end', 'details'])
    expect(await ask({ queryType: 'incidents', format: 'numeric', metric })).toEqual([[]]);
});
