import {
  FieldColorModeId,
  ThresholdsMode,
  type Threshold,
  type ThresholdsConfig,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** Colours of a figure: that of the lowest values, then each from its value on. */
export type Steps = readonly [string, ...(readonly [from: number, color: string])[]];

/** A figure that is better the lower it is. */
export function lowIsGood(warning: number, critical: number): Steps {
  return ['green', [warning, 'orange'], [critical, 'red']];
}

/** A score that is bad where it is high: three steps up from green. */
export function highIsBad(medium: number, high: number, critical: number): Steps {
  return ['green', [medium, 'yellow'], [high, 'orange'], [critical, 'red']];
}

/** A figure that is better the higher it is. */
export function highIsGood(critical: number, warning: number): Steps {
  return ['red', [critical, 'orange'], [warning, 'green']];
}

/** The thresholds that figures are judged by, wherever they stand: rates 0 to 1, times in seconds. */
export const JUDGED = {
  attemptSuccessRate: highIsGood(0.75, 0.9),
  bounceRate: lowIsGood(0.03, 0.08),
  hardBounceRate: lowIsGood(0.02, 0.05),
  deferralRate: lowIsGood(0.1, 0.25),
  blockRate: lowIsGood(0.05, 0.1),
  complaintRate: lowIsGood(0.001, 0.003),
  latency: ['green', [3, 'yellow'], [10, 'red']],
  eventAge: lowIsGood(900, 3600),
  queueAge: lowIsGood(3600, 14_400),
} as const satisfies Record<string, Steps>;

/** Steps as Grafana has them. */
export function thresholds([lowest, ...steps]: Steps): ThresholdsConfig {
  const higher = steps.map(([value, color]): Threshold => ({ value, color }));
  return { mode: ThresholdsMode.Absolute, steps: [{ value: null, color: lowest }, ...higher] };
}

/** A figure in the colour of its step, or in that of text where it is not judged. */
export function judged(steps: Steps | undefined) {
  return steps
    ? { thresholds: thresholds(steps), color: { mode: FieldColorModeId.Thresholds } }
    : { color: { mode: FieldColorModeId.Fixed, fixedColor: 'text' } };
}
