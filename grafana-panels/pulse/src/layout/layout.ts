import { DETAILS, type Detail, type PulseOptions } from '../options';

/** Least width and height of a cell, in pixels. */
const SIZES: Readonly<Record<Detail, { readonly width: number; readonly height: number }>> = {
  large: { width: 196, height: 88 },
  full: { width: 136, height: 58 },
  compact: { width: 86, height: 28 },
  small: { width: 62, height: 18 },
};

/** Between two cells. */
export const GAP = 3;

/** Between two groups that stand beside each other. */
const ASIDE = 14;

/** Height of the line above a group that has a name. */
export const HEAD = 16;

/** Width that is left for the bar of what scrolls. */
const SCROLLBAR = 12;

/** Where the cells of a group begin, and how many stand in a row. */
export interface Block {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
}

/** Where everything stands, in pixels. */
export interface Layout {
  readonly detail: Detail;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Whole height; more than there is where it scrolls. */
  readonly height: number;
  readonly blocks: readonly Block[];
}

/**
 * Arranges groups of so many cells. Without a size of their own, cells are as large as fits; where not even the smallest fit, the
 * board scrolls, as names would not be readable otherwise.
 */
export function layoutOf(
  counts: readonly number[],
  area: { readonly width: number; readonly height: number },
  size: PulseOptions['size'],
  headed: boolean
): Layout {
  const details = size === 'auto' ? DETAILS : [size];
  for (const detail of details) {
    const layout = arrange(counts, area.width, detail, headed);
    if (layout.height <= area.height) {
      return layout;
    }
  }
  return arrange(counts, area.width - SCROLLBAR, details[details.length - 1] ?? 'small', headed);
}

/** Where the cell of a block stands. */
export function placeOf(block: Block | undefined, index: number, { cellWidth, cellHeight }: Layout) {
  const { x, y, columns } = block ?? { x: 0, y: 0, columns: 1 };
  return {
    x: x + (index % columns) * (cellWidth + GAP),
    y: y + Math.floor(index / columns) * (cellHeight + GAP),
  };
}

/** How many groups at most stand beside each other for their height alone; small ones do anyway. */
const LANES = [1, 2, 3, 4] as const;

/** The lowest arrangement of cells of a size. */
function arrange(counts: readonly number[], width: number, detail: Detail, headed: boolean): Layout {
  const { width: least, height: cellHeight } = SIZES[detail];
  const laneOf = (lanes: number) => (width - (lanes - 1) * ASIDE) / lanes;
  // In a narrower lane names and numbers would be cut; where there is no other, they are.
  const fitting = LANES.filter((lanes) => lanes === 1 || laneOf(lanes) >= least);
  const arranged = fitting.map((lanes) => {
    const lane = laneOf(lanes);
    const most = Math.max(1, Math.floor((lane + GAP) / (least + GAP)));
    const cellWidth = Math.max(24, Math.floor((lane + GAP) / most) - GAP);
    const size = { cellWidth, cellHeight, head: headed ? HEAD : 0 };
    return { detail, cellWidth, cellHeight, ...shelve(counts, width, most, size) };
  });
  return arranged.reduce((best, each) => (each.height < best.height ? each : best));
}

/** Groups beside each other as long as there is room, then below. */
function shelve(
  counts: readonly number[],
  width: number,
  most: number,
  { cellWidth, cellHeight, head }: { cellWidth: number; cellHeight: number; head: number }
): Pick<Layout, 'blocks' | 'height'> {
  const blocks: Block[] = [];
  let [x, y, shelf] = [0, 0, 0];
  for (const count of counts) {
    const columns = Math.max(1, Math.min(most, count));
    const [wide, high] = [columns * (cellWidth + GAP) - GAP, head + Math.ceil(count / columns) * (cellHeight + GAP)];
    if (x > 0 && x + wide > width) {
      [x, y, shelf] = [0, y + shelf, 0];
    }
    blocks.push({ x, y: y + head, columns });
    [x, shelf] = [x + wide + ASIDE, Math.max(shelf, high)];
  }
  return { blocks, height: y + shelf };
}
