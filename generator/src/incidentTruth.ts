import { isActive, onPath, type IncidentKind, type IncidentPlan } from './incidents';
import type { Message } from './messages';

/** A planned incident with what came of it. Times are epoch seconds. */
export interface IncidentTruth {
  id: string;
  kind: IncidentKind;
  entity: { isp?: string; vmta?: string; pool?: string; job?: string };
  start: number;
  end: number;
  /** Still going on when the logs end. */
  ongoing: boolean;
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

/** Counts per planned incident; events after `until` have not happened. */
export class IncidentRecorder {
  private readonly found: { plan: IncidentPlan; truth: IncidentTruth }[];

  constructor(
    plans: readonly IncidentPlan[],
    private readonly until: number,
  ) {
    this.found = plans
      .filter((plan) => plan.start <= until)
      .map((plan, i) => ({ plan, truth: emptyTruth(plan, `I${i + 1}`, until) }));
  }

  /** Counts a message's attempts at the incidents that concern its entities. */
  message(message: Message): void {
    for (const { plan, truth } of this.found) {
      if (!concerns(plan, message)) continue;
      const inside = isActive(plan, message.queued);
      if (inside) truth.injected.messages++;
      for (const { type, time, reason } of message.attempts) {
        if (time > this.until) break;
        if (reason.category !== 'message-expired') {
          const counts = isActive(plan, time) ? truth.window : truth.outside;
          counts.attempts++;
          if (type === 't') counts.deferrals++;
        }
        if (!inside) continue;
        if (type === 'b' && reason.category === 'bad-mailbox') truth.injected.bad_mailbox++;
        if (type === 'd' && message.domain.provider.complains) truth.injected.delivered_at_fbl_providers++;
      }
    }
  }

  /** Counts the complaint of a message. */
  complaint(message: Message): void {
    for (const { plan, truth } of this.found) {
      if (concerns(plan, message) && isActive(plan, message.queued)) truth.injected.complaints++;
    }
  }

  /** The incidents that have begun, in the order they were planned. */
  result(): IncidentTruth[] {
    return this.found.map(({ truth }) => ({
      ...truth,
      window: rated(truth.window),
      outside: rated(truth.outside),
    }));
  }
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
    window: { attempts: 0, deferrals: 0, rate: null },
    outside: { attempts: 0, deferrals: 0, rate: null },
    injected: { messages: 0, bad_mailbox: 0, delivered_at_fbl_providers: 0, complaints: 0 },
  };
}
