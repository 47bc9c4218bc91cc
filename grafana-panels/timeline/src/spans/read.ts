import { numberAt, textAt } from '../../../shared/fields/find';
import type { ReadSpans, Span, SpanFields } from './types';

/** States of what is over; whatever stands in any other goes on. */
const OVER = ['closed', 'retracted', 'resolved'];

/** Joins the parts of what a row is about. */
export const JOINT = ' · ';

/**
 * Reads spans from the rows of a frame; `now` is the present in epoch milliseconds, up to which those that go on last. One bad row
 * costs no other.
 */
export function readSpans(fields: SpanFields, now: number): ReadSpans {
  const spans: Span[] = [];
  let skipped = 0;
  for (let row = 0; row < fields.frame.length; row++) {
    const span = spanAt(fields, row, now);
    if (span) {
      spans.push(span);
    } else {
      skipped++;
    }
  }
  return { spans, skipped };
}

function spanAt(fields: SpanFields, row: number, now: number): Span | undefined {
  const start = numberAt(fields.start, row);
  if (start === null) {
    return undefined;
  }
  const end = numberAt(fields.end, row);
  const open = isOpen(fields, row, end);
  // The last step that was seen of what goes on may lie after the clock of this machine.
  const until = open ? Math.max(now, start, end ?? start) : (end ?? start);
  return until < start ? undefined : { row, lane: laneAt(fields, row), start, end: until, open };
}

function isOpen({ end: field, state }: SpanFields, row: number, end: number | null): boolean {
  const word = textAt(state, row);
  return word === '' ? field !== undefined && end === null : !OVER.includes(word);
}

/** Name of the lane of a row: the value of the chosen field, else what the row is about. Empty where nothing is said. */
export function laneAt({ lane, about }: Pick<SpanFields, 'lane' | 'about'>, row: number): string {
  if (lane) {
    return textAt(lane, row);
  }
  return about
    .map((field) => textAt(field, row))
    .filter((text) => text !== '')
    .join(JOINT);
}
