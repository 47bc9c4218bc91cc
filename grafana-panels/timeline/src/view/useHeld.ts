import { useMemo, useState } from 'react';
import type { Lanes, PlacedSpan } from '../layout/lanes';
import type { Span } from '../spans/types';

/** A span that people hold on to, by focus or by an open card, while answers come and go. */
export interface Held<S extends Span> {
  readonly placed: PlacedSpan<S> | undefined;
  readonly hold: (placed: PlacedSpan<S> | undefined) => void;
}

/** Holds a span: of the next answer it is the one with the same key, or none. */
export function useHeld<S extends Span>(lanes: Lanes<S>, keyOf: (placed: PlacedSpan<S>) => string): Held<S> {
  const [held, setHeld] = useState<{ placed: PlacedSpan<S>; key: string }>();
  return useMemo(() => {
    const hold = (placed: PlacedSpan<S> | undefined) => setHeld(placed && { placed, key: keyOf(placed) });
    const isThere = held && lanes.lines[held.placed.line]?.includes(held.placed);
    const placed = isThere ? held.placed : held && lanes.lines.flat().find((each) => keyOf(each) === held.key);
    return { placed, hold };
  }, [held, lanes, keyOf]);
}
