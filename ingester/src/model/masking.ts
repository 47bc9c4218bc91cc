import { GROUPING } from './dimensions';
import type { Frame, Json, Value } from './frames';
import type { QueryType } from './schema';

/** Answers that are made of figures and names alone (SQL reaches no others for a viewer); in all others, a text may hold the address of a recipient. */
const HARMLESS: readonly QueryType[] = [
  ...(['metrics', 'flows', 'insights', 'causes', 'risk', 'files', 'service', 'sql'] as const),
];

/**
 * Columns that hold no recipient: whatever can be grouped by, where an incident leads (to such values alone), and ids of
 * messages, which look like addresses.
 */
const OPEN: readonly string[] = [...GROUPING, 'messageId', 'link', 'linked'];

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
  if (OPEN.includes(name)) return cell;
  if (typeof cell === 'string') return ADDRESSES.includes(name) ? maskAddress(cell) : maskText(cell);
  if (typeof cell !== 'object' || cell === null) return cell;
  return isList(cell) ? cell.map(maskNamed) : maskNamed(cell);
}

type Named = Readonly<Record<string, string | number>>;

/** What `Array.isArray` does not tell of a list that is read only. */
const isList = (json: Json): json is readonly Named[] => Array.isArray(json);

function maskNamed<N extends Named>(named: N): N {
  const masked = Object.entries(named).map(([key, value]) => [
    key,
    typeof value === 'number' || OPEN.includes(key) ? value : maskText(value),
  ]);
  return Object.fromEntries(masked) as N;
}

function maskAddress(address: string): string {
  const [first = ''] = address;
  if (first === '') return '';
  const at = /(?:@|%40)[^@]*$/i.exec(address)?.index ?? address.length;
  return `${at === 0 ? '' : first}***${address.slice(at)}`;
}
