import type { Condition } from './conditions';
import { standardIncidents, type IncidentPlan } from './incidents';
import type { LogOptions } from './options';
import { Draws, seedOf } from './random';
import { jobs, pools, providers, vmtas } from './world';

const HOUR = 3600;
const DAY = 86400;
/** Tuesday, 2026-09-15, midnight UTC. */
const TUESDAY = 1789430400;
/** Fridays before the clocks of Berlin go back and forward (Sunday 2026-10-25, Sunday 2027-03-28), midnight UTC. */
const BEFORE_AUTUMN = Date.UTC(2026, 9, 23) / 1000;
const BEFORE_SPRING = Date.UTC(2027, 2, 26) / 1000;

/** Logs on which the search for incidents is proved: what is expected is what its incidents say, and nothing else. */
export interface Scenario {
  /** What is hard about it, in a sentence. */
  about: string;
  options: LogOptions;
  /** Seconds by which the files of a node arrive late. */
  late: Readonly<Record<string, number>>;
}

/** What {@link scenarioOf} is free to choose. */
export interface ScenarioSize {
  /** Messages a day. */
  messages: number;
  seed: string;
}

interface Plan {
  about: string;
  start?: number;
  days?: number;
  incidents?: (start: number, seed: string) => IncidentPlan[];
  conditions?: (start: number) => Condition[];
  options?: Partial<LogOptions>;
  late?: Record<string, number>;
}

/** Two nodes, one of them with two pools. */
const twoNodes = { mta1: ['pool-a', 'pool-b'], mta2: ['pool-c'] };

const plans = {
  quiet: { about: 'a usual day on which nothing is wrong' },
  standard: {
    about: 'one incident of every kind',
    incidents: (start) => standardIncidents(start, DAY).map(answered),
  },
  random: {
    about: 'incidents at entities, times and strengths that the seed chooses',
    incidents: (start, seed) => randomIncidents(seed, start, DAY),
  },
  campaign_ends: {
    about:
      'a mailing of three times the usual volume goes through one pool and is over at once; then nearly nothing is sent',
    conditions: (start) => [
      {
        kind: 'campaign',
        job: 'J-05',
        pool: 'pool-b',
        times: 3,
        start: start + 9 * HOUR,
        end: start + 12 * HOUR,
      },
      { kind: 'lull', factor: 0.02, start: start + 16 * HOUR, end: start + 22 * HOUR },
    ],
  },
  pool_idle: {
    about:
      'a mailing of half the usual volume ends in one pool, which then is given nothing while the others go on',
    conditions: (start) => [
      {
        kind: 'campaign',
        job: 'J-08',
        pool: 'pool-c',
        times: 0.5,
        start: start + 11 * HOUR,
        end: start + 14 * HOUR,
      },
      { kind: 'idle', pool: 'pool-c', start: start + 14 * HOUR, end: start + 20 * HOUR },
    ],
  },
  back_off: {
    about:
      'after throttling the sender makes few attempts while its mail waits, also when the throttling is over',
    incidents: (start) => [
      {
        kind: 'throttling',
        provider: 'gmail',
        vmta: 'VMTA-3',
        share: 0.9,
        answer: 'limit',
        start: start + 10 * HOUR,
        end: start + 11.5 * HOUR,
      },
    ],
    conditions: (start) => [
      {
        kind: 'back_off',
        provider: 'gmail',
        vmta: 'VMTA-3',
        share: 0.95,
        start: start + 10.5 * HOUR,
        end: start + 12 * HOUR,
      },
    ],
  },
  greylisting: {
    about:
      'first attempts are put off by greylisting and accepted later, all day at GMX and for hours at company domains',
    conditions: (start) => [
      { kind: 'greylisting', provider: 'gmx', share: 0.9, start, end: start + DAY },
      { kind: 'greylisting', provider: 'corporate', start: start + 9 * HOUR, end: start + 13 * HOUR },
    ],
  },
  provider_down: {
    about: 'a provider answers nobody for two hours, and its mail expires',
    incidents: (start) => [
      { kind: 'provider_unreachable', provider: 'yahoo', start: start + 9 * HOUR, end: start + 11 * HOUR },
    ],
  },
  warm_up: {
    about:
      'a new VMTA sends its first mail on the first morning and its whole part from the second evening on',
    days: 2,
    conditions: (start) => [
      { kind: 'warm_up', vmta: 'VMTA-12', start: start + 8 * HOUR, end: start + DAY + 18 * HOUR },
    ],
  },
  late_node: {
    about: 'the logs of one of two nodes come six hours late',
    options: { nodes: twoNodes, rotate: { seconds: HOUR } },
    late: { mta2: 6 * HOUR },
  },
  late_node_incident: {
    about: 'the logs of the node on which a provider throttles come six hours late',
    incidents: (start) => [
      {
        kind: 'throttling',
        provider: 'microsoft',
        pool: 'pool-c',
        share: 0.85,
        answer: 'limit',
        start: start + 9 * HOUR,
        end: start + 10 * HOUR,
      },
    ],
    options: { nodes: twoNodes, rotate: { seconds: HOUR } },
    late: { mta2: 6 * HOUR },
  },
  week: {
    about: 'two weeks with hardly any mail at weekends, and a Monday that begins at once',
    days: 14,
    options: { weekend: 0.1 },
  },
  clock_back: {
    about: 'the local clock, which the mail follows, goes back an hour',
    start: BEFORE_AUTUMN,
    days: 4,
    options: { zone: 'Europe/Berlin' },
  },
  clock_forward: {
    about: 'the local clock, which the mail follows, goes forward an hour',
    start: BEFORE_SPRING,
    days: 4,
    options: { zone: 'Europe/Berlin' },
  },
} satisfies Record<string, Plan>;

/** Name of a scenario. */
export type ScenarioName = keyof typeof plans;
/** All names. */
export const scenarioNames = Object.keys(plans) as ScenarioName[];

/** A scenario of a size, written as `form` says (layout, times, style, ...). */
export function scenarioOf(
  name: ScenarioName,
  { messages, seed }: ScenarioSize,
  form: Partial<LogOptions> = {},
): Scenario {
  const { about, start = TUESDAY, days = 1, ...plan }: Plan = plans[name];
  return {
    about,
    options: {
      messages: messages * days,
      seed,
      start,
      seconds: days * DAY,
      incidents: plan.incidents?.(start, seed) ?? [],
      conditions: plan.conditions?.(start) ?? [],
      ...plan.options,
      ...form,
    },
    late: plan.late ?? {},
  };
}

/**
 * Incidents at entities, times and strengths that the seed chooses, one in each two of the hours after the first four, so
 * that each has a usual time before it. No entity is struck twice.
 */
export function randomIncidents(seed: string, start: number, seconds: number): IncidentPlan[] {
  const draws = new Draws(seedOf(`incidents ${seed}`));
  draws.start(0);
  const of = <T>(list: readonly T[]): T => list[(draws.next() * list.length) | 0] as T;
  const between = (low: number, high: number): number => low + draws.next() * (high - low);
  const known = providers.filter(({ name }) => name !== 'corporate').map(({ name }) => name);
  const rest = {
    provider: [...known],
    vmta: vmtas.map(({ name }) => name),
    job: jobs.slice(0, 25).map(({ id }) => id),
  };
  const take = (kind: keyof typeof rest): string => {
    const name = of(rest[kind]);
    rest[kind] = rest[kind].filter((each) => each !== name);
    return name;
  };
  const made: IncidentPlan[] = [];
  for (let slot = 4 * HOUR; slot + 2 * HOUR <= seconds && rest.provider.length > 0; slot += 2 * HOUR) {
    const from = start + slot + Math.floor(between(0, 1800));
    const span = { start: from, end: from + Math.floor(between(1800, 4200)) };
    made.push(randomIncident(span, { of, between, take }));
  }
  return made;
}

interface Chance {
  of: <T>(list: readonly T[]) => T;
  between: (low: number, high: number) => number;
  take: (kind: 'provider' | 'vmta' | 'job') => string;
}

function randomIncident(span: { start: number; end: number }, { of, between, take }: Chance): IncidentPlan {
  const kind = of([
    'throttling',
    'block',
    'provider_unreachable',
    'complaint_spike',
    'bounce_spike',
    'latency_anomaly',
    'vmta_dark',
  ] as const);
  switch (kind) {
    case 'throttling':
    case 'block': {
      const at = of([{ vmta: of(vmtas).name }, { pool: of(pools).name }, {}]);
      const answer = kind === 'block' ? 'block' : 'limit';
      return { kind, provider: take('provider'), ...at, share: between(0.5, 0.95), answer, ...span };
    }
    case 'provider_unreachable':
      return { kind, provider: take('provider'), share: between(0.7, 1), ...span };
    case 'complaint_spike':
      return { kind, job: take('job'), share: between(0.03, 0.1), surge: between(0.05, 0.2), ...span };
    case 'bounce_spike':
      return { kind, job: take('job'), share: between(0.2, 0.6), surge: between(0.05, 0.2), ...span };
    case 'latency_anomaly':
      return { kind, provider: take('provider'), ...span };
    case 'vmta_dark':
      return { kind, vmta: take('vmta'), ...span };
  }
}

/** With a text that says what the incident is. */
function answered(plan: IncidentPlan): IncidentPlan {
  if (plan.kind === 'throttling') return { ...plan, answer: 'limit' };
  return plan.kind === 'block' ? { ...plan, answer: 'block' } : plan;
}
