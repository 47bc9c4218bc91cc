import type { Listening } from '.';
import { openRoom, type Room } from '../ingest/ingest.testkit';
import { serveRoom } from './api.testkit';

let room: Room;
let api: Listening;

beforeAll(async () => {
  room = await openRoom();
  api = await serveRoom(room, { read: 'r', admin: 'a' });
});

afterAll(async () => {
  await api.close();
  await room.close();
});

async function send(
  method: string,
  body?: string,
  type = 'text/csv',
  key = 'a',
): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': type }) };
  const response = await fetch(`${api.url}/api/users`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  return { status: response.status, body: await response.json() };
}

it('takes a list as CSV and as JSON, lists it, and replaces it', async () => {
  expect(await send('POST', 'job,user\nJ-1,ann\nJ-2,bob\n')).toEqual({
    status: 200,
    body: { changed: 2, removed: 0 },
  });
  const json = JSON.stringify({ users: [{ job: 'J-3', user: '<b>"eve"' }] });
  expect(await send('POST', json, 'application/json')).toMatchObject({ status: 200, body: { changed: 1 } });
  expect(await send('GET')).toEqual({
    status: 200,
    body: {
      users: [
        { job: 'J-1', user: 'ann', source: 'mapping' },
        { job: 'J-2', user: 'bob', source: 'mapping' },
        { job: 'J-3', user: '<b>"eve"', source: 'mapping' },
      ],
      next: null,
    },
  });
  expect(await send('PUT', 'job,user\nJ-2,bob\n')).toMatchObject({ body: { changed: 0, removed: 2 } });
  expect(await send('GET')).toMatchObject({ body: { users: [{ job: 'J-2' }] } });
});

it('refuses a list with wrong entries whole and names them, and a body of another kind', async () => {
  const before = await send('GET');
  expect(await send('POST', 'job,user\nJ-8,ann\n,bob\n')).toMatchObject({
    status: 400,
    body: { error: { message: 'line 3: the job is empty', details: [{ line: 3 }] } },
  });
  const json = JSON.stringify({
    users: [
      { job: 'J-8', user: 'x' },
      { job: ' ', user: 'x' },
    ],
  });
  expect(await send('PUT', json, 'application/json')).toMatchObject({
    status: 400,
    body: { error: { message: 'users.1: the job is empty' } },
  });
  expect(await send('POST', 'x', 'text/plain')).toMatchObject({ status: 415 });
  expect(await send('GET')).toEqual(before);
});

it('lets only an admin change it', async () => {
  expect(await send('POST', 'job,user\n', 'text/csv', 'r')).toMatchObject({ status: 403 });
  expect(await send('PUT', 'job,user\n', 'text/csv', 'r')).toMatchObject({ status: 403 });
  expect(await send('GET', undefined, '', 'r')).toMatchObject({ status: 200 });
});
