import { columns, planQuestion, planSql, type Counter, type MetricName, type Statement } from '../../model';
import type { Comparison, Row } from '../figures';
import { rateOf, type Sides } from './findings';

const HOUR = 3600;

/** How far before the window something may have begun, and how many steps are looked at altogether. */
const BEFORE = 2 * HOUR;
const MOST_STEPS = 100;
const STEPS = [300, 900, HOUR, 6 * HOUR, 24 * HOUR] as const;

/** What can begin at a place, in the order in which it usually does. */
export type Signal = 'latency' | 'blocks' | 'deferrals' | 'bounces' | 'complaints';

/** When something began, epoch seconds: its first step, and what was there in it and before. */
export interface Onset {
  readonly signal: Signal;
  readonly at: number;
  readonly now: number;
  readonly usual: number;
}

/** What happened at a place in a step. */
export interface Step {
  readonly at: number;
  readonly attempts: number;
  readonly sent: number;
  readonly delivered: number;
  readonly deferrals: number;
  readonly hardBounced: number;
  /** Attempts refused for reputation or policy, or events of the block log, whichever are more. */
  readonly blocks: number;
  readonly complaints: number;
  /** Median seconds of a delivery; null without any. */
  readonly latency: number | null;
}

const COUNTERS: readonly Counter[] = [
  ...(['delivered', 'bounced', 'expired', 'deferrals', 'hardBounced', 'blocked'] as const),
  ...(['blockDeferrals', 'blocks', 'complaints'] as const),
];
const METRICS: readonly MetricName[] = ['latencyP50'];

/** SQL of the steps from before the window to its end, a row of counters per step that has events. */
export function stepsSql({
  now: [from, to],
  ...comparison
}: Comparison): Statement & { readonly seconds: number } {
  const length = to - from + BEFORE;
  const seconds = STEPS.find((step) => length / step <= MOST_STEPS) ?? STEPS[STEPS.length - 1] ?? HOUR;
  const plan = planQuestion({
    from: Math.max(0, Math.floor((from - BEFORE) / seconds) * seconds),
    to,
    metrics: METRICS,
    counters: COUNTERS,
    groupBy: [],
    filters: comparison.filters,
    bucketing: { seconds, timezone: 'UTC' },
    complaintProviders: comparison.complaintProviders,
  });
  return { ...planSql(plan), seconds };
}

/** The step that a row of `stepsSql` holds. */
export function stepOf(row: Row): Step {
  const n = (name: Counter) => Number(row[columns.counter(name)] ?? 0);
  const latency = row[columns.metric('latencyP50')];
  return {
    at: Number(row[columns.time]),
    attempts: n('delivered') + n('bounced') - n('expired') + n('deferrals'),
    sent: n('delivered') + n('bounced'),
    delivered: n('delivered'),
    deferrals: n('deferrals'),
    hardBounced: n('hardBounced'),
    // The block log tells of the same refusals once more.
    blocks: Math.max(n('blocked') + n('blockDeferrals'), n('blocks')),
    complaints: n('complaints'),
    latency: typeof latency === 'number' ? latency : null,
  };
}

/** Fewer events than this begin nothing; a rate has to be so many times the usual one. */
const LEAST_EVENTS = 3;
const LEAST_GROWTH = 4;

/**
 * What began at a place and when, the first one first: the first of two steps in a row in which a rate is at least four
 * times the usual one (of latencies three times the usual median, and 10 s above it).
 */
export function onsetsOf(steps: readonly Step[], sides: Sides, usualLatency: number | null): Onset[] {
  const quiet = (rate: number | null, least: number) => Math.max(rate ?? 0, least);
  const usual: Readonly<Record<Signal, number>> = {
    latency: usualLatency ?? 0,
    blocks: quiet(rateOf('blocks', sides.before), 0.005),
    deferrals: quiet(rateOf('deferrals', sides.before), 0.02),
    bounces: quiet(rateOf('bounces', sides.before), 0.01),
    complaints: quiet(rateOf('complaints', sides.before), 0.0005),
  };
  const rates: Readonly<Record<Exclude<Signal, 'latency'>, (step: Step) => readonly [number, number]>> = {
    blocks: (step) => [step.blocks, step.attempts],
    deferrals: (step) => [step.deferrals, step.attempts],
    bounces: (step) => [step.hardBounced, step.sent],
    complaints: (step) => [step.complaints, step.delivered],
  };
  const level = (signal: Signal, step: Step): number | null => {
    if (signal === 'latency') {
      const isSlow =
        usualLatency !== null &&
        step.delivered >= LEAST_EVENTS &&
        step.latency !== null &&
        step.latency >= 3 * usualLatency &&
        step.latency >= usualLatency + 10;
      return isSlow ? step.latency : null;
    }
    const [events, volume] = rates[signal](step);
    const rate = events / Math.max(1, volume);
    return events >= LEAST_EVENTS && rate >= LEAST_GROWTH * usual[signal] ? rate : null;
  };
  const signals = Object.keys(usual) as Signal[];
  return signals
    .flatMap((signal): Onset[] => {
      const levels = steps.map((step) => level(signal, step));
      const first = levels.findIndex((own, at) => own !== null && (levels[at + 1] ?? null) !== null);
      const step = steps[first];
      return step ? [{ signal, at: step.at, now: levels[first] ?? 0, usual: usual[signal] }] : [];
    })
    .sort((a, b) => a.at - b.at || signals.indexOf(a.signal) - signals.indexOf(b.signal));
}
