import type { Span } from '../spans/types';
import type { LaneOrder } from '../options';

/** A span in its row, counted from the top of all lanes. */
export interface PlacedSpan<S extends Span = Span> {
  readonly span: S;
  readonly line: number;
}

/** A lane: as many rows as are needed for its spans to lie beside each other. */
export interface Lane {
  readonly name: string;
  /** Its first row, and how many it has. */
  readonly line: number;
  readonly lines: number;
}

/** Spans put into lanes. */
export interface Lanes<S extends Span = Span> {
  readonly lanes: readonly Lane[];
  /** The spans of every row, by their start; none of one row overlap. */
  readonly lines: ReadonlyArray<ReadonlyArray<PlacedSpan<S>>>;
}

/** Puts spans into lanes; those of a lane that overlap lie in rows of their own. */
export function lanesOf<S extends Span>(spans: readonly S[], order: LaneOrder): Lanes<S> {
  const byLane = new Map<string, S[]>();
  for (const span of spans) {
    const known = byLane.get(span.lane);
    if (known) {
      known.push(span);
    } else {
      byLane.set(span.lane, [span]);
    }
  }
  for (const each of byLane.values()) {
    each.sort((a, b) => a.start - b.start || b.end - a.end || a.row - b.row);
  }
  const lanes: Lane[] = [];
  const lines: Array<Array<PlacedSpan<S>>> = [];
  for (const [name, each] of ordered(byLane, order)) {
    const first = lines.length;
    // What goes on may end after what begins later: the end of the last one in a row says whether there is room.
    const ends: number[] = [];
    for (const span of each) {
      const free = ends.findIndex((end) => end <= span.start);
      const place = free === -1 ? ends.length : free;
      // A moment lasts at least one millisecond, so that two of the same time are two.
      ends[place] = Math.max(span.end, span.start + 1);
      const line = first + place;
      (lines[line] ??= []).push({ span, line });
    }
    lanes.push({ name, line: first, lines: ends.length });
  }
  return { lanes, lines };
}

function ordered<S extends Span>(
  byLane: ReadonlyMap<string, readonly S[]>,
  order: LaneOrder
): Array<[string, readonly S[]]> {
  const entries = [...byLane];
  const name = ([a]: [string, unknown], [b]: [string, unknown]) => a.localeCompare(b, undefined, { numeric: true });
  const keys: Record<LaneOrder, (spans: readonly Span[]) => number> = {
    newest: (spans) => -spans.reduce((last, { start }) => Math.max(last, start), -Infinity),
    oldest: (spans) => spans.reduce((first, { start }) => Math.min(first, start), Infinity),
    most: (spans) => -spans.length,
    name: () => 0,
  };
  const sorted = entries.map((entry) => ({ entry, key: keys[order](entry[1]) }));
  sorted.sort((a, b) => a.key - b.key || name(a.entry, b.entry));
  return sorted.map(({ entry }) => entry);
}
