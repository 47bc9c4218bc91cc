import { linearScale, type Scale } from './scale';

/** A scale with the times at which it changes. */
export interface SteppedScale extends Scale {
  /** Times at which something happens, and where they are. */
  readonly knots: ReadonlyArray<{ readonly time: number; readonly x: number }>;
  /** Whether long gaps are shorter than they would be if a second were as wide everywhere. */
  readonly isShortened: boolean;
}

/** Gaps that differ by no more than this are shown as long as they are. */
const EVEN = 20;

/**
 * A scale on which the gaps between given times are as wide as their order of magnitude: a second can be seen beside a month. Where
 * they differ little, a second is as wide everywhere. `margin` pixels are left on both sides for what stands at the ends.
 */
export function steppedScale(
  times: readonly number[],
  from: number,
  to: number,
  width: number,
  margin: number
): SteppedScale {
  const inner = Math.max(1, width - 2 * margin);
  const within = times.filter((time) => time > from && time < to);
  const points = [...new Set([from, ...within.sort((a, b) => a - b), Math.max(to, from + 1000)])];
  const gaps = points.slice(1).map((time, i) => time - (points[i] ?? time));
  const isShortened = Math.max(...gaps) > EVEN * Math.min(...gaps);
  const weights = isShortened ? gaps.map((gap) => 1 + Math.log(1 + gap / 1000)) : gaps;
  const ratio = inner / weights.reduce((sum, weight) => sum + weight, 0);
  const places = weights.reduce<number[]>((xs, weight) => [...xs, (xs.at(-1) ?? 0) + weight * ratio], [margin]);
  const knots = points.map((time, i) => ({ time, x: places[i] ?? margin }));
  return { ...between(knots, width), knots, isShortened };
}

/** Straight from knot to knot, and beyond the ends as between the two that are nearest. */
function between(knots: SteppedScale['knots'], width: number): Scale {
  const [first, last] = [knots[0], knots.at(-1)];
  if (!first || !last) {
    return linearScale(0, 0, width);
  }
  const line = (name: 'time' | 'x', other: 'time' | 'x') => (value: number) => {
    const next = knots.findIndex((knot, i) => i > 0 && knot[name] >= value);
    const i = next === -1 ? knots.length - 1 : next;
    const [a, b] = [knots[i - 1] ?? first, knots[i] ?? last];
    return a[other] + ((value - a[name]) / (b[name] - a[name] || 1)) * (b[other] - a[other]);
  };
  return { from: first.time, to: last.time, width, x: line('time', 'x'), time: line('x', 'time') };
}
