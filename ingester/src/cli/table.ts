/** A cell: text stands left, numbers stand right with their thousands parted. */
export type Cell = string | number | boolean | null | undefined;

/** Widest cell in characters; what is longer is cut, as one long message would tear every row apart. */
const MAX_WIDTH = 80;

/** Sets rows under their headings, in columns two spaces apart; one line per row, ending in a newline. */
export function table(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => headings.map((_, column) => text(row[column])));
  const numeric = headings.map((_, column) => rows.length > 0 && rows.every((row) => isNumeric(row[column])));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numeric[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [headings, widths.map((width) => '-'.repeat(width)), ...cells]
    .map((row) => line(row) + '\n')
    .join('');
}

function isNumeric(cell: Cell): boolean {
  return typeof cell === 'number' || cell === null || cell === undefined;
}

/** Control characters come out of logs that strangers can write into: a terminal must not obey them. */
function text(cell: Cell): string {
  if (cell === null || cell === undefined) return '-';
  if (typeof cell === 'number') return number(cell);
  // eslint-disable-next-line no-control-regex
  const clean = String(cell).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  return clean.length > MAX_WIDTH ? clean.slice(0, MAX_WIDTH - 1) + '…' : clean;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 4 });
}
