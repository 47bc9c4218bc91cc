import { extentOf, isInSight } from '../layout/find';
import type { PlacedSpan } from '../layout/lanes';
import type { Span } from '../spans/types';
import { cut, paintGround, rowsIn, type Look, type Pen, type Sight } from './pen';

/** How bars look. */
export interface Bars {
  /** The present, epoch milliseconds. */
  readonly now: number;
  readonly colorOf: (placed: PlacedSpan) => string;
  /** Text in a bar; empty for none. */
  readonly labelOf: (placed: PlacedSpan) => string;
}

const PADDING = 2;

/** Less room than this says nothing, in pixels. */
const TEXT_FROM = 24;

/** Draws what lasted as bars. */
export function paintSpans(pen: Pen, sight: Sight<Span>, look: Look, bars: Bars): void {
  const { lanes, scale, height } = sight;
  paintGround(pen, sight, look);
  const seen = lanes.lines.slice(...rowsIn(sight)).flatMap((line) => line.filter(({ span }) => isInSight(span, scale)));
  paintBars(pen, seen, sight, bars);
  paintLabels(pen, seen, sight, look, bars);
  if (bars.now > scale.from && bars.now < scale.to) {
    pen.fillStyle = look.now;
    pen.fillRect(Math.round(scale.x(bars.now)), 0, 1, height);
  }
}

/** Bars of a colour are one shape: thousands of them are drawn in a few steps. */
function paintBars(
  pen: Pen,
  seen: readonly PlacedSpan[],
  { scale, rowHeight, scrolled }: Sight,
  { colorOf }: Bars
): void {
  const byColor = new Map<string, PlacedSpan[]>();
  for (const placed of seen) {
    const color = colorOf(placed);
    const known = byColor.get(color);
    if (known) {
      known.push(placed);
    } else {
      byColor.set(color, [placed]);
    }
  }
  for (const [color, each] of byColor) {
    pen.fillStyle = color;
    pen.beginPath();
    for (const { span, line } of each) {
      const { left, right } = extentOf(span, scale);
      const [top, bottom] = [line * rowHeight - scrolled + PADDING, (line + 1) * rowHeight - scrolled - PADDING];
      pen.rect(left, top, right - left, bottom - top);
      if (span.open && right < scale.width) {
        // What goes on points onwards.
        pen.moveTo(right, top);
        pen.lineTo(right + (bottom - top) / 2, (top + bottom) / 2);
        pen.lineTo(right, bottom);
      }
    }
    pen.fill();
  }
}

function paintLabels(pen: Pen, seen: readonly PlacedSpan[], sight: Sight, look: Look, bars: Bars): void {
  const { scale, rowHeight, scrolled } = sight;
  const { labelOf, colorOf } = bars;
  pen.font = look.font;
  pen.textBaseline = 'middle';
  const widths = new Map<string, number>();
  for (const placed of seen) {
    const { left, right } = extentOf(placed.span, scale);
    const room = right - Math.max(left, 0) - 8;
    const text = room < TEXT_FROM ? '' : labelOf(placed);
    if (text !== '') {
      const width = widths.get(text) ?? pen.measureText(text).width;
      widths.set(text, width);
      pen.fillStyle = look.textOn(colorOf(placed));
      pen.fillText(cut(text, width, room), Math.max(left, 0) + 4, (placed.line + 0.5) * rowHeight - scrolled);
    }
  }
}
