import type { Grain } from './sources';

/**
 * Counters are what sources add up per cell; metrics are expressions over them. A counter belongs to one family, and
 * a family is read from one source per question: `counts` from the rollups or events; `reporting` likewise, at the
 * providers that send complaints; `latency` and `size` from counted buckets; of what waits, `backlog` (messages whose final event is
 * known) or `waiting` (the same from events) and `open` (those without one) are put together; `unresolved` and `open` come
 * from the open events; the others from events alone.
 */
export type Family =
  | 'counts'
  | 'reporting'
  | 'latency'
  | 'latencyMax'
  | 'size'
  | 'deferredMessages'
  | 'unresolved'
  | 'backlog'
  | 'open'
  | 'waiting';

/** Additive counters that every counting rollup holds as a column, with their SQL over events. */
export const ROLLED = {
  delivered: "sum(sign * (record = 'd'))",
  bounced: "sum(sign * (record = 'b'))",
  hardBounced: "sum(sign * (record = 'b' AND bounceClass = 'hard'))",
  blocked: "sum(sign * (record = 'b' AND bounceClass = 'block'))",
  expired: "sum(sign * (record = 'b' AND bounceCategory = 'message-expired'))",
  deferrals: "sum(sign * (record = 't'))",
  blockDeferrals: "sum(sign * (record = 't' AND bounceClass = 'block'))",
  queueDeferrals: "sum(sign * (record = 'tq'))",
  complaints: "sum(sign * (record = 'f'))",
  blocks: "sum(sign * (record = 'block'))",
  remoteBounces: "sum(sign * (record = 'remote'))",
  received: "sum(sign * (record = 'r'))",
  statuses: "sum(sign * (record = 'rs'))",
  bytes: "sum(sign * if(record = 'd', toInt64(size), 0))",
  sized: "sum(sign * (record = 'd' AND size > 0))",
  latencySum: "sum(sign * if(record = 'd' AND latency >= 0, toInt64(latency), 0))",
  latencyCount: "sum(sign * (record = 'd' AND latency >= 0))",
  latencyExcluded: "sum(sign * (record = 'd' AND latency < 0))",
} as const;

type RolledCounter = keyof typeof ROLLED;

/** One counter per record type: together they are all events of a cell. */
const PER_RECORD: readonly RolledCounter[] = [
  'delivered',
  'bounced',
  'deferrals',
  'queueDeferrals',
  'complaints',
  'blocks',
  'remoteBounces',
  'received',
  'statuses',
];

/** What only came in or was only reported: of a VMTA that mail was handed to by the name of its pool there is nothing else. */
const NOT_TRIED: readonly RolledCounter[] = ['received', 'statuses'];

/** A counter as the sources see it: SQL of a row of a counting rollup and over events, where the family has these. */
export interface CounterDefinition {
  readonly family: Family;
  readonly rollup?: string;
  readonly raw?: string;
}

function rolled(name: RolledCounter, family: Family = 'counts'): CounterDefinition {
  return { family, rollup: name, raw: ROLLED[name] };
}

const rolledCounters = Object.fromEntries(
  (Object.keys(ROLLED) as RolledCounter[]).map((name) => [name, rolled(name)]),
) as Record<RolledCounter, CounterDefinition>;

/** Every counter by name. `events` counts all events of a cell and decides whether the cell exists, `tried` whether a group does. */
export const counters = {
  ...rolledCounters,
  events: { family: 'counts', rollup: PER_RECORD.join(' + '), raw: 'sum(sign)' },
  tried: {
    family: 'counts',
    rollup: PER_RECORD.filter((name) => !NOT_TRIED.includes(name)).join(' + '),
    raw: "sum(sign * (record NOT IN ('r', 'rs')))",
  },
  reportedDelivered: rolled('delivered', 'reporting'),
  reportedComplaints: rolled('complaints', 'reporting'),
  latencyP50: { family: 'latency' },
  latencyP95: { family: 'latency' },
  latencyP99: { family: 'latency' },
  latencyMax: { family: 'latencyMax' },
  deferredMessages: { family: 'deferredMessages' },
  unresolved: { family: 'unresolved' },
  backlog: { family: 'waiting' },
  oldestQueuedAge: { family: 'waiting' },
} as const satisfies Record<string, CounterDefinition>;

/** Name of a counter. */
export type Counter = keyof typeof counters;

/** The definition of a counter. */
export function counterOf(name: Counter): CounterDefinition {
  return counters[name];
}

/** SQL of a counter over a counting rollup, of each row with a weight where one is given; 0 where it is not counted there. */
export function rollupSql(name: Counter, weight?: string): string {
  const { rollup } = counterOf(name);
  if (rollup === undefined) return '0';
  return weight === undefined ? `sum(${rollup})` : `sum(${weight} * (${rollup}))`;
}

/** SQL of a counter over a table of a grain: events, or a counting rollup. */
export function counterSql(name: Counter, grain: Grain): string {
  return grain === 'raw' ? (counterOf(name).raw ?? '0') : rollupSql(name);
}

/** Whether cells of this counter are one value each (NULL where there is none) instead of a sum. */
export function isSingleValue(name: Counter): boolean {
  const { family } = counterOf(name);
  return family === 'latency' || family === 'latencyMax' || name === 'oldestQueuedAge';
}

/** Additive counters of which at least one is not 0 wherever this counter has something to say. */
export function presenceOf(name: Counter): readonly Counter[] {
  const { family } = counterOf(name);
  switch (family) {
    case 'counts':
      return name === 'events' || name === 'tried' ? [] : [name];
    case 'reporting':
      return ['delivered', 'complaints'];
    case 'latency':
    case 'latencyMax':
      return ['latencyCount'];
    case 'size':
      return ['sized'];
    case 'deferredMessages':
      return ['deferrals'];
    case 'unresolved':
      return ['deferrals', 'received'];
    case 'backlog':
    case 'open':
    case 'waiting':
      return ['backlog'];
  }
}
