import type { Listening } from '.';
import { csv, delivery, freshHour, openRoom, stamp, type Room } from '../ingest/ingest.testkit';
import { serveRoom } from './api.testkit';

let room: Room;
let api: Listening;
const hour = freshHour();
const at = (seconds: number) => new Date((hour + seconds) * 1000).toISOString();

beforeAll(async () => {
  room = await openRoom();
  const bounced = { type: 'b', dsnStatus: '5.1.1 (no)', dsnDiag: 'smtp;550 no', bounceCat: 'bad-mailbox' };
  const rows = [
    ...[1, 2, 3].map((i) => delivery(hour, i)),
    delivery(hour, 4, { ...bounced, rcpt: 'user4@yahoo.com' }),
    delivery(hour, 3700, { orig: 'shop@other.example', timeQueued: stamp(hour + 3600) }),
  ];
  await room.load('acct.csv', csv(rows));
  api = await serveRoom(room);
});

afterAll(async () => {
  await api.close();
  await room.close();
});

async function get(route: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${api.url}/api/analytics/${route}`);
  return { status: response.status, body: await response.json() };
}

it('stats are the totals of everything, of a range, and of what filters let through', async () => {
  const stats = { attempts: 5, sent: 5, delivered: 4, hardBounced: 1, bounceRate: 0.2, unresolved: 0 };
  expect(await get('stats')).toMatchObject({ status: 200, body: { stats } });
  expect(await get(`stats?from=${(hour + 2) * 1000}&to=${(hour + 4) * 1000}&metrics=delivered`)).toEqual({
    status: 200,
    body: { stats: { delivered: 2 }, notices: [] },
  });
  expect(await get('stats?vmta=vmta1&vmta=vmta2&metrics=delivered,bounced')).toMatchObject({
    body: { stats: { delivered: 3, bounced: 1 } },
  });
  const yahoo = JSON.stringify([{ dimension: 'domain', operator: 'startsWith', values: ['yahoo'] }]);
  expect(await get(`stats?metrics=sent&filters=${encodeURIComponent(yahoo)}`)).toMatchObject({
    body: { stats: { sent: 1 } },
  });
});

it('of nothing, counts are 0 and rates are null', async () => {
  expect(await get('stats?vmta=none&metrics=sent,bounceRate,latencyP95')).toEqual({
    status: 200,
    body: { stats: { sent: 0, bounceRate: null, latencyP95: null }, notices: [] },
  });
});

it('volume has a row per step, over the time of the events where none is named', async () => {
  expect(await get('volume?intervalMs=3600000')).toMatchObject({
    status: 200,
    body: {
      volume: [
        { time: at(0), attempts: 4, delivered: 3, bounced: 1, deferrals: 0, complaints: 0 },
        { time: at(3600), attempts: 1, delivered: 1, bounced: 0, deferrals: 0, complaints: 0 },
      ],
    },
  });
  const { body } = await get('volume');
  expect((body as { volume: object[] }).volume.length).toBeGreaterThan(30);
});

it('volume by groups has a row per step and group', async () => {
  const { body } = await get('volume?intervalMs=3600000&groupBy=domain&metrics=delivered,bounced');
  expect((body as { volume: object[] }).volume).toEqual(
    expect.arrayContaining([
      { time: at(0), domain: 'gmail.com', delivered: 3, bounced: 0 },
      { time: at(0), domain: 'yahoo.com', delivered: 0, bounced: 1 },
    ]),
  );
});

it('latency has quantiles and a histogram that adds up to the deliveries', async () => {
  const { status, body } = await get('latency');
  expect(status).toBe(200);
  expect(body).toMatchObject({ latency: { delivered: 4, latencyP50: 5, latencyMax: 100 } });
  const { histogram } = body as { histogram: { xMin: number; xMax: number | null; count: number }[] };
  expect(histogram.filter(({ count }) => count > 0)).toMatchObject([
    { xMin: 3, xMax: 10, count: 3 },
    { xMin: 60, xMax: 300, count: 1 },
  ]);
});

it('lists have a row per value, most attempts first, cut with a notice', async () => {
  expect(await get('domains')).toMatchObject({
    body: {
      domains: [
        { domain: 'gmail.com', attempts: 4, latencyP50: 5 },
        { domain: 'yahoo.com', attempts: 1, hardBounced: 1, attemptSuccessRate: 0 },
      ],
    },
  });
  expect(await get('senders?sender=shop@other.example')).toMatchObject({
    body: { senders: [{ sender: 'shop@other.example', attempts: 1 }] },
  });
  expect(await get('vmtas?limit=1&metrics=delivered&orderBy=vmta&order=asc')).toEqual({
    status: 200,
    body: { vmtas: [{ vmta: 'vmta0', delivered: 1 }], notices: [expect.stringMatching(/Cut to 1 groups/)] },
  });
});

it('risk is that of the week before the end of the events, where the address names no other', async () => {
  expect(await get('risk?dimension=job')).toMatchObject({
    status: 200,
    body: {
      risk: [{ job: 'J1', score: null, level: '', messages: 5, complaintRate: null }],
      notices: ['Not enough data for 1 of 1: a risk needs 100 messages in 7 days'],
    },
  });
  expect(await get(`risk?dimension=job&to=${(hour - 86_400) * 1000}`)).toMatchObject({ body: { risk: [] } });
});

it('insights and causes of so little are none; causes of an incident that is not there are 404', async () => {
  expect(await get('insights')).toEqual({ status: 200, body: { insights: [] } });
  expect(await get('causes')).toMatchObject({ status: 200, body: { causes: [] } });
  expect(await get('causes?incident=I-1')).toMatchObject({
    status: 404,
    body: { error: { code: 'not_found', message: 'there is no incident I-1' } },
  });
});

it('incidents are an empty list where there are none', async () => {
  expect((await get('incidents')).body).toEqual({ incidents: [], next: null });
});

it.each([
  ['risk?dimension=planet', /^dimension: unknown dimension of a risk "planet"/],
  ['insights?limit=9', /^limit: at most 8/],
  ['stats?planet=mars', /unknown dimension "planet"/],
  ['stats?metrics=love', /unknown metric "love"/],
  ['volume?intervalMs=often', /^intervalMs: a number/],
  ['volume?from=soon', /^from: epoch milliseconds/],
  ['domains?limit=0', /^limit: must be at least 1/],
  ['vmtas?filters=[', /^filters: not a JSON array/],
  ['vmtas?filters={}', /^filters: not a JSON array/],
  ['senders?groupBy=vmta', /unknown dimension "groupBy"/],
])('%s is refused by name', async (route, message) => {
  expect(await get(route)).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid_request', message: expect.stringMatching(message) as string } },
  });
});
