import { cp, mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { join } from 'node:path';
import { dashboardQueries, type DashboardQuery } from './dashboard';
import { writeAcctLog } from './logs';
import type { Measured } from './measure-load';
import type { Plan } from './plan';
import { withProcess, type MeasuredProcess } from './process';
import type { Figure } from './report';
import { median, percentile } from './stats';
import type { QueryRequest } from './service';

/** Days of logs that are generated; their events are repeated over thirty. */
const LOGGED_DAYS = 3;

/** Stands in a folder whose store is complete. */
const BUILT = 'built';

/** How much longer an answer from rollups may take over ten times the events. */
const GROWTH = 1.5;

/** Questions that are asked at the same time while a log is loaded. */
const AT_ONCE = 8;

/** One question, measured. Times in ms. */
interface Timing {
  readonly query: DashboardQuery;
  readonly rows: number;
  readonly bytes: number;
  readonly cold: number;
  readonly warm: number[];
  /** The same statements straight on the store, run by run in turn with the others. */
  readonly engine: number[];
}

/**
 * Every question of the dashboards over stores of several sizes, 30 days each. The stores are built in `folder`, a
 * folder for each size; one that is there already is used as it is.
 */
export async function measureQueries(folder: string, plan: Plan['queries']): Promise<Measured> {
  const figures: Figure[] = [];
  const samples: Record<string, unknown> = {};
  const timings: Timing[][] = [];
  const builds = await buildAll(folder, plan);
  for (const size of plan.sizes) {
    const dataDir = storeOf(folder, size);
    const built = builds.get(size);
    const many = `${size / 1e6} M`;
    const taken = await withProcess(dataDir, (subject) => timeAll(subject, plan.runs));
    const busy = await withProcess(dataDir, (subject) => timeDuringLoad(subject, folder, plan));
    timings.push(taken);
    figures.push(...taken.flatMap((timing) => figuresOf(many, timing)));
    figures.push(
      { name: `${many}: ${AT_ONCE} at once during a load, median`, value: median(busy), unit: 'ms' },
      { name: `${many}: ${AT_ONCE} at once during a load, p95`, value: percentile(busy, 0.95), unit: 'ms' },
    );
    samples[many] = { built, taken, busy };
  }
  const [small, large] = [timings[0] ?? [], timings.at(-1) ?? []];
  if (timings.length > 1) figures.push(...small.flatMap((timing, i) => growthOf(timing, large[i])));
  return { figures, samples };
}

function storeOf(folder: string, size: number): string {
  return join(folder, String(size));
}

/** Builds the stores that are not there, before anything is asked; what building them took, by size. */
async function buildAll(folder: string, plan: Plan['queries']): Promise<Map<number, unknown>> {
  const builds = new Map<number, unknown>();
  const isBuilt = (size: number) => existsSync(join(storeOf(folder, size), BUILT));
  for (const size of [...plan.sizes].sort((a, b) => a - b)) {
    if (isBuilt(size)) continue;
    const smaller = plan.sizes.filter((other) => other < size && isBuilt(other));
    builds.set(size, await build(folder, size, plan, smaller.length > 0 ? Math.max(...smaller) : undefined));
  }
  return builds;
}

/**
 * Builds a store of about so many events, out of a smaller one where there is one, and merges it, so that no merge runs
 * beside the questions.
 */
async function build(folder: string, size: number, plan: Plan['queries'], smaller: number | undefined) {
  const dataDir = storeOf(folder, size);
  const start = performance.now();
  await mkdir(dataDir, { recursive: true });
  if (smaller !== undefined)
    await cp(join(storeOf(folder, smaller), 'store'), join(dataDir, 'store'), { recursive: true });
  return withProcess(dataDir, async (subject) => {
    const paths: string[] = [];
    for (let day = 0; day < LOGGED_DAYS && smaller === undefined; day++)
      paths.push((await writeAcctLog(folder, plan.bytesPerDay, day, 'mixed')).path);
    const loaded = paths.length > 0 ? await subject.call('load', { paths }) : undefined;
    const events = await subject.call('multiply', { events: size });
    const tables = await subject.call('storage', { optimise: true });
    await writeFile(join(dataDir, BUILT), '');
    return { loaded, events, tables, seconds: (performance.now() - start) / 1000 };
  });
}

async function timeAll(subject: MeasuredProcess, runs: number): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const query of dashboardQueries(await subject.call('sample', {}))) {
    await subject.call('dropCaches', {});
    const cold = await ask(subject.opened.url, query.request);
    const recording = await subject.call('record', { request: query.request });
    const { waves, rows, bytes } = recording;
    const [warm, engine]: [number[], number[]] = [[], []];
    for (let run = 0; run < runs; run++) {
      warm.push(await ask(subject.opened.url, query.request));
      engine.push(await subject.call('replay', { waves }));
    }
    timings.push({ query, rows, bytes, cold, warm, engine });
  }
  return timings;
}

/** Times of single answers while eight questioners ask one question after the other and a log is loaded. */
async function timeDuringLoad(
  subject: MeasuredProcess,
  folder: string,
  plan: Plan['queries'],
): Promise<number[]> {
  const queries = dashboardQueries(await subject.call('sample', {}));
  // Of some day before all others, so that no answer changes; a store that was kept knows the earlier ones.
  const { path } = await writeAcctLog(folder, plan.bytesPerDay, -1 - Math.floor(Math.random() * 300));
  const times: number[] = [];
  let loading = true;
  const load = subject.call('load', { paths: [path] }).finally(() => (loading = false));
  const questioner = async (first: number): Promise<void> => {
    for (let n = first; loading || n === first; n += AT_ONCE) {
      const query = queries[n % queries.length];
      if (query) times.push(await ask(subject.opened.url, query.request));
    }
  };
  await Promise.all([load, ...Array.from({ length: AT_ONCE }, (_, n) => questioner(n))]);
  return times;
}

/** Ms of a round trip; rejects where a query is not answered. */
async function ask(url: string, request: QueryRequest): Promise<number> {
  const start = performance.now();
  const response = await fetch(`${url}/api/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const body = (await response.json()) as { results?: Record<string, { error?: string }> };
  const time = performance.now() - start;
  const mistake = Object.values(body.results ?? { request: { error: JSON.stringify(body) } }).find(
    ({ error }) => error !== undefined,
  );
  if (mistake) throw new Error(mistake.error);
  return time;
}

function figuresOf(many: string, { query, rows, bytes, cold, warm, engine }: Timing): Figure[] {
  const named = (what: string) => `${many}: ${query.name}, ${what}`;
  const read = `${rows.toLocaleString('en')} rows, ${(bytes / 1e6).toFixed(1)} MB`;
  const coldTarget = Number.isFinite(query.target.cold) ? { target: { atMost: query.target.cold } } : {};
  return [
    { name: named('cold'), value: cold, unit: `ms (${read})`, ...coldTarget },
    { name: named('median'), value: median(warm), unit: 'ms', target: { atMost: query.target.warm } },
    { name: named('p95'), value: percentile(warm, 0.95), unit: 'ms' },
    {
      name: named('over the engine alone'),
      value: median(warm),
      unit: 'ms',
      target: { atMost: 1.3 * median(engine) + 5 },
    },
  ];
}

function growthOf(small: Timing, large: Timing | undefined): Figure[] {
  if (!large) return [];
  const target = small.query.rolled ? { target: { atMost: GROWTH } } : {};
  return [
    {
      name: `${small.query.name}, largest / smallest`,
      value: median(large.warm) / median(small.warm),
      unit: 'x',
      ...target,
    },
  ];
}
