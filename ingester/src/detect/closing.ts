import type { Watermark } from './reads';
import { STEP, type DetectionRules } from './rules';

/**
 * Windows that end up to this time (epoch s) are closed: every node and record type that was active lately has passed
 * them, or the clock has by some minutes. Later windows are provisional.
 */
export function closedUntil(marks: readonly Watermark[], { incidents }: DetectionRules, now: number): number {
  const newest = Math.max(0, ...marks.map(({ at }) => at));
  const active = marks.filter(({ at }) => at >= newest - incidents.activeMinutes * 60);
  const passed = active.length > 0 ? Math.min(...active.map(({ at }) => at)) : 0;
  const late = now - incidents.closeMinutes * 60;
  return Math.max(passed, late - (late % STEP));
}
