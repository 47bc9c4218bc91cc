import type { Flow } from '../flow/types';
import type { Align } from '../options';

/** The column of every node, from 0. Every link leads to the right. */
export function columnsOf({ nodes, links }: Flow, align: Align): ReadonlyMap<string, number> {
  const last = nodes.reduce((most, { level }) => Math.max(most, level), 0);
  const level = new Map(nodes.map((node) => [node.id, node.level]));
  const sources = new Set(links.map(({ source }) => source));
  const targets = new Set(links.map(({ target }) => target));
  switch (align) {
    case 'left':
      return level;
    case 'justify':
      return new Map(nodes.map((node) => [node.id, sources.has(node.id) ? node.level : last]));
    case 'center': {
      const next = new Map<string, number>();
      for (const { source, target } of links) {
        next.set(source, Math.min(next.get(source) ?? Infinity, level.get(target) ?? last));
      }
      const before = (id: string) => Math.max(0, (next.get(id) ?? 1) - 1);
      return new Map(nodes.map((node) => [node.id, targets.has(node.id) ? node.level : before(node.id)]));
    }
    case 'right': {
      // From the right, by the longest way that a node leads to.
      const columns = new Map(nodes.map(({ id }) => [id, last]));
      const byLevel = [...links].sort((a, b) => (level.get(b.source) ?? 0) - (level.get(a.source) ?? 0));
      for (const { source, target } of byLevel) {
        columns.set(source, Math.min(columns.get(source) ?? last, (columns.get(target) ?? last) - 1));
      }
      return columns;
    }
  }
}
