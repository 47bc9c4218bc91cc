import type { MetricName } from '../../model';
import { JUDGED, type Steps } from './panels/look';

/** How a metric is shown wherever it stands. */
export interface Shown {
  readonly name: string;
  readonly unit: 'short' | 'percentunit' | 's' | 'bytes' | 'none';
  readonly steps?: Steps;
  /** Colour of its series where several metrics are drawn. */
  readonly color?: string;
}

/** The metrics that dashboards show. */
export const FIGURES = {
  attempts: { name: 'Attempts', unit: 'short', color: 'blue' },
  sent: { name: 'Finished', unit: 'short' },
  delivered: { name: 'Delivered', unit: 'short', color: 'green' },
  bounced: { name: 'Bounced', unit: 'short', color: 'red' },
  hardBounced: { name: 'Hard', unit: 'short', color: 'dark-red' },
  softBounced: { name: 'Soft', unit: 'short', color: 'light-orange' },
  blocked: { name: 'Blocked', unit: 'short', color: 'purple' },
  deferrals: { name: 'Deferred', unit: 'short', color: 'orange' },
  deferredMessages: { name: 'Deferred messages', unit: 'short', color: 'orange' },
  complaints: { name: 'Complaints', unit: 'short', color: 'purple' },
  blocks: { name: 'Block log', unit: 'short', color: 'dark-purple' },
  remoteBounces: { name: 'Late bounces', unit: 'short', color: 'light-red' },
  received: { name: 'Received', unit: 'short', color: 'blue' },
  unresolved: { name: 'Unresolved', unit: 'short', color: 'yellow' },
  backlog: { name: 'Waiting', unit: 'short', color: 'yellow' },
  oldestQueuedAge: { name: 'Oldest waits', unit: 's', steps: JUDGED.queueAge },
  successRate: { name: 'Delivered', unit: 'percentunit' },
  attemptSuccessRate: { name: 'Success', unit: 'percentunit', steps: JUDGED.attemptSuccessRate },
  bounceRate: { name: 'Bounce rate', unit: 'percentunit', steps: JUDGED.bounceRate },
  hardBounceRate: { name: 'Hard bounces', unit: 'percentunit', steps: JUDGED.hardBounceRate },
  deferralRate: { name: 'Deferral rate', unit: 'percentunit', steps: JUDGED.deferralRate },
  blockRate: { name: 'Block rate', unit: 'percentunit', steps: JUDGED.blockRate },
  complaintRate: { name: 'Complaint rate', unit: 'percentunit', steps: JUDGED.complaintRate },
  latencyAvg: { name: 'Average', unit: 's', steps: JUDGED.latency },
  latencyP50: { name: 'p50', unit: 's', steps: JUDGED.latency },
  latencyP95: { name: 'p95', unit: 's', steps: JUDGED.latency },
  latencyP99: { name: 'p99', unit: 's', steps: JUDGED.latency },
  latencyMax: { name: 'Longest', unit: 's', steps: JUDGED.latency },
  bytes: { name: 'Bytes', unit: 'bytes' },
  avgSize: { name: 'Average size', unit: 'bytes' },
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
