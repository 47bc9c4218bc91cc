import { connect } from 'node:net';
import { csv, deliveries, delivery, freshHour, openRoom, stamp, type Room } from '../ingest/ingest.testkit';
import type { Listening } from '.';
import { keptLog, serveRoom } from './api.testkit';

const NAMES = ['delivered', 'bounced', 'deferred', 'complaints'] as const;
type Counts = Record<(typeof NAMES)[number], number>;

let room: Room;
let api: Listening;

beforeAll(async () => {
  room = await openRoom();
  api = await serveRoom(room);
});

afterAll(async () => {
  await api.close();
  await room.close();
});

interface Event {
  event: string;
  id: string;
  data: Counts & { at: number };
}

/** A client of the stream that keeps what it is told. */
async function follow(lastEventId?: string, url = api.url) {
  const leaving = new AbortController();
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const response = await fetch(`${url}/api/stream`, { headers, signal: leaving.signal });
  const events: Event[] = [];
  const ended = (async () => {
    let text = '';
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = Object.fromEntries(
          block.split('\n').map((line) => [line.split(': ', 1)[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
        );
        if (fields['event'])
          events.push({
            event: fields['event'],
            id: fields['id'] ?? '',
            data: JSON.parse(fields['data'] ?? '{}') as Event['data'],
          });
      }
    }
  })().catch(() => undefined);
  return { response, events, leave: () => leaving.abort(), ended };
}

const totals = async (): Promise<Counts> => {
  const query = {
    refId: 'A',
    queryType: 'metrics',
    metrics: ['delivered', 'bounced', 'deferrals', 'complaints'],
    format: 'table',
  };
  const body = JSON.stringify({ from: 0, to: Date.UTC(2099, 0, 1), queries: [query] });
  const answer = (await (await fetch(`${api.url}/api/query`, { method: 'POST', body })).json()) as {
    results: { A: { frames: { data: { values: number[][] } }[] } };
  };
  const values = answer.results.A.frames[0]?.data.values ?? [];
  return Object.fromEntries(NAMES.map((name, i) => [name, values[i]?.[0] ?? 0])) as Counts;
};

const sum = (events: readonly Event[]): Counts =>
  Object.fromEntries(
    NAMES.map((name) => [name, events.reduce((all, { data }) => all + data[name], 0)]),
  ) as Counts;

/** Waits until the events, with earlier ones, add up to the totals of the API. */
const caughtUp = async (events: readonly Event[], earlier: readonly Event[] = []): Promise<void> => {
  const wanted = await totals();
  for (let i = 0; i < 250; i++) {
    const told = sum([...earlier, ...events]);
    if (NAMES.every((name) => told[name] === wanted[name])) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(sum([...earlier, ...events])).toEqual(wanted);
};

it('what it tells adds up to the totals of the API: loads, copies, late complaints and deletions', async () => {
  const hour = freshHour();
  const before = await room.load('before.csv', csv(deliveries(hour, 5)));
  const { response, events, leave } = await follow();
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  await caughtUp(events);
  expect(events).toMatchObject([{ event: 'start', data: { delivered: 5, bounced: 0 } }]);

  const mixed = [
    ...deliveries(hour, 9, 3),
    delivery(hour, 20, { type: 'b', dsnStatus: '5.1.1 (bad)', bounceCat: 'bad-mailbox' }),
    delivery(hour, 21, { type: 't', dsnStatus: '4.2.2 (full)' }),
    delivery(hour, 3, { type: 'f', timeLogged: stamp(hour + 3000) }),
  ];
  const loaded = await room.load('mixed.csv', csv(mixed));
  await caughtUp(events);
  expect(await totals()).toEqual({ delivered: 9, bounced: 1, deferred: 1, complaints: 1 });

  await room.ingest.remove(before.id);
  await caughtUp(events);
  expect((await totals()).delivered).toBe(6);
  expect(events.at(-1)?.data.delivered).toBe(-3);
  await room.ingest.remove(loaded.id);
  await caughtUp(events);
  expect(sum(events)).toEqual({ delivered: 0, bounced: 0, deferred: 0, complaints: 0 });
  expect(events.filter(({ event }) => event === 'start')).toHaveLength(1);
  leave();
});

it('tells one that comes back what it missed, as one event, and starts anew with an id that is none', async () => {
  const hour = freshHour();
  const first = await follow();
  await room.load('one.csv', csv(deliveries(hour, 4)));
  await caughtUp(first.events);
  first.leave();
  await first.ended;
  const [last] = first.events.slice(-1);
  await room.load('two.csv', csv(deliveries(hour, 10, 4)));
  const second = await follow(last?.id);
  await caughtUp(second.events, first.events);
  expect(second.events).toMatchObject([{ event: 'counters', data: { delivered: 6 } }]);
  const third = await follow('1; DROP TABLE');
  await caughtUp(third.events);
  expect(third.events).toMatchObject([{ event: 'start' }]);
  for (const client of [second, third]) {
    client.leave();
    await client.ended;
  }
});

it('asks the store once for a commit, however many listen, and not at all where nobody does', async () => {
  let reads = 0;
  const store = {
    mode: room.store.mode,
    turns: room.store.turns,
    append: (...rows: Parameters<Room['store']['append']>) => room.store.append(...rows),
    read: <T>(sql: string, options?: object) => {
      reads++;
      return room.store.read<T>(sql, options);
    },
  };
  const own = await serveRoom(room, {}, { store });
  await room.load('unheard.csv', csv(deliveries(freshHour(), 3)));
  expect(reads).toBe(0);
  const clients = await Promise.all([1, 2, 3, 4].map(() => fetch(`${own.url}/api/stream`)));
  const perTotals = reads / clients.length;
  expect(Number.isInteger(perTotals)).toBe(true);
  const { begun } = await room.commits();
  await room.load('heard.csv', csv(deliveries(freshHour(), 3)));
  await room.ingest.idle();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const commits = (await room.commits()).begun - begun;
  expect(commits).toBeGreaterThan(0);
  expect(reads / perTotals - clients.length).toBeGreaterThan(0);
  expect(reads / perTotals - clients.length).toBeLessThanOrEqual(commits);
  await own.close();
  await Promise.all(clients.map((client) => client.text()));
});

it('takes so many clients and no more', async () => {
  const own = await serveRoom(room);
  const clients = await Promise.all(Array.from({ length: 100 }, () => fetch(`${own.url}/api/stream`)));
  const refused = await fetch(`${own.url}/api/stream`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
  await clients[0]?.body?.cancel();
  for (let i = 0; i < 100; i++) {
    const next = await fetch(`${own.url}/api/stream`);
    if (next.status === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(i).toBeLessThan(99);
  }
  await own.close();
});

// All that is kept for a client are the newest totals it was not told of: those of every commit before are in them.
it('is neither held up nor kept from ending by a client that never reads', async () => {
  const own = await serveRoom(room);
  const silent = connect(Number(new URL(own.url).port), '127.0.0.1').pause();
  silent.on('error', () => undefined);
  silent.write('GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const { events, ended } = await follow(undefined, own.url);
  await caughtUp(events);
  const before = events.length;
  await room.load('unread.csv', csv(deliveries(freshHour(), 3)));
  await caughtUp(events);
  expect(events.length).toBeGreaterThan(before);
  expect(silent.bytesRead).toBe(0);
  expect(room.store.turns).toMatchObject({ running: 0, waiting: 0 });
  await own.close();
  await ended;
  silent.destroy();
});

it('ends with the service, in good order, and says nothing of it in the log', async () => {
  const kept = keptLog();
  const own = await serveRoom(room, {}, { log: kept.log });
  const client = await fetch(`${own.url}/api/stream`);
  const text = client.text();
  await own.close();
  expect(await text).toMatch(/^event: start\ndata: \{.*\}\nid: \d+\.\d+\.\d+\.\d+\nretry: 2000\n\n$/);
  expect(kept.text()).not.toMatch(/"level":"(warn|error)"/);
});
