import type { Layout, PlacedNode } from './layout';

/** Where a label stands, and how much room it has, in pixels. */
export interface LabelPlace {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
  readonly room: number;
}

const GAP = 6;

/** A label stands beside its node towards the middle of the drawing, and ends before the next column. */
export function labelPlace({ x0, x1, y0, y1, column }: PlacedNode, { columns, width }: Layout): LabelPlace {
  const y = (y0 + y1) / 2;
  const nodeWidth = x1 - x0;
  const between = columns > 1 ? (width - columns * nodeWidth) / (columns - 1) : width - nodeWidth;
  const last = columns > 1 && column === columns - 1;
  // The last column's labels share the gap before it with those of the column to its left.
  const shared = columns > 1 && column >= columns - 2;
  const room = Math.max(0, (shared ? between / 2 : between) - 2 * GAP);
  return last ? { x: x0 - GAP, y, anchor: 'end', room } : { x: x1 + GAP, y, anchor: 'start', room };
}

/** As much of a text as has room, with an ellipsis where it was cut; empty where there is no room for a letter. */
export function fitted(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) {
    return text;
  }
  const letters = [...text];
  let [low, high] = [0, letters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (widthOf(`${letters.slice(0, middle).join('')}…`) <= room) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low === 0 ? '' : `${letters.slice(0, low).join('')}…`;
}

/** A name with its value, the name alone where there is no room for both, or as much of it as there is room for. */
export function labelText(name: string, value: string, room: number, widthOf: (text: string) => number): string {
  const whole = value === '' ? name : `${name} ${value}`;
  return widthOf(whole) <= room ? whole : fitted(name, room, widthOf);
}

/** What the names of a column are values of, and where that stands above it. */
export interface Heading {
  readonly text: string;
  readonly x: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** Names of the levels, where every node of a column is a value of the same dimension. */
export function headingsOf({ nodes, columns }: Pick<Layout, 'nodes' | 'columns'>): Heading[] {
  return Array.from({ length: columns }, (_, column) => {
    const own = nodes.filter((node) => node.column === column);
    const [dimension, ...more] = [...new Set(own.map(({ node }) => node.dimension))];
    const [first] = own;
    if (!first || dimension === undefined || more.length > 0) {
      return [];
    }
    const last = column === columns - 1;
    const anchor = columns > 1 && last ? 'end' : column === 0 ? 'start' : 'middle';
    const x = anchor === 'end' ? first.x1 : anchor === 'start' ? first.x0 : (first.x0 + first.x1) / 2;
    return [{ text: dimension, x, anchor } as const];
  }).flat();
}
