/** How cells are put into lines: only where needed quoted, or always, with all the oddities that are seen. */
export interface CsvStyle {
  /** Before the first cell of a line, between cells, after the last. */
  open: string;
  separator: string;
  close: string;
  /** Bytes before the header. */
  mark: string;
  /** A cell's text, ready to stand between separators. */
  cell: (text: string) => string;
  /** The same in two parts, for a text whose end varies (letters and digits only). */
  varying: (text: string) => { before: string; after: string };
}

const doubled = (text: string): string => text.replaceAll('"', '""');

const plain: CsvStyle = {
  open: '',
  separator: ',',
  close: '\n',
  mark: '',
  cell: (text) => (/[",\r\n]/.test(text) ? `"${doubled(text)}"` : text),
  varying: (text) =>
    /[",\r\n]/.test(text) ? { before: `"${doubled(text)}`, after: '"' } : { before: text, after: '' },
};

const quoted: CsvStyle = {
  open: '"',
  separator: '","',
  close: '"\r\n',
  mark: '\ufeff',
  cell: doubled,
  varying: (text) => ({ before: doubled(text.replace('recipient: <', 'recipient:\n<')), after: '' }),
};

/** The styles by name. */
export const csvStyles = { plain, quoted };

/** A header line. */
export function headerLine(columns: readonly string[], style: CsvStyle): string {
  return style.mark + style.open + columns.map(style.cell).join(style.separator) + style.close;
}
