import type { Arrow } from '../../../shared/pointing';
import type { Layout } from './layout';

/**
 * The shape that an arrow leads to, by id: right and left follow the flow over the largest link, up and down stay in the
 * column. The shape itself where nothing lies there; the topmost node of the first column where none is given.
 */
export function neighbour(layout: Layout, id: string | undefined, arrow: Arrow): string | undefined {
  const node = layout.nodes.find((each) => each.node.id === id);
  const link = layout.links.find((each) => each.link.id === id);
  if (!node && !link) {
    return first(layout.nodes, ({ x0, y0 }) => [x0, y0])?.node.id;
  }
  if (arrow === 'ArrowUp' || arrow === 'ArrowDown') {
    const column = node
      ? layout.nodes.filter(({ column }) => column === node.column).map((each) => ({ id: each.node.id, y: each.y0 }))
      : layout.links.filter(({ x0 }) => x0 === link?.x0).map((each) => ({ id: each.link.id, y: each.y0 }));
    column.sort((a, b) => a.y - b.y);
    const place = column.findIndex((each) => each.id === id) + (arrow === 'ArrowDown' ? 1 : -1);
    return column[place]?.id ?? id;
  }
  const forward = arrow === 'ArrowRight';
  if (link) {
    return forward ? link.link.target : link.link.source;
  }
  const out = layout.links.filter((each) => (forward ? each.link.source : each.link.target) === id);
  return first(out, ({ link: { value } }) => [-value])?.link.id ?? id;
}

function first<T>(all: readonly T[], rank: (one: T) => readonly number[]): T | undefined {
  return [...all].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const place = left.findIndex((value, i) => value !== right[i]);
    return place < 0 ? 0 : (left[place] ?? 0) - (right[place] ?? 0);
  })[0];
}
