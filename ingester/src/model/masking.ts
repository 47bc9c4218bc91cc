import { GROUPING } from './dimensions';
import type { Frame, Json, Value } from './frames';
import type { QueryType } from './schema';

/** Answers that are made of figures and names alone (SQL reaches no others for a viewer); in all others, a text may hold the address of a recipient. */
const HARMLESS: readonly QueryType[] = [
  ...(['metrics', 'flows', 'insights', 'causes', 'risk', 'files', 'service', 'sql'] as const),
];

/** Columns that hold no recipient: whatever can be grouped by, and ids of messages, which look like addresses. */
const OPEN: readonly string[] = [...GROUPING, 'messageId'];

/** Columns that are an address as a whole, in whatever form; a return path may carry the recipient's. */
const ADDRESSES: readonly string[] = ['recipient', 'orig'];

/** An address in a text: a quoted or plain local part, then @, as it is or as links have it. */
const IN_TEXT =
  /(?:"[^"\r\n]*"|(?<![^\s<>()[\]{},;:"'])[^\s<>()[\]{},;:"'@]+)(?:@|%40)[^\s<>()[\]{},;:"'@]+/giu;

/** Frames with recipients hidden: `ann@example.org` becomes `a***@example.org`, in columns and within texts. */
export function maskFrames(
  frames: readonly Frame[],
  { queryType, dimension }: { readonly queryType: QueryType; readonly dimension?: unknown },
): readonly Frame[] {
  if (HARMLESS.includes(queryType)) return frames;
  const meaning = (name: string) =>
    queryType === 'values' && name === 'value' && typeof dimension === 'string' ? dimension : name;
  return frames.map(({ schema, data }) => ({
    schema,
    data: {
      values: data.values.map((cells, column) => {
        const name = meaning(schema.fields[column]?.name ?? '');
        return cells.map((cell) => maskCell(name, cell));
      }),
    },
  }));
}

/** A text with the addresses in it masked. */
export function maskText(text: string): string {
  return text.replace(IN_TEXT, maskAddress);
}

function maskCell(name: string, cell: Value | Json): Value | Json {
  if (typeof cell === 'string') {
    if (OPEN.includes(name)) return cell;
    return ADDRESSES.includes(name) ? maskAddress(cell) : maskText(cell);
  }
  if (typeof cell !== 'object' || cell === null) return cell;
  return Object.fromEntries(
    Object.entries(cell).map(([key, text]) => [key, OPEN.includes(key) ? text : maskText(text)]),
  );
}

function maskAddress(address: string): string {
  const [first = ''] = address;
  if (first === '') return '';
  const at = /(?:@|%40)[^@]*$/i.exec(address)?.index ?? address.length;
  return `${at === 0 ? '' : first}***${address.slice(at)}`;
}
