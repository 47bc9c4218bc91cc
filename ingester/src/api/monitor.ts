import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

const BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 30, 60];

interface Observed {
  labels: string;
  counts: number[];
  sum: number;
  total: number;
}

/** Counts requests and watches the process, and writes both in Prometheus' text format. */
export class Monitor {
  private readonly requests = new Map<string, Observed>();
  private readonly delay = monitorEventLoopDelay({ resolution: 10 });

  constructor() {
    this.delay.enable();
  }

  /** Takes one answered request; `route` is the pattern, not the path, so that there are few series. */
  observe(method: string, route: string, status: number, seconds: number): void {
    const labels = `method="${method}",route="${route}",status="${status}"`;
    const entry = this.requests.get(labels) ?? { labels, counts: BUCKETS.map(() => 0), sum: 0, total: 0 };
    this.requests.set(labels, entry);
    BUCKETS.forEach((bound, index) => {
      if (seconds <= bound) entry.counts[index] = (entry.counts[index] ?? 0) + 1;
    });
    entry.sum += seconds;
    entry.total += 1;
  }

  /** The text of /metrics; `files` are the numbers of files by status. */
  render(files: Record<string, number>): string {
    return [
      '# HELP watchtower_http_request_seconds Time to answer requests, by route.',
      '# TYPE watchtower_http_request_seconds histogram',
      ...[...this.requests.values()].flatMap(histogram),
      '# HELP watchtower_files Files that wait, load or failed, by status.',
      '# TYPE watchtower_files gauge',
      ...Object.entries(files).map(([status, n]) => `watchtower_files{status="${status}"} ${n}`),
      ...gauge(
        'watchtower_event_loop_delay_p99_seconds',
        'Delay of the event loop, 99th percentile.',
        this.lag(),
      ),
      ...gauge('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
      ...gauge('process_start_time_seconds', 'Start of the process, epoch.', performance.timeOrigin / 1000),
      '',
    ].join('\n');
  }

  /** Stops watching, so that the process can end. */
  close(): void {
    this.delay.disable();
  }

  private lag(): number {
    return this.delay.percentile(99) / 1e9;
  }
}

function histogram(entry: Observed): string[] {
  const name = 'watchtower_http_request_seconds';
  return [
    ...BUCKETS.map(
      (bound, index) => `${name}_bucket{${entry.labels},le="${bound}"} ${entry.counts[index] ?? 0}`,
    ),
    `${name}_bucket{${entry.labels},le="+Inf"} ${entry.total}`,
    `${name}_sum{${entry.labels}} ${entry.sum}`,
    `${name}_count{${entry.labels}} ${entry.total}`,
  ];
}

function gauge(name: string, help: string, value: number): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${value}`];
}
