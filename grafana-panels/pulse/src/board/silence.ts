import type { History } from './types';

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
export function clockOf(histories: readonly History[]): Clock | undefined {
  let [step, newest] = [Infinity, -Infinity];
  for (const { at, values } of histories) {
    at.forEach((time, i) => {
      const gap = time - (at[i - 1] ?? NaN);
      step = gap > 0 && gap < step ? gap : step;
      newest = (values[i] ?? 0) > 0 && time > newest ? time : newest;
    });
  }
  return Number.isFinite(newest) ? { step: Number.isFinite(step) ? step : 60_000, newest } : undefined;
}

/**
 * Which of the series fell silent although the others go on: none had mail for `after` ms up to the newest of all, though enough
 * was to be expected of what they had before.
 */
export function silent(histories: readonly History[], clock: Clock, after: number): boolean[] {
  const from = Math.min(clock.newest, clock.newest + clock.step - after);
  const steps = Math.round((clock.newest - from) / clock.step) + 1;
  const each = histories.map(({ at, values }) => {
    let [before, seen, first, last] = [0, 0, 0, 0];
    at.forEach((time, i) => {
      const value = values[i] ?? 0;
      if (time >= from) {
        seen += value;
      } else if (value > 0) {
        first = before === 0 ? time : first;
        last = time;
        before += value;
      }
    });
    // From its first to its last mail: before it was not there yet, and since it may have been silent for long.
    return { seen, expected: (before / ((last - first) / clock.step + 1)) * steps };
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
export function throughputOf({ at, values }: History, { step, newest }: Clock): number | null {
  if (at.length === 0) {
    return null;
  }
  const begin = Math.min(newest - step, newest - NOW);
  const [from, to] = [firstFrom(at, begin), firstFrom(at, newest)];
  const after = firstFrom(at, newest + 1);
  const last = to > from ? values.slice(from, to) : values.slice(to, after);
  const steps = to > from ? Math.round((newest - (at[from] ?? begin)) / step) : 1;
  return (last.reduce((sum, value) => sum + value, 0) / steps / step) * 60_000;
}

/** End of the last step with mail; null where there is none. */
export function lastMail({ at, values }: History, { step }: Clock): number | null {
  for (let i = at.length - 1; i >= 0; i--) {
    if ((values[i] ?? 0) > 0) {
      return (at[i] ?? 0) + step;
    }
  }
  return null;
}

/** The place of the first time that is not before this one. Most that are looked for are at the end. */
export function firstFrom(at: readonly number[], time: number): number {
  let i = at.length;
  while (i > 0 && (at[i - 1] ?? 0) >= time) {
    i--;
  }
  return i;
}
