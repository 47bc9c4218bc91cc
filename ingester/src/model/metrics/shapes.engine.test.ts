import { answer } from '../answer';
import type { Frame } from '../frames';
import { grouped, randomEvents, recount, seeded, type TestEvent } from '../recount.testkit';
import { queryRequestSchema } from '../schema';
import { SIZE_EDGES } from './sizes';
import { fillWithCorrections, openTestStore, type TestStore } from '../store.testkit';

const FROM = Date.UTC(2026, 2, 27) / 1000;
const DAY = 86_400;
const TO = FROM + 3 * DAY;
const reporting = ['yahoo'];

let opened: TestStore;
let current: TestEvent[];

beforeAll(async () => {
  opened = await openTestStore();
  current = await fillWithCorrections(opened.store, 3000, FROM, TO, seeded(31));
});

afterAll(() => opened.close());

async function framesOf(query: Record<string, unknown>): Promise<readonly Frame[]> {
  const asked = { refId: 'A', queryType: 'metrics', from: FROM * 1000, to: TO * 1000, ...query };
  const request = queryRequestSchema.parse({ queries: [asked] });
  const context = { timezone: 'UTC', complaintProviders: reporting };
  const { A: result } = (await answer(opened.store, request, context)).results;
  if (!result || !('frames' in result)) throw new Error(result?.error);
  return result.frames;
}

const events = () => current.filter(({ role }) => role === 0);
const notices = (frames: readonly Frame[]) => (frames[0]?.schema.meta?.notices ?? []).map(({ text }) => text);

/** Groups in the order of an answer: most of a metric first, then by name. */
function ranked(dimension: string, metric: string, conditions = events()): [string, TestEvent[]][] {
  const query = { groupBy: [dimension] as never, filters: [], from: FROM * 1000, to: TO * 1000 };
  const value = (all: TestEvent[]) => recount(all, reporting)[metric] ?? 0;
  return [...grouped(conditions, query, false)]
    .map(([key, all]): [string, TestEvent[]] => [(JSON.parse(key) as string[])[0] ?? '', all])
    .sort((a, b) => value(b[1]) - value(a[1]) || (a[0] < b[0] ? -1 : 1));
}

test('other is all that the limit cuts, its rates and quantiles made from what is left, not from averages', async () => {
  const metrics = ['delivered', 'bounceRate', 'deferredMessages', 'latencyMax', 'avgSize'];
  for (const dimension of ['vmta', 'domain', 'destinationIp']) {
    const frames = await framesOf({ metrics, groupBy: [dimension], limit: 1, other: true });
    const [first, ...rest] = ranked(dimension, 'delivered');
    const others = recount(
      rest.flatMap(([, all]) => all),
      reporting,
    );
    expect(frames[0]?.data.values[0]).toEqual([first?.[0], 'other']);
    metrics.forEach((metric, index) =>
      expect(frames[0]?.data.values[index + 1]?.[1]).toBeCloseTo(others[metric] ?? NaN, 9),
    );
    expect(notices(frames)).toContain(
      `Cut to 1 groups by delivered, highest first; ${rest.length} more are one, other`,
    );
  }
});

test('other is a series of its own, and of pairs whatever pair is not among the first', async () => {
  const days = await framesOf({
    metrics: ['bounced'],
    groupBy: ['domain'],
    limit: 2,
    other: true,
    format: 'timeseries',
    intervalMs: DAY * 1000,
  });
  expect(days.map(({ schema }) => schema.fields[1]?.labels?.['domain'])).toEqual([
    ...ranked('domain', 'bounced')
      .slice(0, 2)
      .map(([name]) => name),
    'other',
  ]);
  const rest = ranked('domain', 'bounced')
    .slice(2)
    .flatMap(([, all]) => all);
  const bounced = [0, 1, 2].map(
    (day) =>
      rest.filter(
        ({ record, time }) => record === 'b' && time >= FROM + day * DAY && time < FROM + (day + 1) * DAY,
      ).length,
  );
  expect(days.at(-1)?.data.values[1]).toEqual(bounced);
  const [pairs] = await framesOf({ metrics: ['sent'], groupBy: ['provider', 'vmta'], limit: 3, other: true });
  const sum = (pairs?.data.values[2] ?? []).reduce<number>((total, value) => total + Number(value), 0);
  expect(sum).toBe(recount(events(), reporting)['sent']);
  expect(pairs?.data.values[1]?.at(-1)).toBe('other');
});

test('a rate that rests on too few events says so with the groups it concerns, in every format', async () => {
  const hour = { from: FROM * 1000, to: (FROM + 3 * 3600) * 1000 };
  const own = events().filter(({ time }) => time < FROM + 3 * 3600);
  const expected = ranked('vmta', 'bounceRate', own).flatMap(([vmta, all]) => {
    const volume = Number(recount(all, reporting)['sent']);
    return volume > 0 && volume < 50 ? [{ metric: 'bounceRate', minimum: 50, volume, group: { vmta } }] : [];
  });
  expect(expected.length).toBeGreaterThan(1);
  for (const format of ['table', 'numeric', 'timeseries']) {
    const frames = await framesOf({ ...hour, metrics: ['bounceRate'], groupBy: ['vmta'], format });
    const custom = frames[0]?.schema.meta?.custom?.['tooFew'] as { group: { vmta: string } }[];
    expect(new Set(custom)).toEqual(new Set(expected));
    expect(notices(frames)).toEqual([
      expect.stringMatching(/^Not enough data for bounceRate: it needs 50 sent; fewer at /),
    ]);
  }
  const [total] = await framesOf({ metrics: ['complaintRate', 'bounceRate'] });
  const delivered = events().filter(({ record, provider }) => record === 'd' && provider === 'yahoo').length;
  expect(notices(total ? [total] : [])).toEqual([
    expect.stringContaining('not reported'),
    `Not enough data for complaintRate: it needs 1000 delivered, there are ${delivered}`,
  ]);
});

// Without it a provider with three attempts would show the highest rate of all.
test('with `enough` rates below their minimum are null, in every cell, and come last', async () => {
  const hour = { from: FROM * 1000, to: (FROM + 3 * 3600) * 1000 };
  const asked = { ...hour, metrics: ['bounceRate', 'sent'], groupBy: ['vmta'] };
  const [all] = await framesOf(asked);
  const [judged] = await framesOf({ ...asked, enough: true });
  const rates = (frame: Frame | undefined) =>
    new Map(
      frame?.data.values[0]?.map((vmta, index) => [
        vmta,
        [frame.data.values[1]?.[index], frame.data.values[2]?.[index]],
      ]),
    );
  expect(rates(judged).size).toBe(rates(all).size);
  for (const [vmta, [rate, sent]] of rates(all))
    expect([vmta, rates(judged).get(vmta)?.[0]]).toEqual([vmta, Number(sent) < 50 ? null : rate]);
  const column = judged?.data.values[1] ?? [];
  expect(column).toContain(null);
  expect(column.slice(column.indexOf(null)).every((rate) => rate === null)).toBe(true);
});

test('a heatmap is one frame with a row per group over time', async () => {
  const query = { metrics: ['deferrals'], groupBy: ['vmta'], intervalMs: DAY * 1000 };
  const [heatmap, ...more] = await framesOf({ ...query, format: 'heatmap' });
  const series = await framesOf({ ...query, format: 'timeseries' });
  expect(more).toEqual([]);
  expect(heatmap?.schema.meta).toMatchObject({ type: 'heatmap-rows' });
  expect(heatmap?.data.values.slice(1)).toEqual(series.map(({ data }) => data.values[1]));
  expect(heatmap?.schema.fields.slice(1).map(({ labels }) => labels)).toEqual(
    series.map(({ schema }) => schema.fields[1]?.labels),
  );
});

const EDGES = [1, 3, 10, 30, 60, 300];
const binsOf = (values: readonly number[], edges: readonly number[]) =>
  [0, ...edges].map(
    (edge, index) => values.filter((value) => value >= edge && value < (edges[index] ?? Infinity)).length,
  );
const latencies = (all: readonly TestEvent[]) =>
  all.filter(({ record, latency }) => record === 'd' && latency >= 0).map(({ latency }) => latency);

test('a histogram counts latencies and sizes by bucket, from rollups where they tell the edges, else from events', async () => {
  const [latency] = await framesOf({ format: 'histogram' });
  expect(latency?.data.values).toEqual([
    ['<1', '1-3', '3-10', '10-30', '30-60', '60-300', '>300'],
    [0, ...EDGES],
    [...EDGES, null],
    binsOf(latencies(events()), EDGES),
  ]);
  // Grafana would draw the edges as bars beside the counts.
  const drawn = latency?.schema.fields.filter(({ config }) => !config?.custom?.hideFrom.viz);
  expect(drawn?.map(({ name }) => name)).toEqual(['bucket', 'count']);
  const tables = (frame: Frame | undefined) =>
    (frame?.schema.meta?.custom?.['sources'] as { table: string }[]).map(({ table }) => table);
  expect(tables(latency)).toEqual(['latency_day']);
  const [odd] = await framesOf({ format: 'histogram', field: 'latency', buckets: [65, 1001, 1003] });
  expect(odd?.data.values[3]).toEqual(binsOf(latencies(events()), [65, 1001, 1003]));
  expect(tables(odd)).toEqual(['events']);
  const [size] = await framesOf({ format: 'histogram', field: 'size', groupBy: ['vmta'], limit: 2 });
  const sizes = (all: readonly TestEvent[]) =>
    all.filter(({ record, size }) => record === 'd' && size > 0).map(({ size }) => size);
  ranked('vmta', 'delivered')
    .slice(0, 2)
    .forEach(([vmta, all], index) => {
      expect(size?.schema.fields[index + 3]?.labels).toEqual({ vmta });
      expect(size?.data.values[index + 3]).toEqual(binsOf(sizes(all), [1e3, 1e4, 1e5, 1e6, 1e7]));
    });
  expect(notices(size ? [size] : [])[0]).toContain('more are left out');
  expect(tables(size)).toEqual(['size_day']);
  const [counted] = await framesOf({ format: 'histogram', field: 'size', buckets: SIZE_EDGES });
  expect(tables(counted)).toEqual(['size_day']);
  expect(counted?.data.values[3]).toEqual(binsOf(sizes(events()), SIZE_EDGES));
  const [between] = await framesOf({ format: 'histogram', field: 'size', buckets: [1001, 20_000] });
  expect(between?.data.values[3]).toEqual(binsOf(sizes(events()), [1001, 20_000]));
  expect(tables(between)).toEqual(['events']);
});

test('a heatmap of latencies has a row per bucket', async () => {
  const [heatmap] = await framesOf({ format: 'heatmap', field: 'latency', intervalMs: DAY * 1000 });
  const days = [0, 1, 2].map((day) =>
    binsOf(latencies(events().filter(({ time }) => Math.floor((time - FROM) / DAY) === day)), EDGES),
  );
  expect(heatmap?.schema.fields.map(({ name }) => name)).toEqual([
    'time',
    ...['<1', '1-3', '3-10', '10-30', '30-60', '60-300', '>300'],
  ]);
  expect(heatmap?.data.values.slice(1)).toEqual(EDGES.concat(0).map((_, bin) => days.map((day) => day[bin])));
});

test('an empty distribution is one typed frame without rows', async () => {
  for (const format of ['histogram', 'heatmap'])
    for (const field of ['latency', 'size', 'queueAge']) {
      const frames = await framesOf({ from: 0, to: DAY * 1000, format, field, intervalMs: 3_600_000 });
      expect(frames).toHaveLength(1);
      expect(frames[0]?.data.values.every((column) => column.length === 0)).toBe(true);
      expect(frames[0]?.schema.fields.length).toBe(frames[0]?.data.values.length);
    }
});

// Without it the queue that mail is handed to by the name of its pool would be a VMTA that does nothing.
test('a VMTA that only received is listed where receptions are asked for, and nowhere else', async () => {
  const [event] = randomEvents(1, FROM, TO, seeded(1));
  const received = { ...event, record: 'r', role: 0, sign: 1, vmta: 'the-queue-of-a-pool' };
  await opened.store.append('events', [received]);
  const vmtas = async (...metrics: string[]) =>
    (await framesOf({ metrics, groupBy: ['vmta'] }))[0]?.data.values[0];
  expect(await vmtas('received')).toContain(received.vmta);
  expect(await vmtas('attempts', 'received')).toContain(received.vmta);
  expect(await vmtas('attempts', 'deferralRate', 'latencyP95')).not.toContain(received.vmta);
});
