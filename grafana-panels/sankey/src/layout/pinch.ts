import type { PinchKind } from '../options';

/** A pipe is never drawn narrower than this share: it is there, however little comes through. */
const LEAST = 0.08;

/** Below this share a pipe is pinched so much that it calls for attention. */
const ALARMING = 0.6;

/**
 * The share of a pipe's width that is drawn as got through, 0.08 to 1; 1 where nothing is known. `scale` is the value of a
 * worse-when-more field at which nothing is seen to come through; percentages are out of 100.
 */
export function throughOf(value: number | null, kind: PinchKind, scale: number, unit: string | undefined): number {
  if (value === null) {
    return 1;
  }
  const share = unit === 'percent' && kind !== 'more' ? value / 100 : value;
  const through = { through: share, lost: 1 - share, more: scale > 0 ? 1 - share / scale : 1 }[kind];
  return Math.min(1, Math.max(LEAST, through));
}

/** Whether a pipe is so narrow that it pulses. */
export function isAlarming(through: number): boolean {
  return through < ALARMING;
}
