import { sankey, type SankeyNode } from 'd3-sankey';
import { isOther } from '../flow/fold';
import type { Flow, FlowLink, FlowNode } from '../flow/types';
import type { Align, NodeOrder } from '../options';
import { columnsOf } from './columns';

/** How large a drawing is and how it is arranged, in pixels. */
export interface Arrangement {
  readonly width: number;
  /** The height there is; a drawing that needs more for its labels is higher, and scrolls. */
  readonly height: number;
  /** Room for the names of the levels above the drawing. */
  readonly top: number;
  readonly nodeWidth: number;
  readonly spacing: number;
  readonly align: Align;
  readonly order: NodeOrder;
}

/** A node where it is drawn. */
export interface PlacedNode {
  readonly node: FlowNode;
  readonly value: number;
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly column: number;
}

/** A link where it is drawn: the middle of its two ends, and how wide it is. */
export interface PlacedLink {
  readonly link: FlowLink;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly width: number;
}

/** A flow, arranged. */
export interface Layout {
  /** That of the arrangement, less the scroll bar where there is one. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly nodes: readonly PlacedNode[];
  readonly links: readonly PlacedLink[];
}

/** A line of text with air: nodes never come closer than this, so that labels cannot overlap. */
export const LINE = 16;

/** Share of the height that links have at least, where spaces between nodes take the rest. */
const FLOW_SHARE = 0.3;

/** A node as the engine keeps it; it sets the layer, of which its types do not know. */
type Extra = { readonly flow: FlowNode; readonly layer?: number };
type Drawn = { readonly flow: FlowLink };

/** Width that a scroll bar may take. */
const SCROLL_BAR = 14;

/** Rounds in which the engine moves nodes up and down. Many links cross whatever is done, and are arranged within a frame. */
const roundsFor = (links: number) => (links > 200 ? 2 : 6);

/** Arranges a flow without cycles. */
export function layoutOf(flow: Flow, arrangement: Arrangement): Layout {
  if (flow.links.length === 0) {
    return { width: 0, height: 0, columns: 0, nodes: [], links: [] };
  }
  const { top } = arrangement;
  const padding = Math.max(arrangement.spacing, LINE);
  const least = LINE * 2 + top;
  const columns = columnsOf(flow, arrangement.align);
  const counts: number[] = [];
  for (const column of columns.values()) {
    counts[column] = (counts[column] ?? 0) + 1;
  }
  const spaces = (Math.max(...counts) - 1) * padding;
  const needed = Math.ceil(spaces / (1 - FLOW_SHARE)) + LINE + top;
  const height = Math.max(arrangement.height, needed, least);
  const width = height > arrangement.height ? arrangement.width - SCROLL_BAR : arrangement.width;
  const place = (sorted?: Compare) => {
    const engine = sankey<Extra, Drawn>()
      .nodeId((node) => (node as Extra).flow.id)
      .nodeAlign((node) => columns.get((node as unknown as Extra).flow.id) ?? 0)
      .nodeWidth(arrangement.nodeWidth)
      .nodePadding(padding)
      .iterations(roundsFor(flow.links.length))
      .extent([
        [0, top + LINE / 2],
        [Math.max(width, arrangement.nodeWidth), height - LINE / 2],
      ]);
    if (sorted) {
      engine.nodeSort(sorted);
    }
    return engine({
      nodes: flow.nodes.map((node) => ({ flow: node })),
      links: flow.links.map((link) => ({ flow: link, source: link.source, target: link.target, value: link.value })),
    });
  };
  const order = orderOf(arrangement.order, flow);
  const { nodes, links } = place(order ?? balanced(flow, () => place().nodes));
  return {
    width,
    height,
    columns: counts.length,
    nodes: nodes.map((node) => ({
      node: node.flow,
      value: node.value ?? 0,
      x0: node.x0 ?? 0,
      x1: node.x1 ?? 0,
      y0: node.y0 ?? 0,
      y1: node.y1 ?? 0,
      column: node.layer ?? 0,
    })),
    links: links.map((link) => ({
      link: link.flow,
      x0: (link.source as SankeyNode<Extra, Drawn>).x1 ?? 0,
      y0: link.y0 ?? 0,
      x1: (link.target as SankeyNode<Extra, Drawn>).x0 ?? 0,
      y1: link.y1 ?? 0,
      width: link.width ?? 0,
    })),
  };
}

type Compare = (a: SankeyNode<Extra, Drawn>, b: SankeyNode<Extra, Drawn>) => number;

/** The order that was asked for; what stands for several nodes comes last. Undefined where the engine finds its own. */
function orderOf(order: NodeOrder, flow: Flow): Compare | undefined {
  const places = new Map(flow.nodes.map(({ id }, place) => [id, place]));
  const orders: Record<NodeOrder, Compare | undefined> = {
    balanced: undefined,
    value: (a, b) => (b.value ?? 0) - (a.value ?? 0),
    name: (a, b) => a.flow.name.localeCompare(b.flow.name, undefined, { numeric: true }),
    data: (a, b) => (places.get(a.flow.id) ?? 0) - (places.get(b.flow.id) ?? 0),
  };
  const compare = orders[order];
  return compare && othersLast(compare);
}

/** The engine's own order where nothing stands for several nodes, else that order with what does at its end. */
function balanced(flow: Flow, place: () => ReadonlyArray<SankeyNode<Extra, Drawn>>): Compare | undefined {
  if (!flow.nodes.some(isOther)) {
    return undefined;
  }
  const heights = new Map(place().map(({ flow: { id }, y0 = 0 }) => [id, y0]));
  return othersLast((a, b) => (heights.get(a.flow.id) ?? 0) - (heights.get(b.flow.id) ?? 0));
}

function othersLast(compare: Compare): Compare {
  return (a, b) => Number(isOther(a.flow)) - Number(isOther(b.flow)) || compare(a, b);
}
