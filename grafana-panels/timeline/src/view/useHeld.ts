import { useMemo, useState } from 'react';
import type { Lanes, PlacedSpan } from '../layout/lanes';

/** A span that people hold on to, by focus or by an open card, while answers come and go. */
export interface Held {
  readonly placed: PlacedSpan | undefined;
  readonly hold: (placed: PlacedSpan | undefined) => void;
}

/** Holds a span: of the next answer it is the one with the same key, or none. */
export function useHeld(lanes: Lanes, keyOf: (placed: PlacedSpan) => string): Held {
  const [held, setHeld] = useState<{ placed: PlacedSpan; key: string }>();
  return useMemo(() => {
    const hold = (placed: PlacedSpan | undefined) => setHeld(placed && { placed, key: keyOf(placed) });
    const isThere = held && lanes.lines[held.placed.line]?.includes(held.placed);
    const placed = isThere ? held.placed : held && lanes.lines.flat().find((each) => keyOf(each) === held.key);
    return { placed, hold };
  }, [held, lanes, keyOf]);
}
