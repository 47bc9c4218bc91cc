import type { Listening } from '.';
import { csv, delivery, freshHour, openRoom, stamp, type Room } from '../ingest/ingest.testkit';
import { serveRoom } from './api.testkit';

let room: Room;
let api: Listening;
const hour = freshHour();

beforeAll(async () => {
  room = await openRoom();
  const deferred = { type: 't', dsnStatus: '4.2.2 (full)', dsnDiag: 'smtp;452 full', dlvSize: '' };
  await room.load('tran.csv', csv([delivery(hour, 1, { ...deferred, timeLogged: stamp(hour - 2) })]));
  await room.load('acct.csv', csv([1, 2, 3, 20].map((i) => delivery(hour, i))));
  api = await serveRoom(room);
});

afterAll(async () => {
  await api.close();
  await room.close();
});

async function get(route: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(api.url + route);
  return { status: response.status, body: await response.json() };
}

const recipients = (list: readonly string[]) => list.map((recipient) => ({ recipient }));

describe('GET /api/messages', () => {
  it('finds a recipient by the whole address and by its beginning, in any case, newest first', async () => {
    expect(await get('/api/messages?recipient=USER1@gmail.com')).toMatchObject({
      status: 200,
      body: {
        messages: [
          {
            recipient: 'user1@gmail.com',
            state: 'delivered',
            attempts: 2,
            job: 'J1',
            time: new Date((hour + 1) * 1000).toISOString(),
            first: new Date((hour - 2) * 1000).toISOString(),
          },
        ],
        next: null,
      },
    });
    expect(await get('/api/messages?recipient=user2*')).toMatchObject({
      body: { messages: recipients(['user20@gmail.com', 'user2@gmail.com']) },
    });
  });

  it('goes on with the cursor of the page before', async () => {
    const first = await get('/api/messages?job=J1&limit=2');
    expect(first.body).toMatchObject({ messages: recipients(['user20@gmail.com', 'user3@gmail.com']) });
    const { next } = first.body as { next: string };
    expect((await get(`/api/messages?job=J1&limit=2&cursor=${next}`)).body).toMatchObject({
      messages: recipients(['user2@gmail.com', 'user1@gmail.com']),
      next: null,
    });
  });

  it.each([
    ['planet=mars', /unknown dimension/],
    ['limit=0', /limit: must be at least 1/],
    ['cursor=x', /cursor: not the cursor/],
    ['outcome=lost', /unknown outcome lost/],
    ['from=yesterday', /from: epoch milliseconds/],
  ])('refuses %s by name', async (parameter, message) => {
    expect(await get(`/api/messages?${parameter}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', message: expect.stringMatching(message) as string } },
    });
  });
});

describe('GET /api/events/related/:messageId', () => {
  it('gives the whole life in order, with how each event was matched', async () => {
    const id = encodeURIComponent(`<m${hour}-1@Sender.example>`);
    expect(await get(`/api/events/related/${id}`)).toMatchObject({
      status: 200,
      body: {
        events: [
          { step: 'deferred', seconds: 2, method: 'messageId', confidence: 1, relation: 'message' },
          { step: 'delivered', seconds: 3, method: 'messageId', confidence: 1, relation: 'message' },
        ],
        notices: [],
      },
    });
  });

  it('of a message that is not there is empty', async () => {
    expect(await get('/api/events/related/nobody@nowhere')).toEqual({
      status: 200,
      body: { events: [], notices: [] },
    });
  });
});
