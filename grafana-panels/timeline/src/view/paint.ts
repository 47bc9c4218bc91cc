import type { Lanes, PlacedSpan } from '../layout/lanes';
import { extentOf, isInSight } from '../layout/find';
import type { Scale, Tick } from '../layout/scale';

/** What of a canvas is used, so that drawings can be tested without one. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'beginPath'
  | 'clearRect'
  | 'fill'
  | 'fillRect'
  | 'fillStyle'
  | 'fillText'
  | 'font'
  | 'globalAlpha'
  | 'lineTo'
  | 'measureText'
  | 'moveTo'
  | 'rect'
  | 'setTransform'
  | 'textBaseline'
>;

/** Colours and font of a drawing. */
export interface Look {
  readonly grid: string;
  readonly lane: string;
  readonly now: string;
  readonly font: string;
  /** Colour of text on a bar of a colour. */
  readonly textOn: (color: string) => string;
}

/** What is drawn. */
export interface Drawing {
  readonly lanes: Lanes;
  readonly scale: Scale;
  readonly ticks: readonly Tick[];
  readonly rowHeight: number;
  /** Pixels that were scrolled away above. */
  readonly scrolled: number;
  readonly height: number;
  readonly now: number;
  readonly colorOf: (placed: PlacedSpan) => string;
  /** Text in a bar; empty for none. */
  readonly labelOf: (placed: PlacedSpan) => string;
}

const PADDING = 2;
const TEXT_FROM = 24;

/** Draws what is in sight. `ratio` is how many pixels of the canvas make one of the page. */
export function paint(pen: Pen, drawing: Drawing, look: Look, ratio: number): void {
  const { lanes, scale, rowHeight, scrolled, height } = drawing;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, scale.width, height);
  pen.fillStyle = look.grid;
  for (const { x } of drawing.ticks) {
    pen.fillRect(Math.round(x), 0, 1, height);
  }
  pen.fillStyle = look.lane;
  for (const { line } of lanes.lanes) {
    pen.fillRect(0, line * rowHeight - scrolled, scale.width, 1);
  }
  const first = Math.max(0, Math.floor(scrolled / rowHeight));
  const last = Math.min(lanes.lines.length, Math.ceil((scrolled + height) / rowHeight));
  const seen = lanes.lines.slice(first, last).flatMap((line) => line.filter(({ span }) => isInSight(span, scale)));
  paintBars(pen, seen, drawing);
  paintLabels(pen, seen, drawing, look);
  if (drawing.now > scale.from && drawing.now < scale.to) {
    pen.fillStyle = look.now;
    pen.fillRect(Math.round(scale.x(drawing.now)), 0, 1, height);
  }
}

/** Bars of a colour are one shape: thousands of them are drawn in a few steps. */
function paintBars(pen: Pen, seen: readonly PlacedSpan[], { scale, rowHeight, scrolled, colorOf }: Drawing): void {
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

function paintLabels(pen: Pen, seen: readonly PlacedSpan[], drawing: Drawing, look: Look): void {
  const { scale, rowHeight, scrolled, labelOf, colorOf } = drawing;
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

/** As much of a text of a known width as has room. */
function cut(text: string, width: number, room: number): string {
  if (width <= room) {
    return text;
  }
  const letters = [...text];
  return `${letters.slice(0, Math.max(0, Math.floor((letters.length * room) / width) - 1)).join('')}…`;
}
