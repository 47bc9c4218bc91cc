import type { DimensionName, MetricName } from '../../model';
import { JUDGED, type Steps } from './panels/look';

/** How a metric is shown wherever it stands. */
export interface Shown {
  readonly name: string;
  readonly unit: 'short' | 'percentunit' | 's' | 'bytes' | 'none';
  readonly steps?: Steps;
  /** Colour of its series where several metrics are drawn. */
  readonly color?: string;
  /** The condition that the events fulfil that it counts, or is about; all events where there is none. */
  readonly events?: Readonly<Partial<Record<DimensionName, string>>>;
}

const DELIVERIES = { outcome: 'delivered' };
const BOUNCES = { eventType: 'bounce' };
const HARD = { outcome: 'hard' };
const DEFERRALS = { outcome: 'deferred' };
const BLOCKED = { bounceClass: 'block' };
const COMPLAINTS = { eventType: 'fbl' };

/** The metrics that dashboards show. */
export const FIGURES = {
  attempts: { name: 'Attempts', unit: 'short', color: 'blue' },
  sent: { name: 'Finished', unit: 'short' },
  delivered: { name: 'Delivered', unit: 'short', color: 'green', events: DELIVERIES },
  bounced: { name: 'Bounced', unit: 'short', color: 'red', events: BOUNCES },
  hardBounced: { name: 'Hard', unit: 'short', color: 'dark-red', events: HARD },
  softBounced: { name: 'Soft', unit: 'short', color: 'light-orange', events: { outcome: 'soft' } },
  blocked: { name: 'Blocked', unit: 'short', color: 'purple', events: BLOCKED },
  deferrals: { name: 'Deferred', unit: 'short', color: 'orange', events: DEFERRALS },
  deferredMessages: { name: 'Deferred messages', unit: 'short', color: 'orange', events: DEFERRALS },
  complaints: { name: 'Complaints', unit: 'short', color: 'purple', events: COMPLAINTS },
  blocks: { name: 'Block log', unit: 'short', color: 'dark-purple', events: { eventType: 'rb' } },
  remoteBounces: { name: 'Late bounces', unit: 'short', color: 'light-red' },
  received: { name: 'Received', unit: 'short', color: 'blue', events: { eventType: 'received' } },
  unresolved: { name: 'Unresolved', unit: 'short', color: 'yellow' },
  backlog: { name: 'Waiting', unit: 'short', color: 'yellow' },
  oldestQueuedAge: { name: 'Oldest waits', unit: 's', steps: JUDGED.queueAge },
  successRate: { name: 'Delivered', unit: 'percentunit', events: DELIVERIES },
  attemptSuccessRate: { name: 'Success', unit: 'percentunit', steps: JUDGED.attemptSuccessRate },
  bounceRate: { name: 'Bounce rate', unit: 'percentunit', steps: JUDGED.bounceRate, events: BOUNCES },
  hardBounceRate: { name: 'Hard bounces', unit: 'percentunit', steps: JUDGED.hardBounceRate, events: HARD },
  deferralRate: { name: 'Deferral rate', unit: 'percentunit', steps: JUDGED.deferralRate, events: DEFERRALS },
  blockRate: { name: 'Block rate', unit: 'percentunit', steps: JUDGED.blockRate, events: BLOCKED },
  complaintRate: {
    name: 'Complaint rate',
    unit: 'percentunit',
    steps: JUDGED.complaintRate,
    events: COMPLAINTS,
  },
  latencyAvg: { name: 'Average', unit: 's', steps: JUDGED.latency, events: DELIVERIES },
  latencyP50: { name: 'p50', unit: 's', steps: JUDGED.latency, events: DELIVERIES },
  latencyP95: { name: 'p95', unit: 's', steps: JUDGED.latency, events: DELIVERIES },
  latencyP99: { name: 'p99', unit: 's', steps: JUDGED.latency, events: DELIVERIES },
  latencyMax: { name: 'Longest', unit: 's', steps: JUDGED.latency, events: DELIVERIES },
  bytes: { name: 'Bytes', unit: 'bytes', events: DELIVERIES },
  avgSize: { name: 'Average size', unit: 'bytes', events: DELIVERIES },
} as const satisfies Partial<Record<MetricName, Shown>>;

/** Name of a metric that dashboards show. */
export type Figure = keyof typeof FIGURES;

/** Whether a metric is a part of something: little of that says little. */
export function isRate(figure: Figure): boolean {
  return FIGURES[figure].unit === 'percentunit';
}

/** How a metric is shown. */
export function shown(figure: Figure): Shown {
  return FIGURES[figure];
}
