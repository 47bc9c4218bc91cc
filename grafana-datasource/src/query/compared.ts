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
    const own = now && frames.filter(({ refId }) => refId === now.refId);
    // Groups are told apart by their labels: which belongs to which is for whoever asks.
    if (own?.length !== 1 || frames.filter(({ refId }) => refId === frame.refId).length !== 1) {
      return frame;
    }
    return withValue(frame, comparable(valueOf(frame), valueOf(own[0])));
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

/** The one number of a frame. */
function valueOf({ fields, length }: DataFrame): number | null {
  const [value, ...others] = fields.filter(({ type }) => type === FieldType.number);
  return length === 1 && others.length === 0 ? (value?.values[0] ?? null) : null;
}

function withValue(frame: DataFrame, value: number | null): DataFrame {
  return {
    ...frame,
    length: 1,
    fields: frame.fields.map((field) => (field.type === FieldType.number ? { ...field, values: [value] } : field)),
  };
}
