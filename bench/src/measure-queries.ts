import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ask } from './ask';
import { counterDelays } from './counters';
import { dashboardQueries, type DashboardQuery } from './dashboard';
import { splitLog, writeAcctLog } from './logs';
import type { Measured } from './measure-load';
import type { Plan } from './plan';
import { withProcess, type MeasuredProcess } from './process';
import type { Figure } from './report';
import { median, percentile } from './stats';
import { buildAll, storeOf } from './stores';

/** How much longer an answer from rollups may take over ten times the events. */
const GROWTH = 1.5;

/** Questions that are asked at the same time while a log is loaded. */
const AT_ONCE = 8;

/** Bytes of the log of a commit after which the live counters are waited for. */
const COMMIT_BYTES = 50_000;

/** Most ms from a commit until the live counters tell of it. */
const LIVE = 500;

/** What is measured beside the questions. */
const DURING_LOAD = `${AT_ONCE} at once during a load`;
const LIVE_COUNTERS = 'live counters, from the commit to the event';

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
 * Every question of the dashboards over stores of several sizes, 30 days each, and how soon the live counters tell of a
 * commit. The stores are built in `folder`, a folder for each size; one that is there already is used as it is. `only`:
 * what has this text in its name. Rejects where nothing has.
 */
export async function measureQueries(folder: string, plan: Plan['queries'], only = ''): Promise<Measured> {
  const figures: Figure[] = [];
  const samples: Record<string, unknown> = {};
  const timings: Timing[][] = [];
  const builds = await buildAll(folder, plan);
  for (const size of plan.sizes) {
    const dataDir = storeOf(folder, size);
    const many = `${size / 1e6} M`;
    const taken = await withProcess(dataDir, (subject) => timeAll(subject, plan.runs, only));
    const beside = await timeBeside(dataDir, folder, plan, only);
    if (taken.length === 0 && Object.keys(beside).length === 0)
      throw new Error(`--only: nothing that is measured has '${only}' in its name`);
    timings.push(taken);
    figures.push(...taken.flatMap((timing) => figuresOf(many, timing)));
    figures.push(...Object.entries(beside).flatMap(([name, times]) => besideOf(`${many}: ${name}`, times)));
    samples[many] = { built: builds.get(size), taken, beside };
  }
  const [small, large] = [timings[0] ?? [], timings.at(-1) ?? []];
  if (timings.length > 1) figures.push(...small.flatMap((timing, i) => growthOf(timing, large[i])));
  return { figures, samples };
}

async function timeAll(subject: MeasuredProcess, runs: number, only: string): Promise<Timing[]> {
  const timings: Timing[] = [];
  const queries = dashboardQueries(await subject.call('sample', {}));
  for (const query of queries.filter(({ name }) => name.includes(only))) {
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

/** Times in ms of what is measured while logs are loaded, by its name: last, as it adds to the store. */
async function timeBeside(
  dataDir: string,
  folder: string,
  plan: Plan['queries'],
  only: string,
): Promise<Record<string, number[]>> {
  const measures: Record<string, (subject: MeasuredProcess) => Promise<number[]>> = {
    [LIVE_COUNTERS]: (subject) => timeCounters(subject, folder, plan.runs),
    [DURING_LOAD]: (subject) => timeDuringLoad(subject, folder, plan),
  };
  const wanted = Object.entries(measures).filter(([name]) => name.includes(only));
  const times: Record<string, number[]> = {};
  if (wanted.length === 0) return times;
  return withProcess(dataDir, async (subject) => {
    for (const [name, measure] of wanted) times[name] = await measure(subject);
    return times;
  });
}

/** Small commits one after the other, of some day before all that is asked for. */
async function timeCounters(subject: MeasuredProcess, folder: string, runs: number): Promise<number[]> {
  const own = await mkdtemp(join(folder, 'commits-'));
  try {
    const log = await writeAcctLog(own, runs * COMMIT_BYTES, -400 - Math.floor(Math.random() * 3000));
    return await counterDelays(subject, await splitLog(log, own, runs));
  } finally {
    await rm(own, { recursive: true });
  }
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
  await rm(path);
  return times;
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

function besideOf(name: string, times: readonly number[]): Figure[] {
  const target = name.endsWith(LIVE_COUNTERS) ? { target: { atMost: LIVE } } : {};
  return [
    { name: `${name}, median`, value: median(times), unit: 'ms' },
    { name: `${name}, p95`, value: percentile(times, 0.95), unit: 'ms', ...target },
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
