import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ReadOutcome } from './asking';
import type { ServiceState } from './state';

const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 30, 60];

/** A figure of the state by its name and help text; null where it is not known, and then it is left out. */
const FIGURES: readonly (readonly [
  name: string,
  help: string,
  of: (state: ServiceState) => number | null,
])[] = [
  ['store_up', 'Whether the store answers.', ({ store }) => (store ? 1 : 0)],
  ['store_parts', 'Active parts of the store.', ({ store }) => store?.parts ?? null],
  ['store_bytes', 'Bytes of the store on disk.', ({ store }) => store?.bytes ?? null],
  ['store_event_rows', 'Rows of events, corrections included.', ({ store }) => store?.rows ?? null],
  ['newest_event_age_seconds', 'Age of the newest event.', ({ newestEventAge }) => newestEventAge],
  ['ingest_lag_seconds', 'How long the oldest file waits or loads.', ({ ingest }) => ingest.lagSeconds],
  ['ingest_rows', 'Rows of all files that were read.', ({ ingest }) => ingest.rows],
  ['ingest_error_rows', 'Rows of all files that could not be loaded.', ({ ingest }) => ingest.errors],
  ['ingest_bytes', 'Decompressed bytes of all files that were read.', ({ ingest }) => ingest.bytes],
  ['queries_running', 'Reads that run in the store.', ({ turns }) => turns.running],
  ['queries_waiting', 'Reads that wait for their turn.', ({ turns }) => turns.waiting],
  ['streams', 'Clients of live counters.', ({ streams }) => streams],
];

/** Counts what the service does, and writes it in Prometheus' text format. */
export class Monitor {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'watchtower_http_request_seconds',
    help: 'Time to answer requests, by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly reads = new Histogram({
    name: 'watchtower_query_seconds',
    help: 'Time of reads for queries, the wait for their turn included, by what became of them.',
    labelNames: ['outcome'],
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly commits = new Histogram({
    name: 'watchtower_commit_seconds',
    help: 'Time of commits.',
    buckets: SECONDS,
    registers: [this.registry],
  });
  private readonly refused = new Counter({
    name: 'watchtower_queries_refused_total',
    help: 'Reads that were refused because too many waited.',
    registers: [this.registry],
  });
  private readonly files = new Gauge({
    name: 'watchtower_files',
    help: 'Files by status.',
    labelNames: ['status'],
    registers: [this.registry],
  });
  private readonly figures = FIGURES.map(([name, help, of]) => ({
    name: `watchtower_${name}`,
    of,
    gauge: new Gauge({ name: `watchtower_${name}`, help, registers: [this.registry] }),
  }));

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** The type of what `render` writes. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** Takes one answered request; `route` is the pattern, not the path, so that there are few series. */
  observe(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status }, seconds);
  }

  /** Takes one read of a query. */
  observeRead(outcome: ReadOutcome, seconds: number): void {
    this.reads.observe({ outcome }, seconds);
    if (outcome === 'refused') this.refused.inc();
  }

  /** Takes one commit. */
  observeCommit(seconds: number): void {
    this.commits.observe(seconds);
  }

  /** The text of /metrics. */
  render(state: ServiceState): Promise<string> {
    for (const { of, gauge } of this.figures) gauge.set(of(state) ?? NaN);
    for (const [status, n] of Object.entries(state.ingest.files)) this.files.set({ status }, n);
    return this.registry.metrics();
  }
}
