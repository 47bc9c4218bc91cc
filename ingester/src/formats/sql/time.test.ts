import { openEngine } from '../testing';

const engine = openEngine();
afterAll(() => engine.close());

const header = ['type', 'timeLogged', 'timeQueued', 'rcpt'];
const now = Date.UTC(2026, 8, 16) / 1000;
const read = async (logged: string, queued = '', timezone = 'UTC') =>
  (await engine.normalise(header, [['d', logged, queued, 'a@b.example']], { timezone, now }))[0];

it.each([
  ['2026-02-08 21:54:05+0000', '2026-02-08 21:54:05'],
  ['2026-02-08 21:54:05+0200', '2026-02-08 19:54:05'],
  ['2026-02-08 21:54:05-0530', '2026-02-09 03:24:05'],
  ['2026-02-08 21:54:05+02:00', '2026-02-08 19:54:05'],
  ['2024-01-20T10:30:00Z', '2024-01-20 10:30:00'],
  ['2024-01-20T10:30:00.987Z', '2024-01-20 10:30:00'],
  ['2024-01-20T10:30:00.123456+01:00', '2024-01-20 09:30:00'],
  [' 2024-01-20 10:30:00 ', '2024-01-20 10:30:00'],
  ['1789430450', '2026-09-15 00:00:50'],
  ['1789430450.75', '2026-09-15 00:00:50'],
  ['2026-02-08 21:54:05', '2026-02-08 21:54:05'],
  ['2026-02-08T21:54:05', '2026-02-08 21:54:05'],
])('reads %j', async (text, time) => {
  expect(await read(text)).toMatchObject({ time, error: '' });
});

// Without the zone a site in Berlin would see its whole day shifted; summer and winter differ.
it.each([
  ['2026-02-08 21:54:05', '2026-02-08 20:54:05'],
  ['2026-07-08 21:54:05', '2026-07-08 19:54:05'],
  ['2026-07-08 21:54:05+0000', '2026-07-08 21:54:05'],
  ['1789430450', '2026-09-15 00:00:50'],
])('uses the configured zone only where the time %j has none', async (text, time) => {
  expect(await read(text, '', 'Europe/Berlin')).toMatchObject({ time, error: '' });
});

it.each([
  ['yesterday', /^timeLogged 'yesterday' is not a time$/],
  ['2026-02-08 25:54:05+0000', /is not a time/],
  ['2026-02-08 21:64:05+0000', /is not a time/],
  ['2026-02-08 21:54:99+0000', /is not a time/],
  ['2026-13-08 21:54:05+0000', /is not a time/],
  ['2026-02-30 21:54:05+0000', /^timeLogged '2026-02-30 21:54:05\+0000' is out of range or no such day$/],
  ['1970-01-01 00:00:00+0000', /is out of range/],
  ['1999-12-31 23:59:59+0000', /is out of range/],
  ['9999-12-31 23:59:59+0000', /is out of range/],
  ['2026-09-18 00:00:01+0000', /is out of range/],
  ['253402300799', /is not a time/],
  ['0', /is not a time/],
  ['', /^timeLogged is empty$/],
])('refuses %j with the column and the text', async (text, error) => {
  expect(await read(text)).toMatchObject({ error: expect.stringMatching(error) });
});

it('accepts clocks that are up to two days ahead', async () => {
  expect(await read('2026-09-17 23:59:59+0000')).toMatchObject({ error: '' });
});

it('takes timeQueued where timeLogged is missing, as a cell or as a column', async () => {
  expect(await read('', '2026-09-15 00:00:50+0000')).toMatchObject({
    time: '2026-09-15 00:00:50',
    error: '',
  });
  const [row] = await engine.normalise(['type', 'timeQueued'], [['d', 'soon']]);
  expect(row).toMatchObject({ error: "timeQueued 'soon' is not a time" });
});

it('keeps a row whose timeQueued is bad, without queue time and latency', async () => {
  expect(await read('2026-09-15 00:00:50+0000', 'never')).toMatchObject({
    queued: '1970-01-01 00:00:00',
    latency: -1,
    triple: '0',
    error: '',
  });
});

it('gives latency to deliveries in order only', async () => {
  const [late, early] = await engine.normalise(header, [
    ['d', '2026-09-15 00:00:50+0000', '2026-09-15 00:00:08+0000', 'a@b.example'],
    ['d', '2026-09-15 00:00:50+0000', '2026-09-15 00:00:51+0000', 'a@b.example'],
  ]);
  expect([late?.latency, early?.latency]).toEqual([42, -1]);
  const [bounce] = await engine.normalise(header, [
    ['b', '2026-09-15 00:00:50+0000', '2026-09-15 00:00:08+0000', 'a@b.example'],
  ]);
  expect(bounce?.latency).toBe(-1);
});
