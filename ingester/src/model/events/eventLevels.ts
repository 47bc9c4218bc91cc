import type { MetricName } from '../metrics/metrics';

/** Grafana's name of a log level. */
export type Level = 'error' | 'warning' | 'info';

/** The level of events by their type. */
export const LEVEL_OF_TYPE: Readonly<Record<string, Level>> = {
  acct: 'info',
  received: 'info',
  status: 'info',
  tran: 'warning',
  bounce: 'error',
  fbl: 'error',
  rb: 'error',
};

/** The metrics that together count the events of a level, one for each record type. */
export const METRICS_OF_LEVEL: Readonly<Record<Level, readonly MetricName[]>> = {
  error: ['bounced', 'remoteBounces', 'complaints', 'blocks'],
  warning: ['deferrals', 'queueDeferrals'],
  info: ['delivered', 'received', 'statuses'],
};
