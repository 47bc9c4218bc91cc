import { loadRules } from '../../formats';
import { answer, queryRequestSchema, type IncidentSource, type KnownIncident } from '../../model';
import { openTestStore, settleOpenEvents, type TestStore } from '../../model/store.testkit';
import { openReasons } from '../../reasons';
import { diagnosis } from '..';

/** Wednesday noon: the range is the six hours before. */
const TO = Date.UTC(2026, 2, 11, 12) / 1000;
const HOUR = 3600;
const DAY = 24 * HOUR;
const FROM = TO - 6 * HOUR;

let opened: TestStore;
let file = 0;

interface Mail {
  at: number;
  n: number;
  record: 'd' | 'b' | 't' | 'f';
  provider: string;
  sender?: string;
  class?: string;
  diag?: string;
}

/** Events within an hour; each is of a message of its own, queued when it was logged. */
async function add({
  at,
  n,
  record,
  provider,
  sender = 'good.example',
  class: bounceClass = '',
  diag = '',
}: Mail) {
  file++;
  await opened.store
    .write(`INSERT INTO watchtower.events (time, queued, record, sender, senderDomain, provider, domain, bounceClass, diag, message, file, line, ver, sign)
    SELECT toDateTime(${at}, 'UTC') + number % 3000 AS logged, logged, '${record}', 'news@${sender}', '${sender}', '${provider}', '${provider}.com', '${bounceClass}', '${diag}', cityHash64(${file}, number), ${file}, number + 1, 1, 1
    FROM numbers(${n}) SETTINGS async_insert = 0`);
}

const LATER = '421-4.7.28 Our system has detected an unusual rate of mail';

beforeAll(async () => {
  opened = await openTestStore();
  const usual = (at: number) => [
    { at, n: 3000, record: 'd' as const, provider: 'gmail' },
    { at, n: 60, record: 't' as const, provider: 'gmail', class: 'soft', diag: '452 4.2.2 mailbox full' },
    { at, n: 999, record: 'd' as const, provider: 'microsoft' },
  ];
  for (const mail of [...usual(FROM - 7 * DAY), ...usual(FROM - DAY), ...usual(FROM)]) await add(mail);
  await add({ at: FROM - DAY + 7 * HOUR, n: 2000, record: 'd', provider: 'yahoo' });
  // 0.4 % of 2,000 delivered, and 0.5 % of 999, which are too few.
  await add({ at: FROM, n: 8, record: 'f', provider: 'yahoo' });
  await add({ at: FROM, n: 5, record: 'f', provider: 'microsoft' });
  await add({ at: TO - HOUR, n: 900, record: 't', provider: 'gmail', class: 'block', diag: LATER });
  await add({ at: FROM, n: 500, record: 'd', provider: 'gmx', sender: 'bad.example' });
  await add({
    at: FROM,
    n: 500,
    record: 'b',
    provider: 'gmx',
    sender: 'bad.example',
    class: 'hard',
    diag: '550 5.1.1 no such user',
  });
  await add({ at: FROM - 30 * DAY, n: 1100, record: 'd', provider: 'yahoo', sender: 'few.example' });
  await add({ at: FROM - 30 * DAY, n: 4, record: 'f', provider: 'yahoo', sender: 'few.example' });
  await settleOpenEvents(opened.store);
  await openReasons(opened.store, loadRules());
});

afterAll(() => opened.close());

const DARK: KnownIncident = {
  id: 'I-1',
  kind: 'vmta_dark',
  severity: 'warning',
  start: (TO - HOUR) * 1000,
  end: null,
  entity: { vmta: 'VMTA 8&x=1' },
  sentence: 'VMTA 8 is dark',
  behind: [['sourceIp', '192.0.2.8', 1]],
};

let known: KnownIncident[] = [DARK];

const incidents: IncidentSource = {
  findIncident: () => Promise.resolve(undefined),
  incidentsIn: ({ from, to }) => Promise.resolve(from < TO * 1000 && to > FROM * 1000 ? known : []),
};

async function cards(query: Record<string, unknown> = {}, from = FROM, to = TO): Promise<string[][]> {
  const asked = { refId: 'A', queryType: 'insights', ...query };
  const request = queryRequestSchema.parse({ from: from * 1000, to: to * 1000, queries: [asked] });
  const context = { timezone: 'UTC', complaintProviders: ['yahoo', 'microsoft'], diagnosis, incidents };
  const { A: result } = (await answer(opened.store, request, context)).results;
  if (!result || 'error' in result) throw new Error(result?.error);
  const { values = [] } = result.frames[0]?.data ?? {};
  return (values[0] ?? []).map((_, row) => values.map((column) => column[row] as string));
}

test('what is worth knowing, worst first: the same cards for the same store', async () => {
  const found = await cards();
  expect(found.map(([id, severity]) => [severity, id])).toEqual([
    ['critical', 'reputation:senderDomain:good.example'],
    ['critical', 'reputation:provider:yahoo'],
    ['warning', 'incident:I-1'],
    ['warning', 'backlog'],
    ['warning', 'trend:bounces:gmx'],
    ['warning', 'trend:deferrals:gmail'],
    ['warning', 'trend:complaints:'],
    ['warning', `reason:${LATER}`],
  ]);
  const sentences = found.map(([, , , sentence]) => sentence);
  expect(sentences[1]).toMatch(
    /^Complaints at Yahoo: 0.40 % of 2,000 delivered in 24 h, over the mark of 0.30 %/,
  );
  // 60 of the day before are open too; those of the week before would have expired.
  expect(sentences[3]).toBe('The backlog grows: 1,020 messages wait at 12:00, 120 did an hour before');
  expect(sentences[5]).toMatch(
    /^More deferrals at Gmail than at the same time a week before: 960 of 3,960 attempts \(24 %\), it was 2.0 %/,
  );
  expect(await cards()).toEqual(found);
  expect(await cards({ limit: 2 })).toEqual(found.slice(0, 2));
});

test('every card leads to a dashboard with its time, and what a log says stays within its variable', async () => {
  const links = (await cards()).map(([, , , , link]) => new URL(String(link), 'http://grafana'));
  for (const link of links) {
    expect(link.pathname).toMatch(/^\/d\/pmta-[a-z-]+$/);
    expect(Number(link.searchParams.get('from'))).toBeLessThan(Number(link.searchParams.get('to')));
  }
  expect([...(links[2]?.searchParams.keys() ?? [])]).toEqual(['from', 'to', 'var-vmta']);
  expect(links[2]?.pathname).toBe('/d/pmta-vmta');
  expect(links[2]?.searchParams.get('var-vmta')).toBe('VMTA 8&x=1');
  const linked = (await cards()).map((card) => card[5] as unknown as { value: string; link: string }[]);
  expect(linked.map((each) => each.map(({ value }) => value))).toEqual(
    linked.map((_, index) => (index === 2 ? ['192.0.2.8'] : [])),
  );
  expect(new URL(linked[2]?.[0]?.link ?? '', 'http://grafana').searchParams.get('var-filters')).toBe(
    'sourceIp|=|192.0.2.8',
  );
});

test('filters narrow the cards, and a quiet time has none', async () => {
  const gmail = await cards({ filters: [{ dimension: 'provider', values: ['gmail'] }] });
  expect(gmail.map(([id]) => id)).toEqual(expect.arrayContaining(['trend:deferrals:gmail', 'backlog']));
  expect(gmail.map(([id]) => id).filter((id) => /yahoo|gmx|bad/.test(String(id)))).toEqual([]);
  const bad = await cards({ filters: [{ dimension: 'senderDomain', values: ['bad.example'] }] });
  expect(bad.find(([id]) => id === 'risk:senderDomain:bad.example')?.[3]).toBe(
    // 30 of 55 points for hard bounces, 7.53 and 0.56 for what 200 messages at the rates of all mail are blocked and deferred.
    'Sender domain bad.example is at risk: 69 of 100 (high), mostly for hard bounces; 1,000 messages in 7 days',
  );
  expect(await cards({}, FROM - DAY, TO - DAY)).toEqual([]);
});

// One thing on three cards leaves no room for the others.
test('what an incident tells stands on no other card: its symptoms, its trend, its reason', async () => {
  const one = { ...DARK, behind: [], entity: { provider: 'gmail' } };
  known = [
    { ...one, id: 'I-2', kind: 'throttling', sentence: 'Gmail is throttling' },
    { ...one, id: 'I-3', kind: 'success_floor', sentence: 'Only 76 % succeed', symptomOf: 'I-2' },
    { ...one, id: 'I-4', kind: 'new_reason', sentence: `Gmail gives a reason: "${LATER}", 90 %` },
  ];
  const ids = (await cards()).map(([id]) => id);
  known = [DARK];
  expect(ids.filter((id) => /^incident|gmail|^reason/.test(String(id)))).toEqual([
    'incident:I-2',
    'incident:I-4',
  ]);
  expect(ids).toContain('trend:bounces:gmx');
});

test('a few complaints are chance', async () => {
  expect(await cards({}, FROM - 30 * DAY, TO - 30 * DAY)).toEqual([]);
});
