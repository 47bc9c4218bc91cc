import { breakCycles, levelsOf } from './cycles';
import { foldNodes } from './fold';
import { readFlow } from './read';
import type { Flow, FlowFields } from './types';

/** A flow as it can be drawn, and what of the data is not in it. */
export interface DrawableFlow extends Flow {
  /** Links left out as they would close a cycle. */
  readonly cycles: number;
  /** Rows that are no link. */
  readonly skipped: number;
  /** Rows whose value is 0. */
  readonly zeros: number;
}

/** How many nodes of a level stand for themselves, and what the rest is called. */
export interface Folding {
  readonly limit?: number | undefined;
  readonly other: string;
}

/** From the rows of a frame to a flow that can be drawn. */
export function flowOf(fields: FlowFields, { limit, other }: Folding): DrawableFlow {
  const { nodes, links, skipped, zeros } = readFlow(fields);
  const { kept, dropped } = breakCycles(links);
  const levels = levelsOf(kept);
  const flow: Flow = {
    links: kept,
    nodes: [...levels].flatMap(([id, level]) => {
      const node = nodes.get(id);
      return node ? [{ ...node, level }] : [];
    }),
  };
  const folded = limit === undefined ? flow : foldNodes(flow, limit, other, fields);
  return { ...folded, cycles: dropped.length, skipped, zeros };
}
