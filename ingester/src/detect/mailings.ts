import { keyOf, type Entity, type Evaluator, type Firing, type Spot } from './firings';
import type { History } from './history';
import { poissonTail } from './poisson';
import { STEP, stepsOf, type DetectionRules } from './rules';

/** What was counted of a job, or of a sender domain where mail has no job, in a step. `at` is its start. */
export interface MailingRow {
  at: number;
  job: string;
  senderDomain: string;
  finals: number;
  hard: number;
  /** Deliveries at providers that report complaints. */
  reporting: number;
  complaints: number;
}

/** What is known of mailings: final outcomes with hard ones among them, and deliveries with complaints about them. */
export interface MailingHistory {
  readonly bounces: History;
  readonly complaints: History;
  /** All deliveries at providers that report, windows that fired too. */
  readonly reporting: History;
}

interface Mailing {
  readonly entity: Entity;
  readonly steps: Map<number, MailingRow>;
  readonly bounced: Set<number>;
  readonly complained: Set<number>;
}

const DAY = 86_400;

/** Complaint spikes look at the week before the day of their deliveries. */
const COMPLAINT_HISTORY = 7 * DAY;

/** Bounce and complaint spikes of jobs. */
export class MailingEvaluator implements Evaluator {
  private readonly mailings = new Map<string, Mailing>();
  private readonly longest: number;

  constructor(
    private readonly rules: DetectionRules,
    private readonly history: MailingHistory,
    private readonly from: number,
  ) {
    this.longest = Math.max(stepsOf(rules.kinds.bounce_spike), stepsOf(rules.kinds.complaint_spike));
  }

  /** Adds what was counted, before its steps are looked at. */
  load(rows: readonly MailingRow[]): void {
    for (const row of rows) {
      const { at, job, senderDomain, reporting } = row;
      const entity: Entity = job === '' ? { sender: senderDomain } : { job };
      const key = keyOf(entity);
      const mailing = this.mailings.get(key) ?? {
        entity,
        steps: new Map<number, MailingRow>(),
        bounced: new Set<number>(),
        complained: new Set<number>(),
      };
      this.mailings.set(key, mailing);
      mailing.steps.set(at, row);
      if (at >= this.from && reporting !== 0) this.history.reporting.add(key, at, reporting, 0);
    }
  }

  step(at: number): Firing[] {
    const firings: Firing[] = [];
    for (const [key, mailing] of this.mailings) {
      // What neither can be said of nor complained about.
      if (mailing.entity.sender === '') continue;
      firings.push(...this.bounces(key, mailing, at), ...this.complaints(key, mailing, at));
    }
    this.settle(at - (this.longest - 1) * STEP);
    return firings;
  }

  private bounces(key: string, { entity, steps, bounced }: Mailing, at: number): Firing[] {
    const rule = this.rules.kinds.bounce_spike;
    if (!rule.on) return [];
    const window = rowsOf(steps, at, stepsOf(rule));
    const finals = total(window, 'finals');
    const hard = total(window, 'hard');
    if (finals < rule.minFinals || hard < rule.minHard) return [];
    const start = at - (stepsOf(rule) - 1) * STEP;
    const baseline = this.history.bounces.baseline(key, start, rule.minHistory);
    const bar = Math.max(rule.floor, baseline ?? rule.assumed);
    const rate = hard / finals;
    if (rate < rule.rate || rate < rule.factor * bar) return [];
    if (poissonTail(hard, finals * bar) >= rule.improbable) return [];
    const spots = window
      .filter((row) => row.finals > 0 && row.hard / row.finals >= rule.rate)
      .map((row): Spot => ({ at: row.at, of: row.finals, events: row.hard }));
    for (let i = 0; i < stepsOf(rule); i++) bounced.add(at - i * STEP);
    return [{ kind: 'bounce_spike', entity, at, sure: true, spots, rate, baseline }];
  }

  private complaints(key: string, { entity, steps, complained }: Mailing, at: number): Firing[] {
    const rule = this.rules.kinds.complaint_spike;
    if (!rule.on) return [];
    const window = rowsOf(steps, at, stepsOf(rule));
    const complaints = total(window, 'complaints');
    if (complaints < rule.minComplaints) return [];
    // Whole hours, the window's last one among them.
    const end = at - (at % 3600) + 3600;
    const delivered = this.history.reporting.sum(key, end - DAY, end).of;
    if (delivered < rule.minDelivered) return [];
    const rate = complaints / delivered;
    const before = this.history.complaints.sum(key, end - DAY - COMPLAINT_HISTORY, end - DAY);
    const baseline = before.of >= rule.minHistory ? before.events / before.of : undefined;
    if (rate < rule.rate || rate < rule.factor * (baseline ?? 0)) return [];
    const spots = window
      .filter((row) => row.complaints > 0)
      .map((row): Spot => ({ at: row.at, of: row.reporting, events: row.complaints }));
    for (let i = 0; i < stepsOf(rule); i++) complained.add(at - i * STEP);
    return [{ kind: 'complaint_spike', entity, at, sure: true, spots, rate, baseline, of: delivered }];
  }

  /** Adds a step, of which every window was looked at, to the history, and forgets it. */
  private settle(at: number): void {
    for (const [key, { steps, bounced, complained }] of this.mailings) {
      const row = steps.get(at);
      if (row && at >= this.from) {
        if (!bounced.has(at)) this.history.bounces.add(key, at, row.finals, row.hard);
        if (!complained.has(at)) this.history.complaints.add(key, at, row.reporting, row.complaints);
      }
      steps.delete(at);
      bounced.delete(at);
      complained.delete(at);
      if (steps.size === 0) this.mailings.delete(key);
    }
  }
}

function rowsOf(steps: ReadonlyMap<number, MailingRow>, at: number, width: number): MailingRow[] {
  const rows: MailingRow[] = [];
  for (let i = width - 1; i >= 0; i--) {
    const row = steps.get(at - i * STEP);
    if (row) rows.push(row);
  }
  return rows;
}

function total(rows: readonly MailingRow[], count: 'finals' | 'hard' | 'complaints'): number {
  return rows.reduce((sum, row) => sum + row[count], 0);
}
