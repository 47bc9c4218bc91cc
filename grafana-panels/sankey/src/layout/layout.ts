import { sankey, sankeyCenter, sankeyJustify, sankeyLeft, sankeyRight, type SankeyNode } from 'd3-sankey';
import type { Flow, FlowLink, FlowNode } from '../flow/types';
import type { Align, NodeOrder } from '../options';

/** How large a drawing is and how it is arranged, in pixels. */
export interface Arrangement {
  readonly width: number;
  /** The height there is; a drawing that needs more for its labels is higher, and scrolls. */
  readonly height: number;
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
  readonly height: number;
  readonly columns: number;
  readonly nodes: readonly PlacedNode[];
  readonly links: readonly PlacedLink[];
}

/** A line of text with air: nodes never come closer than this, so that labels cannot overlap. */
export const LINE = 16;

/** Share of the height that links have at least, where spaces between nodes take the rest. */
const FLOW_SHARE = 0.3;

const ALIGN = { justify: sankeyJustify, left: sankeyLeft, right: sankeyRight, center: sankeyCenter } as const;

/** A node as the engine keeps it; it sets the layer, of which its types do not know. */
type Extra = { readonly flow: FlowNode; readonly layer?: number };
type Drawn = { readonly flow: FlowLink };

/** Arranges a flow without cycles. */
export function layoutOf(flow: Flow, arrangement: Arrangement): Layout {
  if (flow.links.length === 0) {
    return { height: 0, columns: 0, nodes: [], links: [] };
  }
  const padding = Math.max(arrangement.spacing, LINE);
  const place = (height: number) => {
    const engine = sankey<Extra, Drawn>()
      .nodeId((node) => (node as Extra).flow.id)
      .nodeAlign(ALIGN[arrangement.align])
      .nodeWidth(arrangement.nodeWidth)
      .nodePadding(padding)
      .extent([
        [0, LINE / 2],
        [Math.max(arrangement.width, arrangement.nodeWidth), height - LINE / 2],
      ]);
    const order = orderOf(arrangement.order, flow);
    if (order) {
      engine.nodeSort(order);
    }
    return engine({
      nodes: flow.nodes.map((node) => ({ flow: node })),
      links: flow.links.map((link) => ({ flow: link, source: link.source, target: link.target, value: link.value })),
    });
  };
  // How many nodes a column has is known once they are placed; the height they need follows from it.
  const first = place(Math.max(arrangement.height, LINE * 2));
  const counts: number[] = [];
  for (const { layer = 0 } of first.nodes) {
    counts[layer] = (counts[layer] ?? 0) + 1;
  }
  const spaces = (Math.max(...counts) - 1) * padding;
  const needed = Math.ceil(spaces / (1 - FLOW_SHARE)) + LINE;
  const height = Math.max(arrangement.height, needed, LINE * 2);
  const { nodes, links } = needed > arrangement.height ? place(height) : first;
  return {
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

function orderOf(order: NodeOrder, flow: Flow): Compare | undefined {
  const places = new Map(flow.nodes.map(({ id }, place) => [id, place]));
  const orders: Record<NodeOrder, Compare | undefined> = {
    balanced: undefined,
    value: (a, b) => (b.value ?? 0) - (a.value ?? 0),
    name: (a, b) => a.flow.name.localeCompare(b.flow.name, undefined, { numeric: true }),
    data: (a, b) => (places.get(a.flow.id) ?? 0) - (places.get(b.flow.id) ?? 0),
  };
  return orders[order];
}
