import { answer } from './answer';
import { queryRequestSchema } from './schema';
import { countingReader, type CountingReader } from './statistics.testkit';
import { openTestStore, settleOpenEvents, type TestStore } from './store.testkit';

/** What dashboards ask reads rollups and a few blocks of events: rows that are read, of a month with many events. */

const DAY = 86_400;
const FROM = Date.UTC(2026, 2, 1) / 1000;
const DAYS = 30;
const TO = FROM + DAYS * DAY;

/**
 * Events of a day, two of a message: a deferral and a delivery two minutes later, spread over four hours. One message in
 * two hundred is not delivered, and one of the rare day later than all others.
 */
const PER_DAY = 20_000;
const ALL = PER_DAY * DAYS;

/** A day on which one job is sent, and a text that only it has. */
const RARE_DAY = 12;

let opened: TestStore;
let counting: CountingReader;

beforeAll(async () => {
  opened = await openTestStore();
  for (let day = 0; day < DAYS; day++)
    await opened.store
      .write(`INSERT INTO watchtower.events (time, record, rcpt, messageId, job, vmta, pool, domain, provider, sender, senderDomain, bounceClass, diag, latency, queued, message, file, line, ver, sign)
      SELECT toDateTime(since + if(delivered, 120, 2), 'UTC'), if(delivered, 'd', 't'), concat('user', toString(n), '@', domain), concat(toString(n), '-${day}@shop.example'),
        if(${day} = ${RARE_DAY} AND n = 5000, 'J-rare', 'J-1'), concat('vmta-', toString(n % 4)), 'pool', concat('domain', toString(n % 25), '.example') AS domain,
        ['gmail', 'yahoo', 'aol'][n % 3 + 1], concat('news', toString(n % 3), '@shop.example'), 'shop.example',
        if(delivered, '', 'block'), multiIf(delivered, 'ok', ${day} = ${RARE_DAY} AND n = 5000, 'a rare text', 'mailbox full'), multiIf(NOT delivered, -1, ${day} = ${RARE_DAY} AND n = 4000, 500, 120),
        toDateTime(since, 'UTC'), cityHash64(n, ${day}), ${day + 1}, number + 1, 1, 1
      FROM (SELECT number, intDiv(number, 2) AS n, number % 2 = 1 AS delivered, ${FROM + day * DAY} + intDiv(n * 14400, ${PER_DAY / 2}) AS since FROM numbers(${PER_DAY}))
      WHERE NOT (delivered AND n % 200 = 7)
      SETTINGS async_insert = 0`);
  await settleOpenEvents(opened.store);
  counting = countingReader(opened.directory);
}, 300_000);

afterAll(async () => {
  await counting.close();
  await opened.close();
});

/** Answers queries over the last `days`; the rows of the first frame, and how many were read, of the events there are. */
async function ask(days: number, ...queries: Record<string, unknown>[]) {
  const request = queryRequestSchema.parse({
    from: (TO - days * DAY) * 1000,
    to: TO * 1000,
    queries: queries.map((query, index) => ({ refId: `Q${index}`, ...query })),
  });
  const { results } = await answer(counting, request, {
    timezone: 'UTC',
    complaintProviders: ['yahoo'],
  });
  const read = counting.rowsRead();
  const frames = Object.values(results).flatMap((result) => {
    if ('error' in result) throw new Error(result.error);
    return result.frames;
  });
  const found = frames[0]?.data.values[0]?.length ?? 0;
  const statements = counting.statements();
  return {
    found,
    statements,
    share: read / ALL,
    sources: frames.map(({ schema }) => schema.meta?.custom?.['sources']),
  };
}

const is = (dimension: string, value: string, operator = '=') => ({ dimension, operator, values: [value] });

test('KPIs and those of the day before are read from rollups', async () => {
  const kpis = { metrics: ['sent', 'delivered', 'bounced', 'deferralRate', 'complaints', 'latencyP95'] };
  const before = { from: (TO - 2 * DAY) * 1000, to: (TO - DAY) * 1000 };
  const { found, share } = await ask(1, kpis, { ...kpis, ...before });
  expect(found).toBe(1);
  expect(share).toBeLessThan(0.02);
});

test('top domains with quantiles, provider x VMTA and flows of 30 days are read from rollups', async () => {
  const domains = await ask(DAYS, {
    metrics: ['delivered', 'latencyP50', 'latencyP95', 'latencyP99'],
    groupBy: ['domain'],
    orderBy: 'delivered',
    limit: 20,
  });
  expect(domains.found).toBe(20);
  expect(domains.share).toBeLessThan(0.02);
  const pairs = await ask(DAYS, { metrics: ['attempts', 'deferralRate'], groupBy: ['provider', 'vmta'] });
  expect(pairs.found).toBe(12);
  expect(pairs.share).toBeLessThan(0.02);
  const flows = await ask(DAYS, {
    queryType: 'flows',
    path: ['senderDomain', 'vmta', 'provider'],
    limit: 10,
  });
  expect(flows.found).toBeGreaterThan(0);
  expect(flows.share).toBeLessThan(0.03);
});

test('the backlog, its oldest message and what is unresolved read no events but those of messages that are not through', async () => {
  const hourly = { format: 'timeseries', intervalMs: 3_600_000, maxDataPoints: 800 };
  const backlog = await ask(DAYS, { metrics: ['backlog'], ...hourly });
  expect(backlog.found).toBe(DAYS * 24);
  expect(backlog.share).toBeLessThan(0.12);
  for (const groupBy of [[], ['vmta'], ['provider', 'vmta']]) {
    const unresolved = await ask(DAYS, { metrics: ['unresolved'], groupBy });
    expect(unresolved.found).toBeGreaterThan(0);
    expect(unresolved.share).toBeLessThan(0.02);
    const now = await ask(1, { metrics: ['backlog', 'oldestQueuedAge'], groupBy });
    expect(now.found).toBeGreaterThan(0);
    expect(now.share).toBeLessThan(0.12);
  }
});

test('the oldest that waited at a time gone by is read from the hours in which it can have ended', async () => {
  const range = { from: (TO - DAYS * DAY) * 1000, to: (TO - 12 * DAY - 7 * 3600) * 1000 };
  const { found, share } = await ask(DAYS, { metrics: ['oldestQueuedAge'], ...range });
  expect(found).toBe(1);
  expect(share).toBeLessThan(0.06);
});

test('the longest latency of a month is read from the hours that can hold it', async () => {
  const { found, share } = await ask(DAYS, { metrics: ['latencyMax'] });
  expect(found).toBe(1);
  // An hour is less than an index block here, so two are read.
  expect(share).toBeLessThan(0.06);
});

test('a text search stops when its page is full, and reads a day at most for one that is not', async () => {
  const common = await ask(DAYS, { queryType: 'events', search: 'mailbox' });
  expect(common.found).toBe(100);
  expect(common.share).toBeLessThan(4 / DAYS);
  const none = await ask(1, { queryType: 'events', search: 'no such words' });
  expect(none.found).toBe(0);
  expect(none.share).toBeLessThan(1.2 / DAYS);
});

test('rare and impossible filters over 30 days leave alone what cannot match', async () => {
  const rare = await ask(DAYS, { queryType: 'events', filters: [is('job', 'J-rare')] });
  // The days, the hours of the one there is, and the events of that hour.
  expect(rare).toMatchObject({ found: 2, statements: 3 });
  expect(rare.share).toBeLessThan(1.8 / DAYS);
  const filters = [is('job', 'J-rare'), is('vmta', 'vmta-0')];
  for (const order of ['asc', 'desc'])
    expect(await ask(DAYS, { queryType: 'events', order, filters })).toMatchObject({
      found: 2,
      statements: 3,
    });
  const elsewhere = [is('job', 'J-rare'), is('vmta', 'vmta-1')];
  expect(await ask(DAYS, { queryType: 'events', filters: elsewhere })).toMatchObject({ found: 0 });
  const nobody = await ask(DAYS, { queryType: 'events', filters: [is('job', 'J-none')] });
  expect(nobody.found).toBe(0);
  expect(nobody.share).toBeLessThan(0.02);
  // A delivery has no bounce class.
  const impossible = await ask(DAYS, {
    queryType: 'events',
    filters: [is('outcome', 'delivered'), is('bounceClass', 'block')],
  });
  expect(impossible.found).toBe(0);
  expect(impossible.share).toBeLessThan(0.02);
});

test('a page of a job that is sent every day costs the hours that fill it, from either end', async () => {
  for (const order of ['asc', 'desc']) {
    const page = await ask(DAYS, { queryType: 'events', order, filters: [is('job', 'J-1')] });
    expect(page).toMatchObject({ found: 100, statements: 3 });
    expect(page.share).toBeLessThan(2 / DAYS);
  }
});

test('figures of a recipient leave alone the places where it does not stand', async () => {
  const asked = { metrics: ['delivered'], groupBy: ['vmta'] };
  const known = await ask(DAYS, { ...asked, filters: [is('recipient', 'user5000@domain0.example')] });
  expect(known).toMatchObject({ found: 1 });
  const nobody = await ask(DAYS, { ...asked, filters: [is('recipient', 'nobody@domain0.example')] });
  expect(nobody.found).toBe(0);
  expect(nobody.share).toBeLessThan(0.02);
});
