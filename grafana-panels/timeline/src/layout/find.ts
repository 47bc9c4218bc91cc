import type { Span } from '../spans/types';
import type { Lanes, PlacedSpan } from './lanes';
import type { Scale } from './scale';

/** A span is drawn at least so wide, in pixels. */
export const LEAST = 4;

/** Left and right end of a span in sight, in pixels. */
export function extentOf({ start, end }: { readonly start: number; readonly end: number }, { x, width }: Scale) {
  const left = Math.max(x(start), -1);
  const right = Math.min(Math.max(x(end), x(start) + LEAST), width + 1);
  return { left, right };
}

/** Whether any of a span is in sight. */
export function isInSight(
  { start, end }: { readonly start: number; readonly end: number },
  { from, to }: Scale
): boolean {
  return start <= to && end >= from;
}

/**
 * The span at a place of the drawing, in pixels from its left and top, no further than `reach` beside it; undefined where there is
 * none.
 */
export function spanAt<S extends Span>(
  { lines }: Lanes<S>,
  scale: Scale,
  rowHeight: number,
  reach: number,
  { x, y }: { readonly x: number; readonly y: number }
): PlacedSpan<S> | undefined {
  const line = lines[Math.floor(y / rowHeight)] ?? [];
  let nearest: PlacedSpan<S> | undefined;
  let least = reach;
  for (const placed of line) {
    if (isInSight(placed.span, scale)) {
      const { left, right } = extentOf(placed.span, scale);
      const away = Math.max(left - x, x - right, 0);
      // Of two that are as near, the later one is drawn above.
      if (away <= least) {
        [nearest, least] = [placed, away];
      }
    }
  }
  return nearest;
}

/** Keys that lead from one span to the next. */
export type Arrow = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End';

/** All of them. */
export const ARROWS: readonly string[] = [
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'Home',
  'End',
] satisfies Arrow[];

/**
 * The span in sight that a key leads to: left and right in time within a row, up and down to the nearest in time of the next row
 * that has one. The span itself where nothing lies there; the first in sight where none is given.
 */
export function neighbour<S extends Span>(
  { lines }: Lanes<S>,
  scale: Scale,
  from: PlacedSpan<S> | undefined,
  arrow: Arrow
): PlacedSpan<S> | undefined {
  const sight = (line: number) => (lines[line] ?? []).filter(({ span }) => isInSight(span, scale));
  if (!from) {
    return lines.map((_, line) => sight(line)[0]).find((first) => first !== undefined);
  }
  const own = sight(from.line);
  const place = own.findIndex(({ span }) => span.row === from.span.row);
  switch (arrow) {
    case 'Home':
      return own[0] ?? from;
    case 'End':
      return own.at(-1) ?? from;
    case 'ArrowLeft':
      return own[place - 1] ?? from;
    case 'ArrowRight':
      return own[place + 1] ?? from;
    default: {
      const step = arrow === 'ArrowDown' ? 1 : -1;
      for (let line = from.line + step; line >= 0 && line < lines.length; line += step) {
        const [nearest] = sight(line).sort((a, b) => away(a, from) - away(b, from));
        if (nearest) {
          return nearest;
        }
      }
      return from;
    }
  }
}

function away({ span: a }: PlacedSpan, { span: b }: PlacedSpan): number {
  return Math.max(a.start - b.end, b.start - a.end, 0) || Math.abs(a.start - b.start) / 1e12;
}
