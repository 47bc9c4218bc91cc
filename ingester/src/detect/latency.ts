import type { Evaluator, Firing } from './firings';
import type { MedianHistory } from './history';
import { ruleFor, STEP, stepsOf, type DetectionRules } from './rules';

/** Deliveries of a provider that were never deferred, in a window that ends with the step at `at`; median in seconds. */
export interface LatencyRow {
  at: number;
  provider: string;
  /** Width of the window in steps; 1 is the step itself. */
  steps: number;
  n: number;
  median: number;
}

/** Providers that take mail much more slowly than they used to. */
export class LatencyEvaluator implements Evaluator {
  private readonly providers = new Map<string, Map<string, LatencyRow>>();
  private readonly fired = new Map<string, Set<number>>();
  private readonly width: number;

  constructor(
    private readonly rules: DetectionRules,
    private readonly history: MedianHistory,
    private readonly from: number,
  ) {
    this.width = stepsOf(rules.kinds.latency_anomaly);
  }

  /** Adds what was counted, before its steps are looked at. */
  load(rows: readonly LatencyRow[]): void {
    for (const row of rows) {
      const own = this.providers.get(row.provider) ?? new Map<string, LatencyRow>();
      this.providers.set(row.provider, own);
      own.set(`${row.steps}:${row.at}`, row);
    }
  }

  step(at: number): Firing[] {
    const firings: Firing[] = [];
    for (const [provider, rows] of this.providers) {
      const window = rows.get(`${this.width}:${at}`);
      const found = window && this.judge(provider, window, rows, at);
      if (found) firings.push(found);
      this.settle(provider, rows, at);
    }
    return firings;
  }

  private judge(
    provider: string,
    { n, median }: LatencyRow,
    rows: ReadonlyMap<string, LatencyRow>,
    at: number,
  ): Firing | undefined {
    const rule = ruleFor(this.rules, 'latency_anomaly', provider);
    if (!rule.on || n < rule.minDeliveries) return undefined;
    const baseline = this.history.baseline(provider, at - (this.width - 1) * STEP, rule.minHistory);
    if (baseline === undefined) return undefined;
    const isSlow = (seconds: number) =>
      seconds >= rule.factor * baseline && seconds >= baseline + rule.seconds;
    if (!isSlow(median)) return undefined;
    const fired = this.fired.get(provider) ?? new Set<number>();
    this.fired.set(provider, fired);
    const steps = Array.from({ length: this.width }, (_, i) => at - (this.width - 1 - i) * STEP);
    for (const step of steps) fired.add(step);
    const spots = steps.flatMap((step) => {
      const own = rows.get(`1:${step}`);
      return own && isSlow(own.median) ? [{ at: step, of: own.n, events: own.n }] : [];
    });
    return { kind: 'latency_anomaly', entity: { provider }, at, sure: true, spots, rate: median, baseline };
  }

  private settle(provider: string, rows: Map<string, LatencyRow>, at: number): void {
    const done = at - (this.width - 1) * STEP;
    const own = rows.get(`1:${done}`);
    if (own && done >= this.from && this.fired.get(provider)?.has(done) !== true)
      this.history.add(provider, done, own.median, own.n);
    this.fired.get(provider)?.delete(done);
    rows.delete(`1:${done}`);
    rows.delete(`${this.width}:${at}`);
  }
}
