import type { Lanes } from '../layout/lanes';
import type { Scale } from '../layout/scale';
import type { Span } from '../spans/types';

/** What of a canvas is used, so that drawings can be tested without one. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'arc'
  | 'beginPath'
  | 'clearRect'
  | 'fill'
  | 'fillRect'
  | 'fillStyle'
  | 'fillText'
  | 'font'
  | 'globalAlpha'
  | 'lineTo'
  | 'lineWidth'
  | 'measureText'
  | 'moveTo'
  | 'rect'
  | 'setTransform'
  | 'stroke'
  | 'strokeStyle'
  | 'textBaseline'
>;

/** Colours and font of a drawing. */
export interface Look {
  readonly background: string;
  readonly grid: string;
  readonly now: string;
  readonly text: string;
  readonly font: string;
  /** Colour of text on a bar of a colour. */
  readonly textOn: (color: string) => string;
}

/** What part of the lanes is in sight, and where. */
export interface Sight<S extends Span = Span> {
  readonly lanes: Lanes<S>;
  readonly scale: Scale;
  /** Where marked times are, in pixels from the left. */
  readonly ticks: ReadonlyArray<{ readonly x: number }>;
  readonly rowHeight: number;
  /** Pixels that were scrolled away above, and how many are in sight. */
  readonly scrolled: number;
  readonly height: number;
}

/** Draws what is in sight. */
export type Paint<S extends Span> = (pen: Pen, sight: Sight<S>, look: Look) => void;

/** First and last row in sight, the last one left out. */
export function rowsIn({ lanes, rowHeight, scrolled, height }: Sight): [number, number] {
  const last = Math.min(lanes.lines.length, Math.ceil((scrolled + height) / rowHeight));
  return [Math.max(0, Math.floor(scrolled / rowHeight)), last];
}

/** Empties the drawing, and draws what lies below all else: lines of marked times, and between lanes. */
export function paintGround(pen: Pen, sight: Sight, { grid }: Look): void {
  const { lanes, scale, ticks, rowHeight, scrolled, height } = sight;
  pen.clearRect(0, 0, scale.width, height);
  pen.fillStyle = grid;
  for (const { x } of ticks) {
    pen.fillRect(Math.round(x), 0, 1, height);
  }
  for (const { line } of lanes.lanes) {
    pen.fillRect(0, line * rowHeight - scrolled, scale.width, 1);
  }
}

/** Room for an ellipsis, in pixels, and for letters that are wider than others. */
const ELLIPSIS = 14;

/** As much of a text of a known width as has room. */
export function cut(text: string, width: number, room: number): string {
  if (width <= room) {
    return text;
  }
  const letters = [...text];
  const most = Math.floor((letters.length * (room - ELLIPSIS)) / width);
  return `${letters.slice(0, Math.max(0, most)).join('')}…`;
}
