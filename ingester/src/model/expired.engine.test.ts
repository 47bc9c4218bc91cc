import { answer } from './answer';
import type { Frame } from './frames';
import { queryRequestSchema } from './schema';
import { openTestStore, type TestStore } from './store.testkit';

/** Without it a range that begins before events are kept looks as if there had been little mail. */

let test: TestStore;

beforeAll(async () => {
  test = await openTestStore();
});

afterAll(() => test.close());

const DAY = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY) * DAY;

/** The notices that speak of kept events, of a query over the days from so many to so many before today. */
async function notices(
  from: number,
  to: number,
  query: object,
  rawDays?: number,
  closedUntil?: number,
): Promise<string[]> {
  const frames = await framesOf(from, to, query, rawDays, closedUntil);
  const all = frames.flatMap(({ schema }) => schema.meta?.notices ?? []);
  return all.map(({ text }) => text).filter((text) => text.startsWith('Single events'));
}

async function framesOf(
  from: number,
  to: number,
  query: object,
  rawDays?: number,
  closedUntil?: number,
): Promise<readonly Frame[]> {
  const request = queryRequestSchema.parse({
    from: TODAY - from * DAY,
    to: TODAY - to * DAY,
    queries: [{ refId: 'A', ...query }],
  });
  const context = { timezone: 'UTC', complaintProviders: [], retention: { rawDays, closedUntil } };
  const { A: result } = (await answer(test.store, request, context)).results;
  if (!result || !('frames' in result)) throw new Error(JSON.stringify(result));
  return result.frames;
}

const RAW = [
  { queryType: 'metrics', metrics: ['deferredMessages'] },
  { queryType: 'metrics', metrics: ['unresolved', 'latencyMax'] },
  { queryType: 'metrics', metrics: ['delivered'], groupBy: ['destinationIp'] },
  { queryType: 'metrics', metrics: ['delivered'], format: 'histogram', field: 'size', buckets: [1234] },
  { queryType: 'events' },
  { queryType: 'events', format: 'timeseries', search: 'x' },
  { queryType: 'messages' },
  { queryType: 'flows', path: ['destinationIp', 'provider'] },
  { queryType: 'values', dimension: 'destinationIp' },
];

it.each(RAW)('a question that reads events from before they are kept says so: %j', async (query) => {
  const [text, ...more] = await notices(9, 0, query, 5);
  expect(more).toEqual([]);
  expect(text).toMatch(
    /^Single events are kept for 5 days: what is older than \d{4}-\d\d-\d\dT[\d:]{8}Z may be missing/,
  );
  const edge = Date.parse(/older than (\S+)/.exec(text ?? '')?.[1] ?? '');
  expect(Math.abs(edge - (Date.now() - 5 * DAY))).toBeLessThan(3_700_000);
  expect(await notices(4, 0, query, 5)).toEqual([]);
  expect(await notices(9, 0, query)).toEqual([]);
});

it('a question about days that expired while fewer were kept says so, whatever is set now', async () => {
  const query = { queryType: 'events' };
  const closed = TODAY / 1000 - 7 * 86_400;
  for (const rawDays of [undefined, 30]) {
    const [text] = await notices(9, 0, query, rawDays, closed);
    expect(text).toContain(
      `kept for fewer days before: what is older than ${new Date(closed * 1000).toISOString().slice(0, 19)}Z`,
    );
    expect(await notices(6, 0, query, rawDays, closed)).toEqual([]);
  }
  expect(await notices(6, 0, query, 5, closed)).toEqual([expect.stringContaining('kept for 5 days')]);
});

it('one that rollups answer says nothing', async () => {
  expect(await notices(9, 0, { queryType: 'metrics', metrics: ['delivered', 'latencyP95'] }, 5)).toEqual([]);
  expect(await notices(9, 0, { queryType: 'values', dimension: 'vmta' }, 5)).toEqual([]);
});

it('the longest latency is that of the events that are kept, though counted latencies reach further back', async () => {
  const hour = 3600;
  const start = TODAY / 1000 - 9 * 24 * hour;
  const delivered = (time: number, latency: number, line: number) => ({
    record: 'd',
    time,
    latency,
    line,
    file: 1,
    sign: 1,
  });
  await test.store.append('events', [
    delivered(start + 10, 9000, 1),
    delivered(start + 2 * hour, 5000, 2),
    delivered(start + 2 * hour + 30, 400, 3),
    delivered(start + 3 * hour, 300, 4),
  ]);
  const longest = async () => {
    const [frame] = await framesOf(9, 8, { queryType: 'metrics', metrics: ['latencyMax'] });
    return frame?.data.values[0];
  };
  expect(await longest()).toEqual([9000]);
  // What expires goes without a -1 row, and takes a part of an hour with it.
  await test.store.write(
    'ALTER TABLE watchtower.events DELETE WHERE latency >= 5000 SETTINGS mutations_sync = 1',
  );
  expect(await longest()).toEqual([400]);
});
