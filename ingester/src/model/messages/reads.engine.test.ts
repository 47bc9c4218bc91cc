import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '../../store';
import { findMessages } from './messages';
import { messagesQuerySchema } from './messagesQuery';
import { countingReader, type CountingReader } from '../statistics.testkit';
import { answerTrace } from './trace';
import { traceQuerySchema } from './traceQuery';

const FROM = Date.UTC(2026, 2, 1) / 1000;
const DAYS = 30;

/** Events of one day, and of all: enough for an index block to be a small part. */
const PER_DAY = 66_000;
const ALL = PER_DAY * DAYS;

/** A day is eight index blocks here: one that is read to find messages, and again for their lives. */
const FEW_DAYS = 3 / DAYS;

let directory: string;
let store: Store;
let reader: CountingReader;

/** One message in three rows, two deferrals and a delivery, within two hours; every recipient has one a day. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'watchtower-reads-'));
  store = await openStore({ dataDir: directory });
  for (let day = 0; day < DAYS; day++)
    await store.write(`INSERT INTO watchtower.events (time, record, rcpt, messageId, job, vmta, domain, provider, queued, message, triple, ref, file, line, ver, sign)
      SELECT toDateTime(since + 1 + number % 3, 'UTC'), if(number % 3 = 2, 'd', 't'), concat('user', toString(n), '@gmail.com'), id,
        'J-${day}', concat('vmta-', toString(n % 5)), 'gmail.com', 'gmail', toDateTime(since, 'UTC'),
        cityHash64(id), cityHash64(id, 1), cityHash64(id, 2), ${day + 1}, number + 1, 1, 1
      FROM (SELECT number, intDiv(number, 3) AS n, concat('${day}-', toString(n), '@shop.example') AS id,
        ${FROM + day * 86_400} + intDiv(n * 7200, ${PER_DAY / 3}) AS since FROM numbers(${PER_DAY}))
      SETTINGS async_insert = 0`);
  reader = countingReader(directory);
}, 240_000);

afterAll(async () => {
  await reader.close();
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function trace(query: Record<string, unknown>): Promise<{ steps: number; share: number }> {
  const checked = traceQuerySchema.parse({ refId: 'A', queryType: 'trace', ...query });
  const [frame] = await answerTrace(reader, checked, { timezone: 'UTC', complaintProviders: [] });
  const rows = reader.rowsRead();
  return { steps: frame?.data.values[0]?.length ?? 0, share: rows / ALL };
}

async function messages(query: Record<string, unknown>): Promise<{ found: number; share: number }> {
  const range = { from: FROM * 1000, to: (FROM + DAYS * 86_400) * 1000 };
  const page = await findMessages(
    reader,
    messagesQuerySchema.parse({ refId: 'A', queryType: 'messages', ...range, ...query }),
  );
  const rows = reader.rowsRead();
  return { found: page.messages.length, share: rows / ALL };
}

const dayOf = (day: number) => ({
  from: (FROM + day * 86_400) * 1000,
  to: (FROM + (day + 1) * 86_400) * 1000,
});

test('a trace by Message-Id reads the index blocks that its message stands in, not the recipient’s others', async () => {
  const own = { messageId: '12-777@shop.example' };
  const anywhere = await trace(own);
  expect(anywhere.steps).toBe(3);
  expect(anywhere.share).toBeLessThan(0.06);
  const near = await trace({ ...own, ...dayOf(12) });
  expect(near.steps).toBe(3);
  expect(near.share).toBeLessThan(0.06);
  expect((await trace({ messageId: 'nobody@shop.example' })).share).toBeLessThan(0.06);
});

test('a trace by an event, and by job and recipient where the time is known, read as little', async () => {
  const byEvent = await trace({ event: '13-2332' });
  expect(byEvent.steps).toBe(3);
  expect(byEvent.share).toBeLessThan(0.08);
  const byJob = await trace({ job: 'J-3', recipient: 'USER777@gmail.com', ...dayOf(3) });
  expect(byJob.steps).toBe(3);
  expect(byJob.share).toBeLessThan(0.08);
});

test('a time that does not hold the message is no hindrance', async () => {
  expect(await trace({ messageId: '12-777@shop.example', ...dayOf(20) })).toMatchObject({ steps: 3 });
  expect(await trace({ job: 'J-3', recipient: 'user777@gmail.com', ...dayOf(20) })).toMatchObject({
    steps: 3,
  });
});

test('messages of a recipient over a day leave the other days alone, and the newest of all need no long look back', async () => {
  const filters = [{ dimension: 'recipient', operator: '=', values: ['user777@gmail.com'] }];
  expect(await messages({ filters })).toMatchObject({ found: DAYS });
  const day = await messages({ filters, ...dayOf(12) });
  expect(day.found).toBe(1);
  expect(day.share).toBeLessThan(0.06);
  const newest = await messages({});
  expect(newest.found).toBe(100);
  expect(newest.share).toBeLessThan(FEW_DAYS);
});

test('messages by the beginning of an address, or of a job, leave what cannot match alone', async () => {
  const beginning = [{ dimension: 'recipient', operator: 'startsWith', values: ['User777'] }];
  const several = await messages({ filters: beginning, ...dayOf(12) });
  expect(several.found).toBe(11);
  expect(several.share).toBeLessThan(FEW_DAYS);
  const nobody = [{ dimension: 'recipient', operator: 'startsWith', values: ['nobody'] }];
  expect(await messages({ filters: nobody })).toMatchObject({ found: 0 });
  expect((await messages({ filters: nobody })).share).toBeLessThan(0.02);
  const job = await messages({ filters: [{ dimension: 'job', operator: '=', values: ['J-3'] }] });
  expect(job.found).toBe(100);
  // Mostly rows of the lookups: a block of 256 in every week for each of a hundred recipients.
  expect(job.share).toBeLessThan(0.27);
});
