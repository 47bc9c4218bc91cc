import type { PlacedSpan } from '../layout/lanes';
import { isInSight } from '../layout/find';
import type { Step } from '../message/types';
import { cut, paintGround, rowsIn, type Look, type Pen, type Sight } from './pen';

/** How steps look. */
export interface Steps {
  readonly colorOf: (step: Step) => string;
  /** Text beside a step; empty for none. */
  readonly labelOf: (step: Step) => string;
}

const RADIUS = 5;
const GAP = 6;
const LINE = 4;

/** Draws steps: a line as long as the message waited, a dot where it was over, and what happened beside it. */
export function paintSteps(pen: Pen, sight: Sight<Step>, look: Look, steps: Steps): void {
  paintGround(pen, sight, look);
  pen.font = look.font;
  pen.textBaseline = 'middle';
  const [first, last] = rowsIn(sight);
  for (const line of sight.lanes.lines.slice(first, last)) {
    const seen = line.filter(({ span }) => isInSight(span, sight.scale));
    seen.forEach((placed) => paintWait(pen, placed, sight, look, steps.colorOf(placed.span)));
    seen.forEach((placed) => paintDot(pen, placed, sight, look, steps.colorOf(placed.span)));
    paintTexts(pen, line, sight, look, steps);
  }
}

/** The line of a wait, and where it began: where the step above was over. */
function paintWait(pen: Pen, { span, line }: PlacedSpan<Step>, sight: Sight<Step>, look: Look, color: string): void {
  const { scale, rowHeight, scrolled } = sight;
  const [left, right, y] = [scale.x(span.start), scale.x(span.end), (line + 0.5) * rowHeight - scrolled];
  pen.fillStyle = color;
  pen.globalAlpha = 0.5;
  pen.fillRect(left, y - LINE / 2, Math.max(0, right - left), LINE);
  pen.globalAlpha = 1;
  if (span.since !== null && line > 0) {
    pen.fillStyle = look.grid;
    pen.fillRect(Math.round(left), y - rowHeight + RADIUS, 1, rowHeight - RADIUS);
  }
}

function paintDot(pen: Pen, { span, line }: PlacedSpan<Step>, sight: Sight<Step>, look: Look, color: string): void {
  const { scale, rowHeight, scrolled } = sight;
  pen.beginPath();
  pen.arc(scale.x(span.end), (line + 0.5) * rowHeight - scrolled, RADIUS, 0, 2 * Math.PI);
  pen.fillStyle = span.isDoubtful ? look.background : color;
  pen.fill();
  if (span.isDoubtful) {
    pen.strokeStyle = color;
    pen.lineWidth = 2;
    pen.stroke();
  }
}

/** Texts stand beside the dots, where there is most room, and never over the next step of the row. */
function paintTexts(
  pen: Pen,
  line: ReadonlyArray<PlacedSpan<Step>>,
  sight: Sight<Step>,
  look: Look,
  { labelOf }: Steps
): void {
  const { scale, rowHeight, scrolled } = sight;
  pen.fillStyle = look.text;
  for (const [i, { span, line: row }] of line.entries()) {
    const text = isInSight({ start: span.end, end: span.end }, scale) ? labelOf(span) : '';
    if (text !== '') {
      const x = scale.x(span.end);
      const next = line[i + 1];
      const before = i === 0 ? scale.x(span.start) - 2 * GAP : 0;
      const after = (next ? scale.x(next.span.start) : scale.width) - x - RADIUS - 2 * GAP;
      const room = Math.max(before, after);
      const written = cut(text, pen.measureText(text).width, room);
      const left = Math.max(GAP, scale.x(span.start) - GAP - pen.measureText(written).width);
      const place = after >= before ? x + RADIUS + GAP : left;
      if (room > 4 * GAP) {
        pen.fillText(written, place, (row + 0.5) * rowHeight - scrolled);
      }
    }
  }
}
