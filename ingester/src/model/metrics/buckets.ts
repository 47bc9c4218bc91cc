import type { Notice } from '../frames';
import { chooseInterval, MAX_POINTS } from '../interval';
import type { Question } from './planner';

/** Most values a timeseries answer may hold: more series have fewer points. */
const MAX_CELLS = 500_000;

/** What of a query decides the step of its timeseries. */
export interface StepWish {
  readonly intervalMs?: number | undefined;
  readonly maxDataPoints?: number | undefined;
  readonly timezone?: string | undefined;
}

/** The question of a timeseries of so many series, in steps as wished or wider; a notice says so where they are wider. */
export function withBuckets(
  question: Question,
  wish: StepWish,
  series: number,
  timezone: string,
  notices: Notice[],
): Question {
  const points = Math.max(
    1,
    Math.min(MAX_POINTS, Math.floor(MAX_CELLS / (Math.max(1, series) * question.metrics.length))),
  );
  const { from, to } = question;
  const { intervalMs, maxDataPoints } = wish;
  const { seconds, raised } = chooseInterval({ from, to, points, intervalMs, maxDataPoints });
  if (raised)
    notices.push({
      severity: 'info',
      text: `Interval raised to ${seconds} s: a series has at most ${points} points here`,
    });
  return { ...question, bucketing: { seconds, timezone: wish.timezone ?? timezone } };
}
