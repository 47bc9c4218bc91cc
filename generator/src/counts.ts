/** A list of counters that grows as higher positions are counted. */
export class Counts {
  private values = new Float64Array(1024);
  /** One more than the highest position counted. */
  length = 0;

  /** Adds to the counter at a position (a whole number >= 0). */
  add(position: number, by = 1): void {
    if (position >= this.values.length) {
      const larger = new Float64Array(Math.max(position + 1, this.values.length * 2));
      larger.set(this.values);
      this.values = larger;
    }
    if (position >= this.length) this.length = position + 1;
    this.values[position] = (this.values[position] as number) + by;
  }

  /** The counter at a position; 0 where nothing was counted. */
  at(position: number): number {
    return this.values[position] ?? 0;
  }

  /** The first `length` counters. */
  toArray(length: number): number[] {
    return Array.from({ length }, (_, position) => this.at(position));
  }
}

/** Latency figures of deliveries in seconds; pNN = sorted[min(int(p * n), n - 1)]. */
export interface LatencyTruth {
  n: number;
  avg: number | null;
  max: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** Figures from a counter per second of latency. */
export function latencyTruth(counts: Counts): LatencyTruth {
  let n = 0;
  let sum = 0;
  for (let seconds = 0; seconds < counts.length; seconds++) {
    n += counts.at(seconds);
    sum += seconds * counts.at(seconds);
  }
  if (n === 0) return { n, avg: null, max: null, p50: null, p95: null, p99: null };
  const quantile = (p: number): number => {
    const rank = Math.min(Math.floor(p * n), n - 1);
    let below = 0;
    for (let seconds = 0; ; seconds++) {
      below += counts.at(seconds);
      if (below > rank) return seconds;
    }
  };
  return {
    n,
    avg: Math.round((sum / n) * 1e6) / 1e6,
    max: counts.length - 1,
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
  };
}

/** What is counted by every dimension, with its place in a {@link Table}. */
export const metrics = {
  injected: 0,
  delivered: 1,
  bounced: 2,
  hard: 3,
  soft: 4,
  deferrals: 5,
  deferred_messages: 6,
  complaints: 7,
  rb: 8,
} as const;
/** One of {@link metrics}. */
export type Metric = keyof typeof metrics;
const names = Object.keys(metrics) as Metric[];
/** The figures of one value of a dimension. */
export type Figures = Record<Metric, number>;

/** Counters of every metric by the values of one dimension. */
export class Table {
  private readonly values: Float64Array;

  constructor(private readonly entities: readonly string[]) {
    this.values = new Float64Array(entities.length * names.length);
  }

  /** Counts one at the value with this position. */
  add(position: number, metric: number): void {
    const at = position * names.length + metric;
    this.values[at] = (this.values[at] as number) + 1;
  }

  /** Figures by name; values that were never met are left out. */
  toObject(): Record<string, Figures> {
    const found: [string, Figures][] = [];
    this.entities.forEach((name, position) => {
      const figures = Object.fromEntries(
        names.map((metric, m) => [metric, this.values[position * names.length + m] as number]),
      ) as Figures;
      if (figures.injected > 0) found.push([name, figures]);
    });
    return Object.fromEntries(found);
  }
}

/** Figures of which nothing was counted. */
export function noFigures(): Figures {
  return Object.fromEntries(names.map((metric) => [metric, 0])) as Figures;
}
