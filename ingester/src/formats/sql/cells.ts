import type { Column } from '../columns';
import type { Layout } from '../header';

/** The raw columns of a layout as SQL. */
export class Cells {
  constructor(readonly layout: Layout) {}

  /** True where the layout has the column. */
  has(column: Column): boolean {
    return this.layout.positions[column] !== undefined;
  }

  /** The cell of a column: the first filled one where the header names it more than once, '' where it has none. */
  raw(column: Column): string {
    return cellAt(this.layout.positions[column]);
  }

  /** The cell as a LowCardinality value: what is computed from it runs once per distinct value. */
  distinct(column: Column): string {
    return `toLowCardinality(${this.raw(column)})`;
  }
}

/** First filled cell of the given positions. */
export function cellAt(positions: number[] | undefined): string {
  if (positions === undefined || positions.length === 0) return "''";
  const names = positions.map((position) => `c${position}`);
  if (names.length === 1) return names[0] ?? "''";
  const last = names.pop() ?? "''";
  return `multiIf(${names.map((name) => `${name} != '', ${name}`).join(', ')}, ${last})`;
}
