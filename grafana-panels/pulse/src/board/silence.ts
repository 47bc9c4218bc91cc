import type { Point } from './types';

/** Least mail that must have been expected in the time without any, for silence to mean something. */
const EXPECTED = 14;

/** Share of what they were expected to send that the others must have sent: else nothing goes on, and none is dark. */
const OTHERS = 0.5;

/** The minutes over which throughput is averaged. */
const NOW = 5 * 60_000;

/** When a board's series are. Times in epoch ms. */
export interface Clock {
  /** From one point to the next. */
  readonly step: number;
  /** Start of the last step in which anything had mail: later ones are not in the logs yet. */
  readonly newest: number;
}

/** The clock of several series; undefined where none has mail. It follows the data, as logs come late. */
export function clockOf(histories: ReadonlyArray<readonly Point[]>): Clock | undefined {
  let [step, newest] = [Infinity, -Infinity];
  for (const history of histories) {
    for (let i = 0; i < history.length; i++) {
      const { time, value } = history[i] as Point;
      const gap = time - (history[i - 1]?.time ?? NaN);
      step = gap > 0 && gap < step ? gap : step;
      newest = value > 0 && time > newest ? time : newest;
    }
  }
  return Number.isFinite(newest) ? { step: Number.isFinite(step) ? step : 60_000, newest } : undefined;
}

/**
 * Which of the series fell silent although the others go on: none had mail for `after` ms up to the newest of all, though enough
 * was to be expected of what they had before.
 */
export function silent(histories: ReadonlyArray<readonly Point[]>, clock: Clock, after: number): boolean[] {
  const from = Math.min(clock.newest, clock.newest + clock.step - after);
  const steps = Math.round((clock.newest - from) / clock.step) + 1;
  const each = histories.map((history) => {
    const mail = history.filter(({ time, value }) => time < from && value > 0);
    const [first, last] = [mail[0]?.time ?? 0, mail[mail.length - 1]?.time ?? 0];
    // From its first to its last mail: before it was not there yet, and since it may have been silent for long.
    const mean = sumOf(mail) / ((last - first) / clock.step + 1);
    return { seen: sumOf(history.filter(({ time }) => time >= from)), expected: mean * steps };
  });
  const seen = each.reduce((sum, one) => sum + one.seen, 0);
  const expected = each.reduce((sum, one) => sum + one.expected, 0);
  return each.map((one) => {
    const others = (seen - one.seen) / (expected - one.expected);
    return one.seen === 0 && others >= OTHERS && one.expected * Math.min(1, others) >= EXPECTED;
  });
}

/**
 * Volume a minute over the last minutes that are whole. The newest step is not: mail of it is still to come, unless it is all
 * there is.
 */
export function throughputOf(history: readonly Point[], { step, newest }: Clock): number | null {
  if (history.length === 0) {
    return null;
  }
  const from = Math.min(newest - step, newest - NOW);
  const whole = history.filter(({ time }) => time >= from && time < newest);
  const last = whole.length > 0 ? whole : history.filter(({ time }) => time === newest);
  const steps = whole.length > 0 ? Math.round((newest - Math.max(from, whole[0]?.time ?? from)) / step) : 1;
  return (sumOf(last) / steps / step) * 60_000;
}

/** End of the last step with mail; null where there is none. */
export function lastMail(history: readonly Point[], { step }: Clock): number | null {
  const mail = history.filter(({ value }) => value > 0);
  const last = mail[mail.length - 1];
  return last ? last.time + step : null;
}

function sumOf(points: readonly Point[]): number {
  return points.reduce((sum, { value }) => sum + value, 0);
}
