import { isActive, onPath, type IncidentKind, type IncidentPlan } from './incidents';
import type { Attempt, Message } from './messages';
import { isCertain, Steps } from './reach';
import { isHard } from './reasons';

/** A planned incident with what came of it. Times are epoch seconds. */
export interface IncidentTruth {
  id: string;
  kind: IncidentKind;
  entity: { isp?: string; vmta?: string; pool?: string; job?: string };
  start: number;
  end: number;
  /** Still going on when the logs end. */
  ongoing: boolean;
  /**
   * When it shows, first and last: deferrals in the window, bad mailboxes and complaints of mail injected in it. Slow and
   * dark ones: the window itself. Null where nothing shows.
   */
  shown: { first: number; last: number } | null;
  /** The counts are so far beyond thresholds and minimum volumes that it must be found; else it may be, or may not. */
  certain: boolean;
  /** Attempts of the entity inside the window and at all other times; an expiry is no attempt. */
  window: Attempts;
  outside: Attempts;
  /** Mail of the entity injected in the window, and what became of it. */
  injected: { messages: number; bad_mailbox: number; delivered_at_fbl_providers: number; complaints: number };
}

/** Attempts and deferrals; `rate` is null without attempts. */
export interface Attempts {
  attempts: number;
  deferrals: number;
  rate: number | null;
}

interface Planned {
  plan: IncidentPlan;
  truth: IncidentTruth;
  steps: Steps;
  first: number;
  last: number;
}

/** Counts per planned incident; events after `until` have not happened. */
export class IncidentRecorder {
  private readonly found: Planned[];
  private readonly everything = new Map<number, number>();
  private readonly countsEverything: boolean;

  constructor(
    plans: readonly IncidentPlan[],
    private readonly until: number,
  ) {
    this.found = plans
      .filter((plan) => plan.start <= until)
      .map((plan, i) => ({
        plan,
        truth: emptyTruth(plan, `I${i + 1}`, until),
        steps: new Steps(),
        ...shownBefore(plan),
      }));
    this.countsEverything = plans.some(({ kind }) => kind === 'vmta_dark');
  }

  /** Counts a message's attempts at the incidents that concern its entities. */
  message(message: Message): void {
    if (this.countsEverything) this.countEverything(message);
    for (const planned of this.found) {
      const { plan, truth, steps } = planned;
      if (!concerns(plan, message)) continue;
      const inside = isActive(plan, message.queued);
      if (inside) truth.injected.messages++;
      for (const attempt of message.attempts) {
        const { type, time, reason } = attempt;
        if (time > this.until) break;
        countSteps(steps, message, attempt);
        if (reason.category !== 'message-expired') {
          const active = isActive(plan, time);
          const counts = active ? truth.window : truth.outside;
          counts.attempts++;
          if (type === 't') counts.deferrals++;
          if (type === 't' && active && isDeferring(plan)) show(planned, time);
        }
        if (!inside) continue;
        if (type === 'b' && reason.category === 'bad-mailbox') {
          truth.injected.bad_mailbox++;
          if (plan.kind === 'bounce_spike') show(planned, time);
        }
        if (type === 'd' && message.domain.provider.complains) truth.injected.delivered_at_fbl_providers++;
      }
    }
  }

  /** Counts the complaint of a message. */
  complaint(message: Message, time: number): void {
    for (const planned of this.found) {
      const { plan, truth, steps } = planned;
      if (!concerns(plan, message)) continue;
      Steps.add(steps.complaints, time);
      if (!isActive(plan, message.queued)) continue;
      truth.injected.complaints++;
      if (plan.kind === 'complaint_spike') show(planned, time);
    }
  }

  /** The incidents that have begun, in the order they were planned. */
  result(): IncidentTruth[] {
    return this.found.map(({ plan, truth, steps, first, last }) => ({
      ...truth,
      shown: first <= last ? { first, last } : null,
      certain: isCertain(plan, steps, this.everything),
      window: rated(truth.window),
      outside: rated(truth.outside),
    }));
  }

  private countEverything({ attempts }: Message): void {
    for (const { time } of attempts) if (time <= this.until) Steps.add(this.everything, time);
  }
}

function countSteps(
  steps: Steps,
  { attempts, queued, domain }: Message,
  { type, time, reason }: Attempt,
): void {
  if (reason.category !== 'message-expired') Steps.add(steps.attempts, time);
  if (type === 't') {
    Steps.add(steps.deferrals, time);
    return;
  }
  Steps.add(steps.finals, time);
  if (isHard(reason.category)) Steps.add(steps.hard, time);
  if (type === 'b') return;
  if (domain.provider.complains) Steps.add(steps.deliveredToReporters, time);
  if (attempts.length === 1) steps.addLatency(time, time - queued);
}

function isDeferring({ kind }: IncidentPlan): boolean {
  return kind === 'throttling' || kind === 'block' || kind === 'provider_unreachable';
}

/** When an incident shows before anything is counted: slow and dark ones in their whole window, others nowhere. */
function shownBefore({ kind, start, end }: IncidentPlan): { first: number; last: number } {
  if (kind === 'latency_anomaly' || kind === 'vmta_dark') return { first: start, last: end - 1 };
  return { first: Infinity, last: -Infinity };
}

function show(planned: Planned, time: number): void {
  planned.first = Math.min(planned.first, time);
  planned.last = Math.max(planned.last, time);
}

function concerns(plan: IncidentPlan, message: Message): boolean {
  return (
    (plan.job === undefined || plan.job === message.job.id) &&
    onPath(plan, message.domain.provider, message.vmta)
  );
}

function rated({ attempts, deferrals }: Attempts): Attempts {
  return {
    attempts,
    deferrals,
    rate: attempts === 0 ? null : Math.round((deferrals / attempts) * 1e6) / 1e6,
  };
}

function emptyTruth(plan: IncidentPlan, id: string, until: number): IncidentTruth {
  const { kind, provider, vmta, pool, job, start, end } = plan;
  return {
    id,
    kind,
    entity: {
      ...(provider !== undefined && { isp: provider }),
      ...(vmta !== undefined && { vmta }),
      ...(pool !== undefined && { pool }),
      ...(job !== undefined && { job }),
    },
    start,
    end,
    ongoing: end > until,
    shown: null,
    certain: false,
    window: { attempts: 0, deferrals: 0, rate: null },
    outside: { attempts: 0, deferrals: 0, rate: null },
    injected: { messages: 0, bad_mailbox: 0, delivered_at_fbl_providers: 0, complaints: 0 },
  };
}
