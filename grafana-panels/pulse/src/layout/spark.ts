import { firstFrom } from '../board/silence';
import type { History } from '../board/types';

/** Width and height of a sparkline's own units, whole numbers of which are finer than any pixel of a cell. */
export const SPARK = { width: 1000, height: 100 } as const;

const HOUR = 3_600_000;

/** Least points that make an hour worth drawing by itself. */
const POINTS = 12;

/** The volumes of the last hour up to `newest` (epoch ms), or all where an hour has too few of them. */
export function lastHour({ at, values }: History, newest: number): readonly number[] {
  const last = values.slice(firstFrom(at, newest - HOUR + 1), firstFrom(at, newest + 1));
  return last.length >= POINTS ? last : values;
}

/** A line of a cell's own scale, from 0, closed to an area below it; empty where there is nothing to draw. */
export function sparkOf(values: readonly number[]): string {
  const most = values.reduce((max, value) => Math.max(max, value), 0);
  if (values.length < 2 || most <= 0) {
    return '';
  }
  const [across, up] = [SPARK.width / (values.length - 1), (SPARK.height - ROOM) / most];
  let path = `M0 ${SPARK.height}`;
  values.forEach((value, i) => {
    path += `L${Math.round(i * across)} ${Math.round(SPARK.height - Math.max(0, value) * up)}`;
  });
  return `${path}V${SPARK.height}Z`;
}

/** Left free above the highest point. */
const ROOM = 5;
