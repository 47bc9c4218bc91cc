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

async function trace(
  query: Record<string, unknown>,
): Promise<{ steps: number; share: number; statements: number }> {
  const checked = traceQuerySchema.parse({ refId: 'A', queryType: 'trace', ...query });
  const [frame] = await answerTrace(reader, checked, { timezone: 'UTC', complaintProviders: [] });
  const rows = reader.rowsRead();
  const steps = frame?.data.values[0]?.length ?? 0;
  return { steps, share: rows / ALL, statements: reader.statements() };
}

async function messages(
  query: Record<string, unknown>,
): Promise<{ found: number; share: number; statements: number }> {
  const range = { from: FROM * 1000, to: (FROM + DAYS * 86_400) * 1000 };
  const page = await findMessages(
    reader,
    messagesQuerySchema.parse({ refId: 'A', queryType: 'messages', ...range, ...query }),
  );
  const rows = reader.rowsRead();
  return { found: page.messages.length, share: rows / ALL, statements: reader.statements() };
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

test('a trace takes a statement to find its message, one for its life and one for its queue', async () => {
  const { statements, share } = await trace({ messageId: '12-777@shop.example', ...dayOf(12) });
  expect(statements).toBe(3);
  expect(share).toBeLessThan(0.04);
  const byJob = await trace({ job: 'J-3', recipient: 'user777@gmail.com', ...dayOf(3) });
  expect(byJob.statements).toBe(3);
  // Nothing to follow up where there is no such message: the day, then all days.
  expect((await trace({ messageId: 'nobody@shop.example', ...dayOf(12) })).statements).toBe(2);
});

test('the places of a recipient’s messages are opened once, and others than recipients take one statement a step', async () => {
  const recipient = [{ dimension: 'recipient', operator: '=', values: ['user777@gmail.com'] }];
  const journey = await messages({ filters: recipient });
  expect(journey).toMatchObject({ found: DAYS, statements: 4 });
  // A block or two of deferrals and of deliveries a day, and the lookups; twice as much where they are opened again.
  expect(journey.share).toBeLessThan((8192 * 3) / PER_DAY);
  const job = await messages({ filters: [{ dimension: 'job', operator: '=', values: ['J-3'] }] });
  // The days and hours of the job are two steps.
  expect(job.statements).toBe(5);
});

test('of many matching events only the newest are read for a page', async () => {
  const filters = [{ dimension: 'recipient', operator: 'startsWith', values: ['user77'] }];
  const page = await messages({ filters, limit: 20 });
  expect(page.found).toBe(20);
  // The hour or two of the last day, and the lookups: the others hold 10,000 matching events on 29 days.
  expect(page.share).toBeLessThan(FEW_DAYS);
});

test('complaints are gone to only where a lookup knows some, and then are told of', async () => {
  const day = 5;
  const id = `${day}-4242@shop.example`;
  const time = FROM + (day + 2) * 86_400;
  await store.write(`INSERT INTO watchtower.events (time, record, rcpt, messageId, job, vmta, domain, provider, message, method, confidence, file, line, ver, sign)
    SELECT toDateTime(${time}, 'UTC'), 'f', 'user4242@gmail.com', '${id}', 'J-${day}', 'vmta-2', 'gmail.com', 'gmail', cityHash64('${id}'), 'messageId', 1, 999, 1, 1, 1
    SETTINGS async_insert = 0`);
  const of = (user: string) => [{ dimension: 'recipient', operator: '=', values: [`${user}@gmail.com`] }];
  expect(await messages({ filters: of('user4241') })).toMatchObject({ found: DAYS, statements: 4 });
  // One more for the complaint, and one for the deliveries it may belong to.
  expect(await messages({ filters: of('user4242') })).toMatchObject({ found: DAYS, statements: 6 });
  const range = { from: FROM * 1000, to: (FROM + DAYS * 86_400) * 1000 };
  const query = messagesQuerySchema.parse({
    refId: 'A',
    queryType: 'messages',
    filters: of('user4242'),
    ...range,
  });
  const { messages: found } = await findMessages(reader, query);
  expect(found.filter(({ complaints }) => complaints > 0)).toMatchObject([
    { messageId: id, complaints: 1, state: 'delivered, complained', last: time },
  ]);
});

test('a message that began before the range, or goes on after it, is told whole', async () => {
  const filters = [{ dimension: 'recipient', operator: '=', values: ['user777@gmail.com'] }];
  const from = FROM + 12 * 86_400 + Math.floor((777 * 7200) / (PER_DAY / 3)) + 2;
  const query = { refId: 'A', queryType: 'messages', filters, from: from * 1000, to: (from + 1) * 1000 };
  const { messages: found } = await findMessages(reader, messagesQuerySchema.parse(query));
  expect(found).toMatchObject([{ attempts: 3, outcome: 'delivered', first: from - 1, last: from + 1 }]);
});
