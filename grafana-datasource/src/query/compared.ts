import { FieldType, type DataFrame } from '@grafana/data';
import type { WatchtowerQuery } from '../types';

/** How many times as much a value may be as the one before until a change in percent says nothing any more. */
const COMPARABLE = 10;

/**
 * Answers about the range before without what the range itself cannot be compared with: hardly anything, or nothing. A
 * panel that shows both as one field would tell a change of many thousand percent, or for a range without a value the one before.
 */
export function compared(frames: DataFrame[], asked: readonly WatchtowerQuery[]): DataFrame[] {
  return frames.map((frame) => {
    const before = asked.find(({ refId, previous }) => previous && refId === frame.refId);
    const now = before && asked.find((each) => !each.previous && questionOf(each) === questionOf(before));
    const ofBoth = [before, now].map((query) => frames.filter(({ refId }) => refId === query?.refId));
    // Of several groups or rows, which belongs to which is for whoever asks.
    const [[own], [other]] = ofBoth;
    if (!now || !ofBoth.every((all) => all.length === 1) || !isNumber(own) || !isNumber(other)) {
      return frame;
    }
    return withValue(frame, comparable(valueOf(own), valueOf(other)));
  });
}

/** What is asked, as a text: the same for the same question of both ranges. */
function questionOf({ refId: _, previous: __, ...question }: WatchtowerQuery): string {
  return JSON.stringify(Object.entries(question).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The value before; null where there is none now, and infinite, of which Grafana shows no change, where they cannot be compared. */
function comparable(before: number | null, now: number | null): number | null {
  if (now === null) {
    return null;
  }
  const isFar = before === null || now > before * COMPARABLE;
  return isFar && now !== before ? Infinity : before;
}

/** Whether a frame is one number, or none. */
function isNumber(frame: DataFrame | undefined): frame is DataFrame {
  return (
    frame !== undefined && frame.length <= 1 && frame.fields.length === 1 && frame.fields[0]?.type === FieldType.number
  );
}

function valueOf({ fields }: DataFrame): number | null {
  return fields[0]?.values[0] ?? null;
}

function withValue(frame: DataFrame, value: number | null): DataFrame {
  return { ...frame, length: 1, fields: frame.fields.map((field) => ({ ...field, values: [value] })) };
}
