import { openRoom, type Room } from '../ingest/ingest.testkit';
import { serveRoom } from './api.testkit';
import type { Listening } from '.';

const KEYS = { read: 'r-key', admin: 'a-key' };
const START = 1_789_466_400;

let room: Room;
let api: Listening;

beforeAll(async () => {
  room = await openRoom();
  await room.store.append('incidents', [
    {
      ...{ id: 'throttling-1', kind: 'throttling', severity: 'critical', state: 'open', provider: 'gmail' },
      ...{ vmta: 'VMTA-5', start: START, finish: START + 2400, opened: 7000, detected: 6000, version: 1 },
      sentence: 'Gmail is throttling VMTA-5',
    },
  ]);
  api = await serveRoom(room, KEYS);
});

afterAll(async () => {
  await api.close();
  await room.close();
});

const acknowledge = (id: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${api.url}/api/incidents/${id}/ack`, {
    method: 'POST',
    headers: { authorization: 'Bearer a-key', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const list = async (parameters = ''): Promise<Record<string, unknown>[]> => {
  const response = await fetch(`${api.url}/api/analytics/incidents${parameters}`, {
    headers: { authorization: 'Bearer r-key' },
  });
  return ((await response.json()) as { incidents: Record<string, unknown>[] }).incidents;
};

it('lists incidents, filtered and by range', async () => {
  const [row] = await list('?provider=gmail');
  expect(row).toMatchObject({
    id: 'throttling-1',
    start: '2026-09-15T10:00:00.000Z',
    end: '2026-09-15T10:40:00.000Z',
    openedAt: '1970-01-01T00:00:07.000Z',
    ackBy: '',
  });
  expect(await list('?provider=yahoo')).toEqual([]);
  expect(await list(`?to=${START * 1000}`)).toEqual([]);
});

// Detection writes an incident anew as often as it changes: what people said must not go with it.
it('an acknowledgement stays when the incident is written again', async () => {
  const response = await acknowledge(
    'throttling-1',
    { note: ' <@U1> on it ' },
    { 'x-watchtower-user': 'ann' },
  );
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ incident: { ackBy: 'ann', note: '<@U1> on it' } });
  await room.store.append('incidents', [
    {
      id: 'throttling-1',
      kind: 'throttling',
      state: 'closed',
      provider: 'gmail',
      start: START,
      finish: START + 60,
      version: 2,
    },
  ]);
  expect(await list()).toMatchObject([{ state: 'closed', ackBy: 'ann', note: '<@U1> on it' }]);
  await acknowledge('throttling-1', {});
  expect(await list()).toMatchObject([{ ackBy: 'admin', note: '' }]);
});

it('refuses what is unknown, too long, or no note', async () => {
  expect((await acknowledge('nothing', {})).status).toBe(404);
  expect((await acknowledge('throttling-1', { note: 'x'.repeat(2001) })).status).toBe(400);
  expect((await acknowledge('throttling-1', { note: 7 })).status).toBe(400);
  expect((await acknowledge('throttling-1', {}, { authorization: 'Bearer r-key' })).status).toBe(403);
});

// The admin key stands in the datasource: without this, everyone who sees a dashboard could silence an incident.
it.each([
  ['Admin', 200],
  ['Editor', 200],
  ['Viewer', 403],
  ['None', 403],
  ['', 403],
])('a person of Grafana with the role "%s" gets %d', async (role, status) => {
  const asked = { note: role };
  const headers = { 'x-watchtower-role': role, 'x-watchtower-user': 'ann' };
  expect((await acknowledge('throttling-1', asked, headers)).status).toBe(status);
  const [row] = await list();
  expect(row?.['note'] === role && row['ackBy'] === 'ann').toBe(status === 200);
});

it('the role that is told beside a lesser key makes it no more than it is', async () => {
  const headers = { authorization: 'Bearer r-key', 'x-watchtower-role': 'Admin' };
  expect((await acknowledge('throttling-1', {}, headers)).status).toBe(403);
});
