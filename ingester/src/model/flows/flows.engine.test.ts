import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '../../store';
import { answer } from '../answer';
import { bucketOf, valueOf } from '../metrics/latency';
import { passes, randomEvents, recount, seeded, valueIn, type TestEvent } from '../recount.testkit';
import { PATH_DIMENSIONS } from './flowsQuery';
import { queryRequestSchema, type Filter } from '../schema';
import { survivesFolding } from '../filters';
import { teachLookUps } from '../store.testkit';

const FROM = Date.UTC(2026, 2, 27) / 1000;
const TO = FROM + 2 * 86_400;

let directory: string;
let store: Store;
let current: TestEvent[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'watchtower-flows-'));
  store = await openStore({ dataDir: directory });
  const random = seeded(11);
  const first = randomEvents(2500, FROM, TO, random);
  const corrections: (TestEvent & { sign: number })[] = [];
  current = first.flatMap((event) => {
    const chance = random();
    if (chance > 0.1) return [event];
    corrections.push({ ...event, sign: -1 });
    if (chance < 0.05) return [];
    const richer = { ...event, vmta: 'vmta-9', pool: 'pool-c', ver: 2 };
    corrections.push({ ...richer, sign: 1 });
    return [richer];
  });
  await store.append(
    'events',
    first.map((event) => ({ ...event, sign: 1 })),
  );
  await store.append('events', corrections);
  await teachLookUps(store);
});

afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Link {
  source: string;
  target: string;
  level: number;
  value: number;
  attempts: number;
  deferralRate: number | null;
  successRate: number | null;
  latencyP95: number | null;
}

async function flows(
  query: Record<string, unknown>,
): Promise<{ links: Link[]; notices: readonly unknown[]; tables: string[] }> {
  const request = queryRequestSchema.parse({
    from: FROM * 1000,
    to: TO * 1000,
    queries: [{ refId: 'A', queryType: 'flows', ...query }],
  });
  const { A: result } = (await answer(store, request, { timezone: 'UTC', complaintProviders: [] })).results;
  if (!result || !('frames' in result)) throw new Error(JSON.stringify(result));
  const [frame] = result.frames;
  const { fields, meta } = frame?.schema ?? { fields: [] };
  const columns = frame?.data.values ?? [];
  const links = (columns[0] ?? []).map((_, row) =>
    Object.fromEntries(fields.map(({ name }, column) => [name, columns[column]?.[row]])),
  ) as unknown as Link[];
  const sources = (meta?.custom as { sources: { table: string }[] }).sources;
  return { links, notices: meta?.notices ?? [], tables: sources.map(({ table }) => table) };
}

/** Sum of a level's links per node, at their sources or their targets. */
function sums(links: readonly Link[], level: number, end: 'source' | 'target'): Record<string, number> {
  const found: Record<string, number> = {};
  for (const link of links.filter((one) => one.level === level))
    found[link[end]] = (found[link[end]] ?? 0) + link.value;
  return found;
}

const path = fc.oneof(
  fc.uniqueArray(fc.constantFrom(...PATH_DIMENSIONS), { minLength: 2, maxLength: 5 }),
  fc.uniqueArray(fc.constantFrom('senderDomain', 'pool', 'vmta', 'provider', 'outcome', 'job', 'user'), {
    minLength: 2,
    maxLength: 5,
  }),
);
const instant = fc.oneof(
  fc.integer({ min: FROM, max: TO }),
  fc.integer({ min: 0, max: 48 }).map((hour) => FROM + hour * 3600),
  fc.constantFrom(FROM, TO),
);
const filters = fc.constantFrom<Filter[]>(
  [],
  [{ dimension: 'vmta', operator: '!=', values: ['vmta-2'] }],
  [{ dimension: 'job', operator: 'in', values: ['J-1', 'J-2'] }],
  [{ dimension: 'provider', operator: '=', values: ['gmail'] }],
  [{ dimension: 'provider', operator: 'in', values: ['other', 'yahoo'] }],
  [{ dimension: 'provider', operator: 'regex', values: ['^g'] }],
  [{ dimension: 'outcome', operator: '!=', values: ['hard'] }],
  [{ dimension: 'user', operator: 'in', values: ['ann', ''] }],
  [{ dimension: 'reasonClass', operator: '!=', values: ['mailbox'] }],
  [
    { dimension: 'pool', operator: 'startsWith', values: ['pool-'] },
    { dimension: 'senderDomain', operator: 'notIn', values: ['bank.example'] },
  ],
);
/** A condition that every event meets and only events can tell. */
const RAW: Filter = { dimension: 'envId', operator: 'notIn', values: [] };

test('whatever the path, what flows into a node flows out of it, and every link is what a recount gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      path,
      filters,
      fc.constantFrom('messages', 'attempts'),
      fc.integer({ min: 1, max: 6 }),
      fc.tuple(instant, instant),
      async (dimensions, conditions, value, limit, ends) => {
        const [from, to] = [Math.min(...ends), Math.max(...ends)];
        const query = { path: dimensions, value, limit, from: from * 1000, to: to * 1000 };
        const { links } = await flows({ ...query, filters: conditions });
        expect((await flows({ ...query, filters: [...conditions, RAW] })).links).toEqual(links);
        const metric = value === 'messages' ? 'sent' : 'attempts';
        const counted = current.filter(
          (event) =>
            event.role === 0 &&
            event.time >= from &&
            event.time < to &&
            conditions.every((filter) => passes(event, filter)),
        );
        const total = recount(counted, [])[metric];
        for (let level = 0; level < dimensions.length - 1; level++) {
          const targets = sums(links, level, 'target');
          if (level < dimensions.length - 2) expect(targets).toEqual(sums(links, level + 1, 'source'));
          expect(Object.values(targets).reduce((a, b) => a + b, 0)).toBe(total);
          expect(Object.keys(targets).length).toBeLessThanOrEqual(limit + 1);
        }
        for (const link of links) {
          const shown = [new Set<string>(), new Set<string>()];
          for (const one of links.filter(({ level }) => level === link.level)) {
            shown[0]?.add(one.source);
            shown[1]?.add(one.target);
          }
          const is = (event: TestEvent, end: 0 | 1, node: string): boolean => {
            const dimension = dimensions[link.level + end] ?? '';
            const plain = valueIn(event, dimension);
            const folds = dimension === 'provider' && conditions.every(survivesFolding);
            const folded = folds && plain.includes('.') ? 'other' : plain;
            return node === (shown[end]?.has(folded) ? folded : 'other');
          };
          const own = counted.filter((event) => is(event, 0, link.source) && is(event, 1, link.target));
          const counts = recount(own, []);
          const rated = !dimensions.slice(link.level, link.level + 2).includes('outcome');
          const p95 = counts.latencyP95;
          expect(link).toMatchObject({
            value: counts[metric],
            attempts: counts.attempts,
            deferralRate: rated ? counts.deferralRate : null,
            successRate: rated ? counts.attemptSuccessRate : null,
            latencyP95: typeof p95 === 'number' ? valueOf(bucketOf(p95)) : null,
          });
        }
      },
    ),
    { numRuns: 60, seed: 5 },
  );
}, 120_000);

test('paths and filters that rollups hold are read from the shortest of them, others from events', async () => {
  const tables = async (query: Record<string, unknown>) => (await flows(query)).tables;
  expect(await tables({ path: ['senderDomain', 'pool', 'vmta', 'provider', 'outcome'] })).toEqual([
    'flow_day',
    'flow_latency_day',
  ]);
  expect(await tables({ path: ['pool', 'vmta', 'provider'], from: FROM * 1000 + 60_000 })).toEqual([
    'events',
    'flow_hour',
    'flow_day',
    'events',
    'flow_latency_hour',
    'flow_latency_day',
  ]);
  const job = [{ dimension: 'job', operator: '=', values: ['J-1'] }];
  expect(await tables({ path: ['vmta', 'outcome'], filters: job })).toEqual(['job_day', 'events']);
  expect(await tables({ path: ['domain', 'provider'] })).toEqual(['events', 'events']);
});

test('a level names its largest values and says what it left together', async () => {
  const { links, notices } = await flows({ path: ['domain', 'vmta'], limit: 1 });
  expect(new Set(links.map(({ source }) => source)).size).toBe(2);
  expect(notices).toEqual([
    {
      severity: 'info',
      text: 'The 1 largest values of domain, vmta stand for themselves, the rest is "other"',
    },
  ]);
});

test('a path that is too short, names a dimension twice or an unknown one is refused by name', async () => {
  await expect(flows({ path: ['vmta'] })).rejects.toThrow('path: a path has at least two dimensions');
  await expect(flows({ path: ['vmta', 'vmta'] })).rejects.toThrow('path: a dimension stands twice');
  await expect(flows({ path: ['vmta', 'planet'] })).rejects.toThrow('path[1]: unknown dimension');
});

test('a range without mail is one frame with its fields and no rows', async () => {
  const answered = await flows({ path: ['vmta', 'provider'], from: 0, to: 1000 });
  expect(answered).toMatchObject({ links: [], notices: [] });
});
