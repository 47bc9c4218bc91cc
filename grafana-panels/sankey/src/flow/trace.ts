import type { Flow, FlowLink } from './types';

/** What lies on the ways through a node or a link. */
export interface Ways {
  readonly nodes: ReadonlySet<string>;
  readonly links: ReadonlySet<string>;
}

/** Everything that leads to the node or link with this id, and everything it leads to. */
export function waysThrough(flow: Flow, id: string): Ways {
  const link = flow.links.find((each) => each.id === id);
  const up = walk(flow.links, link ? link.source : id, 'target', 'source');
  const down = walk(flow.links, link ? link.target : id, 'source', 'target');
  return {
    nodes: new Set([...up.nodes, ...down.nodes]),
    links: new Set([...up.links, ...down.links, ...(link ? [link.id] : [])]),
  };
}

function walk(links: readonly FlowLink[], start: string, at: 'source' | 'target', to: 'source' | 'target'): Ways {
  const nodes = new Set([start]);
  const passed = new Set<string>();
  // A set can grow while it is walked over: what is added is visited too.
  for (const node of nodes) {
    for (const link of links) {
      if (link[at] === node) {
        passed.add(link.id);
        nodes.add(link[to]);
      }
    }
  }
  return { nodes, links: passed };
}
