import { joined, linkOf } from './read';
import type { Flow, FlowFields, FlowLink, FlowNode } from './types';

/** What the service calls the values of a level that it put together. */
const OTHER = 'other';

/** Whether a node stands for several values, put together here or by the service: no filter can name it. */
export function isOther({ name, folded }: FlowNode): boolean {
  return folded !== undefined || name === OTHER;
}

/** Keeps the largest `limit` nodes of every level; the others of a level become one node of this name. */
export function foldNodes(flow: Flow, limit: number, other: string, fields: Pick<FlowFields, 'color' | 'pinch'>): Flow {
  const size = sizesOf(flow);
  const place = new Map<string, FlowNode>();
  for (const nodes of byLevel(flow.nodes)) {
    const ranked = [...nodes].sort((a, b) => (size.get(b.id) ?? 0) - (size.get(a.id) ?? 0));
    const rest = ranked.slice(limit);
    // One node alone is no crowd: it keeps its name.
    const kept = rest.length > 1 ? ranked.slice(0, limit) : ranked;
    kept.forEach((node) => place.set(node.id, node));
    if (rest.length > 1) {
      const level = rest[0]?.level ?? 0;
      const folded: FlowNode = { id: JSON.stringify(['folded', level]), name: other, level, folded: rest.length };
      rest.forEach((node) => place.set(node.id, folded));
    }
  }
  const groups = new Map<string, FlowLink[]>();
  for (const link of flow.links) {
    const source = place.get(link.source)?.id ?? link.source;
    const target = place.get(link.target)?.id ?? link.target;
    const moved = linkOf(source, target, link.value, link.rows, link.color, link.pinch);
    const group = groups.get(moved.id);
    if (group) {
      group.push(moved);
    } else {
      groups.set(moved.id, [moved]);
    }
  }
  return {
    nodes: [...new Set(place.values())],
    links: [...groups.values()].map((links) => (links.length > 1 ? joined(links, fields) : (links[0] as FlowLink))),
  };
}

/** What passes each node: the larger of what comes in and what goes out. */
export function sizesOf({ links }: Flow): Map<string, number> {
  const [into, outOf] = [new Map<string, number>(), new Map<string, number>()];
  for (const { source, target, value } of links) {
    outOf.set(source, (outOf.get(source) ?? 0) + value);
    into.set(target, (into.get(target) ?? 0) + value);
  }
  return new Map([...into.keys(), ...outOf.keys()].map((id) => [id, Math.max(into.get(id) ?? 0, outOf.get(id) ?? 0)]));
}

function byLevel(nodes: readonly FlowNode[]): FlowNode[][] {
  const levels: FlowNode[][] = [];
  for (const node of nodes) {
    (levels[node.level] ??= []).push(node);
  }
  return levels.filter((level) => level !== undefined);
}
