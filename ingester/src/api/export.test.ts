import { connect, type Socket } from 'node:net';
import type { ApiParts, Listening } from '.';
import { csv, delivery, freshHour, openRoom, stamp, type Room } from '../ingest/ingest.testkit';
import { eventColumns } from '../model';
import { keptLog, serveRoom } from './api.testkit';

/** More than two pages. */
const EVENTS = 11_000;

let room: Room;
let api: Listening;
let store: ApiParts['store'];
let reads = 0;
let failing = false;
const kept = keptLog();
const hour = freshHour();

beforeAll(async () => {
  room = await openRoom();
  const formula = { dsnDiag: '=cmd|calc', rcpt: 'user0@yahoo.com' };
  const rows = Array.from({ length: EVENTS }, (_, i) =>
    delivery(hour, i, { ...(i === 0 && formula), timeLogged: stamp(hour + (i % 3000)) }),
  );
  await room.load('acct.csv', csv(rows));
  store = {
    mode: 'embedded',
    turns: room.store.turns,
    append: (...rows) => room.store.append(...rows),
    read: (sql, options) => {
      reads += 1;
      if (failing && reads > 3) return Promise.reject(new Error('the disk is gone'));
      return room.store.read(sql, options);
    },
  };
  api = await serveRoom(room, {}, { store, log: kept.log });
}, 60_000);

afterAll(async () => {
  await api.close();
  await room.close();
});

beforeEach(() => {
  reads = 0;
});

const get = (parameters: string) => fetch(`${api.url}/api/analytics/export?${parameters}`);

it('writes every event once, over all pages, under one heading', async () => {
  const response = await get('columns=id,recipient');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="watchtower-events.csv"');
  const [heading, ...lines] = (await response.text()).trim().split('\r\n');
  expect(heading).toBe('id,recipient');
  expect(new Set(lines).size).toBe(EVENTS);
  expect(lines).toHaveLength(EVENTS);
});

it('respects filters, the text searched for, the order and a limit beyond one page', async () => {
  const found = await (await get('search=CMD&columns=diag,domain&domain=yahoo.com')).text();
  expect(found).toBe("diag,domain\r\n'=cmd|calc,yahoo.com\r\n");
  const lines = (
    await (await get('format=jsonl&limit=5001&order=asc&columns=time&vmta=vmta1&vmta=vmta2')).text()
  )
    .trim()
    .split('\n');
  expect(lines).toHaveLength(5001);
  expect(lines[0]).toBe(JSON.stringify({ time: new Date((hour + 1) * 1000).toISOString() }));
});

it('takes variables and conditions as the address of a dashboard has them', async () => {
  const conditions = encodeURIComponent('domain|=|yahoo.com');
  const variables = `var-datasource=x&var-vmta=$__all&var-vmta=&var-filters=${conditions}&var-search=CMD`;
  const found = await (await get(`columns=diag,domain&${variables}`)).text();
  expect(found).toBe("diag,domain\r\n'=cmd|calc,yahoo.com\r\n");
});

it('writes figures by groups, and says in a header what was cut', async () => {
  const all = await get('metrics=delivered,bounceRate&groupBy=vmta&orderBy=vmta&order=asc');
  expect(await all.text()).toBe(
    'vmta,delivered,bounceRate\r\nvmta0,3667,0\r\nvmta1,3667,0\r\nvmta2,3666,0\r\n',
  );
  expect(all.headers.get('x-watchtower-notices')).toBeNull();
  const cut = await get('metrics=delivered&groupBy=vmta&limit=1&format=jsonl&from=0&to=4000000000000');
  expect(await cut.text()).toMatch(/^\{"vmta":"vmta[01]","delivered":3667\}\n$/);
  expect(JSON.parse(cut.headers.get('x-watchtower-notices') ?? '')).toEqual([
    expect.stringMatching(/^Cut to 1 groups by delivered, highest first; 2 more are left out/),
  ]);
});

it('writes all of them as Parquet, in pieces, and respects what is asked for', async () => {
  const response = await get('format=parquet&columns=id,time,diag,latency');
  expect(response.headers.get('content-type')).toBe('application/vnd.apache.parquet');
  expect(response.headers.get('content-disposition')).toContain('watchtower-events.parquet');
  const path = room.put('events.parquet', Buffer.from(await response.arrayBuffer()));
  expect(
    await room.store.read(
      `SELECT count() AS n, uniqExact(id) AS ids, toUnixTimestamp64Second(min(time)) AS first, anyIf(diag, diag LIKE '=%') AS formula,
        min(latency) AS latency FROM file('${path}', 'Parquet')`,
    ),
  ).toEqual([
    { n: EVENTS, ids: EVENTS, first: hour, formula: '=cmd|calc', latency: expect.any(Number) as number },
  ]);
  const figures = await get(
    'format=parquet&metrics=delivered,bounceRate&groupBy=vmta&limit=2&orderBy=vmta&order=asc',
  );
  expect(figures.headers.get('x-watchtower-notices')).toContain('Cut to 2 groups');
  const table = room.put('figures.parquet', Buffer.from(await figures.arrayBuffer()));
  expect(await room.store.read(`SELECT * FROM file('${table}', 'Parquet')`)).toEqual([
    { vmta: 'vmta0', delivered: 3667, bounceRate: 0 },
    { vmta: 'vmta1', delivered: 3667, bounceRate: 0 },
  ]);
});

it.each([
  ['format=xls', 400, /^format: must be one of csv, jsonl, parquet/],
  ['limit=0', 400, /^limit: must be at least 1/],
  ['limit=-1', 400, /^limit: a whole number/],
  ['planet=mars', 400, /unknown dimension/],
  ['columns=colour', 400, /unknown column/],
  ['groupBy=vmta', 400, /^metrics: /],
  ['metrics=delivered&groupBy=recipient', 400, /unknown dimension "recipient"/],
])('%s is refused before anything is written', async (parameters, status, message) => {
  const response = await get(parameters);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({
    error: { message: expect.stringMatching(message) as string },
  });
});

it('reads on only as fast as the client takes it, and not at all once it has gone', async () => {
  const port = Number(new URL(api.url).port);
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /api/analytics/export HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const afterwards = reads;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(reads).toBe(afterwards);
  await (await get('')).text();
  expect(reads - afterwards).toBeGreaterThan(afterwards);
});

/** Asks for a file and takes not a byte of it. */
function silentClient(url: string, path: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').pause();
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
}

// Whoever stops reading must cost no more than what waits for him, for however long he stays.
it('holds a page for clients that never read, no turn of the store, and ends without them', async () => {
  const path = `/api/analytics/export?format=jsonl&columns=${Object.keys(eventColumns).join(',')}`;
  const own = await serveRoom(room, {}, { store });
  const clients: Socket[] = [];
  try {
    const whole = await (await fetch(own.url + path)).text();
    const wholeReads = reads;
    // More than any connection holds that nobody reads from.
    expect(whole.length).toBeGreaterThan(6e6);
    reads = 0;
    for (let n = 0; n < 6; n++) clients.push(silentClient(own.url, path));
    for (let before = -1; reads < clients.length || reads !== before || room.store.turns.running > 0; ) {
      before = reads;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(reads).toBeLessThan(clients.length * wholeReads);
    expect(clients.map(({ bytesRead }) => bytesRead)).toEqual(clients.map(() => 0));
    expect(room.store.turns).toMatchObject({ running: 0, waiting: 0 });
    expect((await fetch(`${own.url}/api/analytics/stats`)).status).toBe(200);
    reads = 0;
  } finally {
    await own.close();
    clients.forEach((client) => client.destroy());
  }
  expect(reads).toBeLessThan(6);
}, 60_000);

it('breaks the connection off when a later page fails, as half a file must not look whole', async () => {
  failing = true;
  await expect(get('columns=id').then((response) => response.text())).rejects.toThrow();
  failing = false;
  expect(kept.text()).toMatch(/disk is gone.*an export broke off/);
});
