import { useMemo, useState } from 'react';

/** Times between which things are in sight, epoch milliseconds. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** What is in sight, and how to come nearer. */
export interface Viewing {
  readonly view: View;
  readonly isZoomed: boolean;
  /** Makes a time as much longer, a given time staying where it is; never longer than the whole. */
  readonly zoom: (factor: number, around?: number) => void;
  /** Moves by a part of what is in sight. */
  readonly move: (part: number) => void;
  readonly reset: () => void;
}

/** The shortest time that can be looked at, in milliseconds. */
const SHORTEST = 1000;

/** Looks at a whole, or at a part of it: a part stays as long as it lies within what the whole has become. */
export function useView({ from, to }: View): Viewing {
  const [part, setPart] = useState<View>();
  return useMemo(() => {
    const whole = { from, to };
    const isWithin = part !== undefined && part.from >= from && part.to <= to;
    const view = isWithin ? part : whole;
    return {
      view,
      isZoomed: isWithin,
      zoom: (factor, around) => setPart(zoomed(view, whole, factor, around)),
      move: (share) => isWithin && setPart(moved(part, whole, share)),
      reset: () => setPart(undefined),
    };
  }, [from, to, part]);
}

/** A view made longer by a factor around a time; undefined where that is the whole. */
export function zoomed(view: View, whole: View, factor: number, around = (view.from + view.to) / 2): View | undefined {
  const length = Math.max(SHORTEST, (view.to - view.from) * factor);
  if (length >= whole.to - whole.from) {
    return undefined;
  }
  const before = (around - view.from) / (view.to - view.from);
  return within({ from: around - before * length, to: around + (1 - before) * length }, whole);
}

/** A view moved by a share of itself, within the whole. */
export function moved(view: View, whole: View, share: number): View {
  const by = (view.to - view.from) * share;
  return within({ from: view.from + by, to: view.to + by }, whole);
}

function within({ from, to }: View, whole: View): View {
  const by = Math.max(whole.from - from, 0) + Math.min(whole.to - to, 0);
  return { from: from + by, to: to + by };
}
