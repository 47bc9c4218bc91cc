import { Counts } from './counts';
import type { IncidentPlan } from './incidents';

/** Seconds between the windows in which incidents are looked for; a window has three steps, that of complaints twelve. */
export const STEP = 300;
const WINDOW = 3;
const COMPLAINT_WINDOW = 12;
const HISTORY = 24;
/** How far beyond its thresholds an incident is, at least, to be found with certainty. */
const MARGIN = 1.5;
const IMPROBABLE = 1e-8;

/** Events of an incident's entity by step, the first one being that of epoch 0; `latencies` are those of clean deliveries. */
export class Steps {
  readonly attempts = new Map<number, number>();
  readonly deferrals = new Map<number, number>();
  readonly finals = new Map<number, number>();
  readonly hard = new Map<number, number>();
  readonly complaints = new Map<number, number>();
  readonly deliveredToReporters = new Map<number, number>();
  readonly latencies = new Map<number, Counts>();

  /** Counts an event of a time (epoch seconds). */
  static add(steps: Map<number, number>, time: number): void {
    const step = Math.floor(time / STEP);
    steps.set(step, (steps.get(step) ?? 0) + 1);
  }

  /** Counts the seconds of a delivery that was never deferred. */
  addLatency(time: number, seconds: number): void {
    const step = Math.floor(time / STEP);
    let counts = this.latencies.get(step);
    if (!counts) this.latencies.set(step, (counts = new Counts()));
    counts.add(seconds);
  }
}

/**
 * True where the counts of an incident's entity are well beyond the thresholds and minimum volumes of its kind in a window:
 * it must be found. Else it may be, or may not. `everything` are the attempts of all VMTAs.
 */
export function isCertain(plan: IncidentPlan, steps: Steps, everything: Map<number, number>): boolean {
  const from = Math.floor(plan.start / STEP);
  const to = Math.ceil(plan.end / STEP);
  switch (plan.kind) {
    case 'throttling':
    case 'block':
    case 'provider_unreachable':
      return someWindow(from, to, (end) =>
        isExcess(steps.deferrals, steps.attempts, end, outside(steps.deferrals, steps.attempts, from, to), {
          events: 10,
          of: 20,
          rate: 0.25,
          floor: 0.005,
          assumed: 0.03,
        }),
      );
    case 'bounce_spike':
      return someWindow(from, to, (end) =>
        isExcess(steps.hard, steps.finals, end, outside(steps.hard, steps.finals, from, to), {
          events: 5,
          of: 30,
          rate: 0.1,
          floor: 0.01,
          assumed: 0.02,
        }),
      );
    case 'complaint_spike':
      return someWindow(from, to + COMPLAINT_WINDOW, (end) => hasComplaints(steps, end, from, to));
    case 'latency_anomaly':
      return someWindow(from, to, (end) => isSlow(steps, end, from, to));
    case 'vmta_dark':
      return someWindow(from + WINDOW - 1, to, (end) => isMissed(steps.attempts, everything, end, from));
  }
}

/** Whether a test holds for a window that ends with a step of `from <= step < to`, given the step after it. */
function someWindow(from: number, to: number, test: (end: number) => boolean): boolean {
  for (let end = from + 1; end <= to; end++) if (test(end)) return true;
  return false;
}

function sum(steps: Map<number, number>, end: number, length: number): number {
  let total = 0;
  for (let step = end - length; step < end; step++) total += steps.get(step) ?? 0;
  return total;
}

/** Events and what they are part of, at all times but those of the incident. */
function outside(
  events: Map<number, number>,
  of: Map<number, number>,
  from: number,
  to: number,
): { events: number; of: number } {
  const total = (steps: Map<number, number>): number => {
    let rest = 0;
    for (const [step, n] of steps) if (step < from || step >= to) rest += n;
    return rest;
  };
  return { events: total(events), of: total(of) };
}

interface Thresholds {
  events: number;
  of: number;
  rate: number;
  /** The least baseline, and the one that is assumed with under 200 of history. */
  floor: number;
  assumed: number;
}

function isExcess(
  events: Map<number, number>,
  of: Map<number, number>,
  end: number,
  usual: { events: number; of: number },
  least: Thresholds,
): boolean {
  const n = sum(events, end, WINDOW);
  const all = sum(of, end, WINDOW);
  const baseline = usual.of < 200 ? least.assumed : Math.max(least.floor, usual.events / usual.of);
  return (
    n >= MARGIN * least.events &&
    all >= MARGIN * least.of &&
    n / all >= MARGIN * Math.max(least.rate, 4 * baseline) &&
    poissonTail(n, all * baseline) < IMPROBABLE
  );
}

function hasComplaints(
  { complaints, deliveredToReporters }: Steps,
  end: number,
  from: number,
  to: number,
): boolean {
  const n = sum(complaints, end, COMPLAINT_WINDOW);
  const delivered = sum(deliveredToReporters, end, 86400 / STEP);
  const usual = outside(complaints, deliveredToReporters, from, to + 2 * COMPLAINT_WINDOW);
  return (
    n >= MARGIN * 5 &&
    delivered >= MARGIN * 100 &&
    n / delivered >= MARGIN * Math.max(0.003, usual.of === 0 ? 0 : (5 * usual.events) / usual.of)
  );
}

function isSlow({ latencies }: Steps, end: number, from: number, to: number): boolean {
  const window = new Counts();
  const usual = new Counts();
  for (const [step, counts] of latencies) {
    const target =
      step >= end - WINDOW && step < end ? window : step < from || step >= to ? usual : undefined;
    for (let seconds = 0; target && seconds < counts.length; seconds++)
      target.add(seconds, counts.at(seconds));
  }
  const baseline = median(usual).value;
  const { n, value } = median(window);
  return n >= MARGIN * 30 && value >= MARGIN * Math.max(3 * baseline, baseline + 10);
}

function median(counts: Counts): { n: number; value: number } {
  let n = 0;
  for (let seconds = 0; seconds < counts.length; seconds++) n += counts.at(seconds);
  let below = 0;
  for (let seconds = 0; seconds < counts.length; seconds++) {
    below += counts.at(seconds);
    if (below * 2 > n) return { n, value: seconds };
  }
  return { n, value: 0 };
}

function isMissed(
  own: Map<number, number>,
  everything: Map<number, number>,
  end: number,
  from: number,
): boolean {
  const windows = HISTORY / WINDOW;
  const usual = sum(own, from, HISTORY) / windows;
  const others = (sum(everything, from, HISTORY) - sum(own, from, HISTORY)) / windows;
  const seen = sum(everything, end, WINDOW) - sum(own, end, WINDOW);
  const going = others === 0 ? 0 : Math.min(1, seen / others);
  return sum(own, end, WINDOW) === 0 && going >= 0.5 && usual * going >= MARGIN * 14;
}

/** Probability of `n` or more events where `expected` are usual. */
export function poissonTail(n: number, expected: number): number {
  if (n <= 0) return 1;
  let term = -expected;
  for (let k = 1; k <= n; k++) term += Math.log(expected / k);
  let tail = 0;
  for (let k = n; ; k++) {
    const p = Math.exp(term);
    tail += p;
    if (k > expected && p <= tail * 1e-12) return Math.min(1, tail);
    term += Math.log(expected / (k + 1));
  }
}
