import type { Point } from '../board/types';

/** Width and height of a sparkline's own units. */
export const SPARK = { width: 100, height: 20 } as const;

const HOUR = 3_600_000;

/** Least points that make an hour worth drawing by itself. */
const POINTS = 12;

/** The points of the last hour, or all where an hour has too few of them. */
export function lastHour(history: readonly Point[], newest: number): readonly Point[] {
  const last = history.filter(({ time }) => time > newest - HOUR && time <= newest);
  return last.length >= POINTS ? last : history;
}

/** A line of a cell's own scale, from 0, closed to an area below it; empty where there is nothing to draw. */
export function sparkOf(points: readonly Point[]): string {
  const most = points.reduce((max, { value }) => Math.max(max, value), 0);
  if (points.length < 2 || most <= 0) {
    return '';
  }
  const x = (i: number) => round((i / (points.length - 1)) * SPARK.width);
  const y = (value: number) => round(SPARK.height - (Math.max(0, value) / most) * (SPARK.height - 1));
  const line = points.map(({ value }, i) => `${x(i)},${y(value)}`).join('L');
  return `M0,${SPARK.height}L${line}L${SPARK.width},${SPARK.height}Z`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
