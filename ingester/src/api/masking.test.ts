import type { Listening } from '.';
import { csv, delivery, freshHour, openRoom, type Room } from '../ingest/ingest.testkit';
import { serveRoom } from './api.testkit';

let room: Room;
let api: Listening;
let open: Listening;
let file: string;
const hour = freshHour();
const LOCAL_PARTS = /hidden|bounce-7-/;

beforeAll(async () => {
  room = await openRoom();
  const more = {
    rcpt: 'hidden1@gmail.com',
    orig: 'bounce-7-hidden1=gmail.com@sender.example',
    dsnDiag: 'smtp;550 <hidden1@gmail.com>: no',
  };
  const wrong = delivery(hour, 2, { rcpt: 'hidden2@gmail.com', timeLogged: 'never' });
  const record = await room.load('acct.csv', csv([delivery(hour, 1, more), wrong]));
  file = record.id;
  api = await serveRoom(room, { read: 'r-key', admin: 'a-key' });
  open = await serveRoom(room);
});

afterAll(async () => {
  await api.close();
  await open.close();
  await room.close();
});

const columns = 'id,time,recipient,orig,diag,headers,messageId,sender';
const messageId = `m${hour}-1@sender.example`;
const queries = [
  { refId: 'events', queryType: 'events' },
  { refId: 'logs', queryType: 'events', format: 'logs' },
  { refId: 'messages', queryType: 'messages' },
  { refId: 'trace', queryType: 'trace', messageId },
  { refId: 'values', queryType: 'values', dimension: 'recipient' },
  { refId: 'diags', queryType: 'values', dimension: 'diag' },
  { refId: 'errors', queryType: 'ingestErrors' },
].map((query) => ({ ...query, from: 0, to: 4_000_000_000_000 }));

async function everything(url: string, headers: Record<string, string>): Promise<string[]> {
  const asked = async (route: string, init?: RequestInit): Promise<string> => {
    const response = await fetch(url + route, { ...init, headers });
    expect([route, response.status]).toEqual([route, 200]);
    return response.text();
  };
  const body = JSON.stringify({ queries });
  const { results } = JSON.parse(await asked('/api/query', { method: 'POST', body })) as {
    results: Record<string, unknown>;
  };
  return [
    ...Object.values(results).map((result) => JSON.stringify(result)),
    await asked(`/api/events?columns=${columns}`),
    await asked('/api/messages'),
    await asked(`/api/events/related/${messageId}`),
    await asked('/api/analytics/export'),
    await asked(`/api/analytics/export?format=jsonl&columns=${columns}`),
    // Read as the text it is: nothing this short is compressed out of sight, as the marks expected below show.
    await asked(`/api/analytics/export?format=parquet&columns=${columns}`),
    await asked(`/api/files/${file}/errors`),
  ];
}

it('no route shows a viewer a recipient, wherever an address stands', async () => {
  const answers = await everything(api.url, { authorization: 'Bearer r-key' });
  for (const answer of answers) {
    expect(answer).not.toMatch(LOCAL_PARTS);
    expect(answer).toContain('***');
  }
  expect(answers.join('\n')).toContain('h***@gmail.com');
  expect(answers.join('\n')).toContain(messageId);
});

it.each<[string, Record<string, string>]>([
  ['an editor', { authorization: 'Bearer r-key', 'x-watchtower-role': 'Editor' }],
  ['the admin key', { authorization: 'Bearer a-key' }],
])('%s sees them', async (_, headers) => {
  for (const answer of await everything(api.url, headers)) expect(answer).toMatch(LOCAL_PARTS);
});

it('this machine sees them where no key is set', async () => {
  for (const answer of await everything(open.url, {})) expect(answer).toMatch(LOCAL_PARTS);
});
