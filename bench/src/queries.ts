import { performance } from 'node:perf_hooks';
import type { QueryTiming } from './protocol';
import { answer, type Parts, type QueryRequest, type Store } from './service';
import { median } from './stats';

const DAY_MS = 86_400_000;

type Query = Record<string, unknown>;

/** What people ask a dashboard most, over the last day or over everything. */
const QUESTIONS: readonly { name: string; whole: boolean; query: Query }[] = [
  {
    name: 'totals of 24 h by minute',
    whole: false,
    query: { metrics: ['delivered', 'bounced', 'deferrals'], format: 'timeseries', maxDataPoints: 1440 },
  },
  { name: 'totals of everything', whole: true, query: { metrics: ['delivered', 'bounced', 'deferrals'] } },
  {
    name: 'top 20 domains with p95, everything',
    whole: true,
    query: { metrics: ['delivered', 'latencyP95'], groupBy: ['domain'], orderBy: 'delivered', limit: 20 },
  },
  {
    name: 'provider x vmta, everything',
    whole: true,
    query: { metrics: ['delivered', 'bounceRate'], groupBy: ['provider', 'vmta'] },
  },
  {
    name: 'one recipient domain of one job by hour, 24 h (raw)',
    whole: false,
    query: {
      metrics: ['delivered'],
      format: 'timeseries',
      filters: [
        { dimension: 'domain', values: ['gmail.com'] },
        { dimension: 'job', values: ['J-01'] },
      ],
    },
  },
];

/** Times each question `runs` times behind one run to warm up. Rejects where one is not answered. */
export async function timeQueries({ store, context }: Parts, runs: number): Promise<QueryTiming[]> {
  const [span] = await store.read<{ first: number; last: number }>(
    'SELECT toUInt32(min(time)) AS first, toUInt32(max(time)) + 1 AS last FROM watchtower.events',
  );
  if (!span) return [];
  const timings: QueryTiming[] = [];
  for (const { name, whole, query } of QUESTIONS) {
    const to = span.last * 1000;
    const from = whole ? span.first * 1000 : to - DAY_MS;
    const request: QueryRequest = { from, to, queries: [{ refId: 'A', ...query }] };
    const readRows = await rowsRead(store, (watched) => ask(watched, request));
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      await ask(store, request);
      times.push(performance.now() - start);
    }
    timings.push({ name, bestMs: Math.min(...times), medianMs: median(times), readRows });
  }
  return timings;

  async function ask(reader: Pick<Store, 'read'>, request: QueryRequest): Promise<void> {
    const result = (await answer(reader, request, context)).results.A;
    if (result && 'error' in result) throw new Error(result.error);
  }
}

/** Rows that the statements of some work read, as the engine estimates them from the parts and marks it would open. */
async function rowsRead(store: Store, work: (store: Pick<Store, 'read'>) => Promise<void>): Promise<number> {
  let rows = 0;
  const watched: Pick<Store, 'read'> = {
    async read(sql, options) {
      const estimates = await store.read<{ rows: number }>(`EXPLAIN ESTIMATE ${sql}`, options);
      for (const estimate of estimates) rows += estimate.rows;
      return store.read(sql, options);
    },
  };
  await work(watched);
  return rows;
}
