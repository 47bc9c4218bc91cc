import fc from 'fast-check';
import type { Store } from '../../store';
import { answer } from '../answer';
import { LEVEL_OF_TYPE } from './eventLevels';
import type { Frame } from '../frames';
import { passes, seeded, valueIn, type TestEvent } from '../recount.testkit';
import { filterSchema, queryRequestSchema, type Filter } from '../schema';
import { standingEvents } from '../standing';
import { countingReader } from '../statistics.testkit';
import { fillWithCorrections, openTestStore, type TestStore } from '../store.testkit';

const FROM = Date.UTC(2026, 2, 27) / 1000;
const TO = FROM + 40 * 86_400;
const context = { timezone: 'UTC', complaintProviders: [] };

let opened: TestStore;
let store: Store;
let current: TestEvent[];

beforeAll(async () => {
  opened = await openTestStore();
  store = opened.store;
  current = (await fillWithCorrections(store, 3000, FROM, TO, seeded(21))).filter(({ role }) => role === 0);
});

afterAll(() => opened.close());

async function framesOf(
  query: Record<string, unknown>,
  from: Pick<Store, 'read'> = store,
): Promise<readonly Frame[]> {
  const request = queryRequestSchema.parse({
    queries: [{ refId: 'A', queryType: 'events', from: FROM * 1000, to: TO * 1000, ...query }],
  });
  const { A: result } = (await answer(from, request, context)).results;
  if (!result || !('frames' in result)) throw new Error(result?.error);
  return result.frames;
}

/** Ids on a page and the cursor of the next one. */
async function page(query: Record<string, unknown>): Promise<{ ids: unknown[]; next: string | null }> {
  const [frame] = await framesOf({ columns: ['id'], ...query });
  return {
    ids: [...(frame?.data.values[0] ?? [])],
    next: frame?.schema.meta?.custom?.['next'] as string | null,
  };
}

const idOf = ({ file, line }: TestEvent) => `${file}-${line}`;

function inOrder(events: readonly TestEvent[], descending: boolean): TestEvent[] {
  const sorted = [...events].sort((a, b) => a.time - b.time || a.file - b.file || a.line - b.line);
  return descending ? sorted.reverse() : sorted;
}

test('rows that stand are listed once, whatever was taken back or replaced', async () => {
  for (const range of [[FROM, TO] as const, [FROM + 86_400, FROM + 3 * 86_400] as const]) {
    const rows = await store.read<{ file: number; line: number; ver: number }>(
      `SELECT file, line, ver ${standingEvents(["vmta != ''"], [range])} ORDER BY file, line`,
    );
    const expected = current
      .filter(({ time, vmta }) => vmta !== '' && time >= range[0] && time < range[1])
      .sort((a, b) => a.file - b.file || a.line - b.line);
    expect(rows).toEqual(expected.map(({ file, line, ver }) => ({ file, line, ver })));
  }
});

const FILTERS: readonly unknown[] = [
  { dimension: 'vmta', operator: '=', values: ['vmta-1'] },
  { dimension: 'provider', operator: 'in', values: ['other', 'gmail'] },
  { dimension: 'job', operator: '!=', values: ['J-9'] },
  { dimension: 'eventType', operator: '=', values: ['fbl'] },
  { dimension: 'recipient', operator: '=', values: ['Bob@gmail.com'] },
  { dimension: 'recipient', operator: 'startsWith', values: ['ANN@'] },
  { dimension: 'messageId', operator: 'in', values: ['id-1@host.example', 'id-2@host.example'] },
  { dimension: 'header:x-campaign', operator: '=', values: ['spring'] },
  { dimension: 'outcome', operator: 'in', values: ['hard', 'deferred'] },
  { dimension: 'domain', operator: '=', values: ['nowhere.example'] },
];

test('pages in either order, joined, are all events of any question, each once', async () => {
  const question = fc.record({
    from: fc.integer({ min: FROM, max: TO }),
    length: fc.integer({ min: 0, max: 40 * 86_400 }),
    filters: fc.subarray([...FILTERS], { maxLength: 2 }),
    order: fc.constantFrom('asc', 'desc'),
    limit: fc.integer({ min: 20, max: 900 }),
  });
  await fc.assert(
    fc.asyncProperty(question, async ({ from, length, filters, order, limit }) => {
      const conditions = filters.map((filter): Filter => filterSchema.parse(filter));
      const expected = inOrder(
        current.filter(
          (event) =>
            event.time >= from &&
            event.time < from + length &&
            conditions.every((filter) =>
              passes(event, {
                ...filter,
                values: filter.values.map((v) => (filter.dimension === 'recipient' ? v.toLowerCase() : v)),
              }),
            ),
        ),
        order === 'desc',
      ).map(idOf);
      const found: unknown[] = [];
      let cursor: string | null = null;
      do {
        const next: { ids: unknown[]; next: string | null } = await page({
          from: from * 1000,
          to: (from + length) * 1000,
          filters,
          order,
          limit,
          ...(cursor !== null && { cursor }),
        });
        expect(next.ids.length).toBe(next.next === null ? next.ids.length : limit);
        found.push(...next.ids);
        cursor = next.next;
      } while (cursor !== null);
      expect(found).toEqual(expected);
    }),
    { numRuns: 40, seed: 5 },
  );
}, 120_000);

test('a table has the chosen columns, typed, with what is missing as null', async () => {
  const [frame] = await framesOf({
    columns: ['time', 'queued', 'latency', 'eventType', 'header:x-campaign', 'headers'],
    filters: [{ dimension: 'eventType', operator: '=', values: ['fbl'] }],
    limit: 1,
  });
  const [newest] = inOrder(
    current.filter(({ record }) => record === 'f'),
    true,
  );
  expect(frame?.schema.fields.map(({ name, typeInfo }) => [name, typeInfo.frame, typeInfo.nullable])).toEqual(
    [
      ['time', 'time.Time', false],
      ['queued', 'time.Time', true],
      ['latency', 'float64', true],
      ['eventType', 'string', false],
      ['header:x-campaign', 'string', false],
      ['headers', 'json.RawMessage', false],
    ],
  );
  expect(frame?.data.values).toEqual([
    [(newest?.time ?? 0) * 1000],
    [null],
    [null],
    ['fbl'],
    [newest?.headers['x-campaign'] ?? ''],
    [newest?.headers],
  ]);
  expect(frame?.schema.meta?.notices?.[0]?.text).toContain('there are more');
});

test('the volume of a search is the number of its events by level, from rollups and from events', async () => {
  for (const filters of [[], [FILTERS[0]], [FILTERS[7]]]) {
    const conditions = filters.map((filter): Filter => filterSchema.parse(filter));
    const frames = await framesOf({ format: 'timeseries', filters, intervalMs: 86_400_000 });
    for (const { schema, data } of frames) {
      const level = schema.fields[1]?.labels?.['level'];
      const expected = current.filter(
        (event) =>
          LEVEL_OF_TYPE[valueIn(event, 'eventType')] === level &&
          conditions.every((filter) => passes(event, filter)),
      );
      expect(data.values[1]).toEqual(
        data.values[0]?.map(
          (time) =>
            expected.filter(
              (event) => event.time * 1000 - Number(time) < 86_400_000 && event.time * 1000 >= Number(time),
            ).length,
        ),
      );
    }
    expect(frames.length).toBeGreaterThan(0);
  }
});

test('log lines carry time, text, level, id and labels as Grafana reads them', async () => {
  const time = TO + 86_400;
  const base = {
    record: 't',
    vmta: 'vmta-1',
    rcpt: 'a@b.example',
    provider: 'gmail',
    file: 9,
    line: 1,
    ver: 1,
    role: 0,
    sign: 1,
  };
  await store.append('events', [{ ...base, time, diag: '421 Try <b>Later</b>' }]);
  const query = { from: time * 1000, to: (time + 60) * 1000, search: 'try <B>later' };
  const [frame] = await framesOf({ ...query, format: 'logs' });
  expect(frame?.schema.meta).toMatchObject({ type: 'log-lines', typeVersion: [0, 0] });
  expect(frame?.schema.fields.map(({ name }) => name)).toEqual([
    'timestamp',
    'body',
    'severity',
    'id',
    'labels',
  ]);
  expect(frame?.data.values).toEqual([
    [time * 1000],
    ['deferred a@b.example by vmta-1: 421 Try <b>Later</b>'],
    ['warning'],
    ['9-1'],
    [{ eventType: 'tran', outcome: 'deferred', provider: 'gmail', vmta: 'vmta-1' }],
  ]);
  expect((await page({ ...query, search: 'nothing like it' })).ids).toEqual([]);
  const [empty] = await framesOf({ ...query, search: 'nothing like it', format: 'logs' });
  expect(empty?.data.values).toEqual([[], [], [], [], []]);
  const volume = await framesOf({ ...query, format: 'timeseries', intervalMs: 60_000 });
  expect(volume.map(({ data }) => data.values[1])).toEqual([[1]]);
});

test('the newest page of a month reads a part of it, whatever the range; a rare job is found by its days', async () => {
  const start = Date.UTC(2027, 0, 1) / 1000;
  const days = 30;
  const hourly = 1500;
  await store.write(
    `INSERT INTO watchtower.events (time, record, vmta, job, provider, rcpt, file, line, ver, sign)
     SELECT toDateTime(${start} + intDiv(number * 3600, ${hourly})), 'd', concat('vmta-', toString(number % 10)),
       if(number BETWEEN 300000 AND 300100, 'rare', 'J'), 'gmail', 'x@gmail.com', 20, number, 1, 1
     FROM numbers(${days * 24 * hourly})`,
  );
  const counting = countingReader(opened.directory);
  const range = { from: start * 1000, to: (start + days * 86_400) * 1000 };
  const [newest] = await framesOf({ ...range, columns: ['id'], limit: 100 }, counting);
  expect(newest?.data.values[0]?.[0]).toBe(`20-${days * 24 * hourly - 1}`);
  const first = counting.rowsRead();
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(200_000);
  const [rare] = await framesOf(
    { ...range, columns: ['job'], filters: [{ dimension: 'job', operator: '=', values: ['rare'] }] },
    counting,
  );
  expect(rare?.data.values[0]).toHaveLength(100);
  expect(counting.rowsRead()).toBeLessThan(100_000);
  await counting.close();
}, 120_000);
