/** Columns that a table of files can have beside its name and status. */
export const COLUMNS = ['rows', 'duplicates', 'errors', 'size', 'span', 'queued'] as const;

/** A column of the table. */
export type Column = (typeof COLUMNS)[number];

/** Width from which a column is shown, in pixels: what matters least goes first, and names are not cut into pieces. */
const FROM: Readonly<Record<Column, number>> = {
  rows: 0,
  errors: 0,
  duplicates: 520,
  size: 640,
  span: 1180,
  queued: 900,
};

/** The columns that a width has room for. */
export function columnsFor(width: number): readonly Column[] {
  return COLUMNS.filter((column) => width >= FROM[column]);
}
