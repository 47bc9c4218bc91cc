import { jobs, pools, providers, vmtas, type Job, type Provider, type Vmta } from './world';

/** What can go wrong. */
export type IncidentKind =
  | 'throttling'
  | 'block'
  | 'provider_unreachable'
  | 'complaint_spike'
  | 'bounce_spike'
  | 'latency_anomaly'
  | 'vmta_dark';

/** A stretch of time: epoch seconds, half-open. */
export interface Span {
  start: number;
  end: number;
}

/** The names of a message's way out; it is concerned where every one that is named is its own. */
export interface Path {
  provider?: string;
  vmta?: string;
  pool?: string;
}

/**
 * One planned incident. A message is concerned where every named entity (provider, VMTA, pool, job) is its own. The span
 * of complaint and bounce spikes is when the mail was injected.
 */
export interface IncidentPlan extends Span, Path {
  kind: IncidentKind;
  job?: string;
  /** Share of the attempts (of the mail, for complaint and bounce spikes) it hits; default 1. */
  share?: number;
  /** Throttling and blocks: what the provider answers; default its first usual deferral, Gmail's limit by address. */
  answer?: 'limit' | 'block';
  /** Share of all mail injected in the window that belongs to `job`: a mailing goes out. */
  surge?: number;
}

/** Times of an incident within the day (hours) that {@link standardIncidents} stretches. */
const standard: (Omit<IncidentPlan, 'start' | 'end'> & { from: number; to: number })[] = [
  { kind: 'bounce_spike', job: 'J-23', share: 0.35, surge: 0.08, from: 8, to: 9 },
  { kind: 'throttling', provider: 'gmail', vmta: 'VMTA-5', share: 0.8, from: 10, to: 10 + 2 / 3 },
  { kind: 'complaint_spike', job: 'J-17', share: 0.06, surge: 0.12, from: 13, to: 14 },
  { kind: 'block', provider: 'yahoo', pool: 'pool-c', share: 0.9, from: 15, to: 16.5 },
  { kind: 'latency_anomaly', provider: 'microsoft', from: 18, to: 19 },
  { kind: 'vmta_dark', vmta: 'VMTA-8', from: 20, to: 21.5 },
  { kind: 'provider_unreachable', provider: 'gmx', share: 0.9, from: 22, to: 22.75 },
];

/** One incident of every kind, spread over the `seconds` from `start` as over the hours of a day. */
export function standardIncidents(start: number, seconds: number): IncidentPlan[] {
  return standard.map(({ from, to, ...plan }) => ({
    ...plan,
    start: start + Math.round((from / 24) * seconds),
    end: start + Math.round((to / 24) * seconds),
  }));
}

/** Which incidents concern a message, found by its entities. */
export class Incidents {
  private readonly byPath: IncidentPlan[][];
  private readonly byJob: IncidentPlan[][];
  private readonly surges: { plan: IncidentPlan; job: Job; share: number }[] = [];

  /** Throws RangeError where a plan names an entity that does not exist. */
  constructor(readonly plans: readonly IncidentPlan[]) {
    plans.forEach(check);
    this.byPath = providers.flatMap((provider) =>
      vmtas.map((vmta) => plans.filter((plan) => plan.job === undefined && onPath(plan, provider, vmta))),
    );
    this.byJob = jobs.map((job) => plans.filter((plan) => plan.job === job.id));
    for (const plan of plans) {
      const job = jobs.find(({ id }) => id === plan.job);
      if (job && plan.surge !== undefined) this.surges.push({ plan, job, share: plan.surge });
    }
  }

  /** Incidents of a provider on a VMTA (those of jobs left out). */
  ofPath(provider: Provider, vmta: Vmta): readonly IncidentPlan[] {
    return this.byPath[provider.index * vmtas.length + vmta.index] as IncidentPlan[];
  }

  /** The incident of this kind that concerns mail of a job at a provider, through a VMTA, injected at a time. */
  ofJob(
    kind: IncidentKind,
    job: Job,
    provider: Provider,
    vmta: Vmta,
    time: number,
  ): IncidentPlan | undefined {
    for (const plan of this.byJob[job.index] as IncidentPlan[]) {
      if (plan.kind === kind && isActive(plan, time) && onPath(plan, provider, vmta)) return plan;
    }
    return undefined;
  }

  /** The job whose mailing goes out at a time, for the share `x` (0 <= x < 1) of the mail. */
  surging(time: number, x: number): Job | undefined {
    for (const { plan, job, share } of this.surges) {
      if (x < share && isActive(plan, time)) return job;
    }
    return undefined;
  }
}

/** True while an incident lasts. */
export function isActive(span: Span, time: number): boolean {
  return time >= span.start && time < span.end;
}

/** True where provider and VMTA are those that are named, or none is named. */
export function onPath(path: Path, provider: Provider, vmta: Vmta): boolean {
  return (
    (path.provider === undefined || path.provider === provider.name) &&
    (path.vmta === undefined || path.vmta === vmta.name) &&
    (path.pool === undefined || path.pool === vmta.pool.name)
  );
}

/** Throws RangeError where a plan or a condition names an entity that does not exist. */
export function check(plan: Path & { kind: string; job?: string }): void {
  const known: [string, string | undefined, readonly string[]][] = [
    ['provider', plan.provider, providers.map(({ name }) => name)],
    ['vmta', plan.vmta, vmtas.map(({ name }) => name)],
    ['pool', plan.pool, pools.map(({ name }) => name)],
    ['job', plan.job, jobs.map(({ id }) => id)],
  ];
  for (const [entity, name, names] of known) {
    if (name !== undefined && !names.includes(name)) {
      throw new RangeError(`${plan.kind}: no ${entity} is called ${name}`);
    }
  }
}
