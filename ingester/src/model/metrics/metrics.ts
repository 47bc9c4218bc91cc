import type { Counter } from './counters';

/** Grafana's name of a metric's unit: plain number, 0-1 rate, seconds, bytes. */
export type Unit = 'short' | 'percentunit' | 's' | 'bytes';

/** SQL of a counter inside a metric's expression. */
export type CounterSql = (counter: Counter) => string;

/** One metric: an expression over counters, evaluated once per cell after the sources were added up. */
export interface MetricDefinition {
  readonly unit: Unit;
  readonly description: string;
  readonly sql: (counter: CounterSql) => string;
  /** The metric a rate is to be drawn beside: its denominator, for judging the volume. */
  readonly denominator?: string;
  /** Of a rate: SQL of its denominator, and below which volume it says little. */
  readonly volume?: { readonly sql: (counter: CounterSql) => string; readonly minimum: number };
  /** Counts are 0 in a bucket without events, everything else is null there. */
  readonly count: boolean;
}

const sent = (c: CounterSql) => `(${c('delivered')} + ${c('bounced')})`;
const attempts = (c: CounterSql) =>
  `(${c('delivered')} + ${c('bounced')} - ${c('expired')} + ${c('deferrals')})`;

/** Volumes below which a rate is not to be judged by. */
const MINIMUM = { rate: 50, complaints: 1000 } as const;

function count(description: string, sql: MetricDefinition['sql'], unit: Unit = 'short'): MetricDefinition {
  return { unit, description, sql, count: true };
}

function counted(counter: Counter, description: string, unit: Unit = 'short'): MetricDefinition {
  return count(description, (c) => c(counter), unit);
}

/** A quotient, NULL only where the denominator is 0. */
function quotient(numerator: string, denominator: string): string {
  return `if(${denominator} = 0, NULL, ${numerator} / ${denominator})`;
}

function rate(
  description: string,
  numerator: MetricDefinition['sql'],
  denominator: MetricDefinition['sql'],
  denominatorName: string,
  minimum: number = MINIMUM.rate,
): MetricDefinition {
  const sql = (c: CounterSql) => quotient(numerator(c), denominator(c));
  const volume = { sql: denominator, minimum };
  return { unit: 'percentunit', description, sql, denominator: denominatorName, volume, count: false };
}

function seconds(counter: Counter, description: string): MetricDefinition {
  return { unit: 's', description, sql: (c) => c(counter), denominator: 'delivered', count: false };
}

/** Every metric that is answered, by its contract name. An entry here adds it to the schema and to every answer. */
export const metrics = {
  attempts: count('Delivery attempts: delivered, bounced and deferred; an expiry is no attempt', attempts),
  sent: count('Final outcomes: delivered + bounced', sent),
  delivered: counted('delivered', 'Delivered messages'),
  bounced: counted('bounced', 'Finally bounced messages, expired ones included'),
  hardBounced: counted('hardBounced', 'Bounces for an address or domain that does not exist or is inactive'),
  softBounced: count('Every other final bounce', (c) => `(${c('bounced')} - ${c('hardBounced')})`),
  blocked: counted('blocked', 'Final bounces for reputation or policy, a part of softBounced'),
  deferrals: counted('deferrals', 'Deferred attempts'),
  queueDeferrals: counted('queueDeferrals', 'Events of queues that were put off as a whole, no attempts'),
  deferredMessages: counted(
    'deferredMessages',
    'Distinct messages with a deferred attempt in the cell: cells do not add up',
  ),
  complaints: counted('complaints', 'Feedback-loop complaints, at the time of the complaint'),
  blocks: counted('blocks', 'Events of the block log'),
  remoteBounces: counted('remoteBounces', 'Asynchronous bounces after a delivery'),
  received: counted('received', 'Messages received by the MTA'),
  statuses: counted('statuses', 'Events that only report a status'),
  successRate: rate('Delivered / sent, by message', (c) => c('delivered'), sent, 'sent'),
  attemptSuccessRate: rate('Delivered / attempts', (c) => c('delivered'), attempts, 'attempts'),
  bounceRate: rate('Bounced / sent', (c) => c('bounced'), sent, 'sent'),
  hardBounceRate: rate('Hard bounced / sent', (c) => c('hardBounced'), sent, 'sent'),
  deferralRate: rate('Deferrals / attempts', (c) => c('deferrals'), attempts, 'attempts'),
  complaintRate: rate(
    'Complaints / delivered, both at the providers that send complaints; null (not reported) elsewhere',
    (c) => c('reportedComplaints'),
    (c) => c('reportedDelivered'),
    'delivered',
    MINIMUM.complaints,
  ),
  blockRate: rate(
    'Bounces and deferrals for reputation or policy / attempts',
    (c) => `(${c('blocked')} + ${c('blockDeferrals')})`,
    attempts,
    'attempts',
  ),
  bounceSeverity: {
    ...rate(
      '(1.0 blocked + 0.7 hard + 0.2 other soft) / sent, from 0 to 1',
      (c) =>
        `(${c('blocked')} + 0.7 * ${c('hardBounced')} + 0.2 * (${c('bounced')} - ${c('hardBounced')} - ${c('blocked')}))`,
      sent,
      'sent',
    ),
    unit: 'short',
  },
  unresolved: counted(
    'unresolved',
    'Messages received or deferred in the cell that have no final outcome yet: cells do not add up',
  ),
  backlog: counted('backlog', 'Messages queued and without a final outcome at the end of the cell'),
  oldestQueuedAge: {
    unit: 's',
    description: 'Age of the oldest message of the backlog',
    sql: (c) => c('oldestQueuedAge'),
    denominator: 'backlog',
    count: false,
  },
  latencyAvg: {
    unit: 's',
    description: 'Mean time from queueing to delivery',
    sql: (c) => quotient(c('latencySum'), c('latencyCount')),
    denominator: 'delivered',
    count: false,
  },
  latencyP50: seconds('latencyP50', 'Median time from queueing to delivery'),
  latencyP95: seconds('latencyP95', '95th percentile of the time from queueing to delivery'),
  latencyP99: seconds('latencyP99', '99th percentile of the time from queueing to delivery'),
  latencyMax: seconds('latencyMax', 'Longest time from queueing to delivery'),
  bytes: counted('bytes', 'Bytes of delivered messages', 'bytes'),
  avgSize: {
    unit: 'bytes',
    description: 'Mean size of the delivered messages whose size was logged',
    sql: (c) => quotient(c('bytes'), c('sized')),
    denominator: 'delivered',
    count: false,
  },
} as const satisfies Record<string, MetricDefinition>;

/** Name of a metric that is answered. */
export type MetricName = keyof typeof metrics;

/** The definition of a metric. */
export function metricOf(name: MetricName): MetricDefinition {
  return metrics[name];
}

/** The counters a metric's expression reads. */
export function countersOf(name: MetricName): Counter[] {
  const needed = new Set<Counter>();
  metricOf(name).sql((counter) => {
    needed.add(counter);
    return counter;
  });
  return [...needed];
}
