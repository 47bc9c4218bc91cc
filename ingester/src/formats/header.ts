import { columnKey, headerName } from './columns';
import type { Column } from './columns';
import { recordOfWord } from './overrides';
import type { FormatRules } from './schemas';

/** Where a file's columns are. Positions count from 0 and stand in the header's order. */
export interface Layout {
  /** The header line's cells as they stand in the file. */
  header: string[];
  /** Number of columns. */
  columns: number;
  /** How many columns are known or are logged mail headers: of two copies of an event the richer one is kept. */
  richness: number;
  /** Positions of each known column; several where the header names it more than once. */
  positions: Partial<Record<Column, number[]>>;
  /** Positions of each `header_*` column by the header's lower-case name. */
  headers: Record<string, number[]>;
  /** Positions of the columns that are neither, by their comparable name. */
  others: Record<string, number[]>;
  /** True where `rb` rows are a block log's, false where they are remote bounces. */
  blockLog: boolean;
}

/** A header line understood, or why not. */
export type HeaderResult = { ok: true; layout: Layout } | { ok: false; message: string };

function append<K extends string>(lists: Partial<Record<K, number[]>>, key: K, position: number): void {
  (lists[key] ??= []).push(position);
}

function nameList(fields: string[]): string {
  const shown = fields.slice(0, 8).map((field) => (field.length > 40 ? `${field.slice(0, 40)}…` : field));
  return shown.join(', ') + (fields.length > shown.length ? `, … (${fields.length} in all)` : '');
}

/** True where the line is a record: its first cell is a record word and another cell looks like a time. */
function isRecord(fields: string[], rules: FormatRules): boolean {
  const first = (fields[0] ?? '')
    .replace(/^\uFEFF/, '')
    .trim()
    .toLowerCase();
  const isTime = /^(?:\d{4}-\d\d-\d\d[T ]|\d{9,10}$)/;
  return recordOfWord(rules).has(first) && fields.slice(1).some((field) => isTime.test(field.trim()));
}

/**
 * Finds out what the columns of a file are. Unknown columns are fine; a type and a time are needed. The message of a
 * refusal says what is missing and what was found instead.
 */
export function readHeader(fields: string[], rules: FormatRules): HeaderResult {
  if (fields.every((field) => columnKey(field) === ''))
    return { ok: false, message: 'the header line is empty' };
  if (isRecord(fields, rules)) {
    const message =
      'the file starts with a record, not with a header line: put the line with the column names ' +
      `(type,timeLogged,…) in front of it; it starts with ${nameList(fields)}`;
    return { ok: false, message };
  }
  const aliases = new Map<string, Column>();
  for (const [column, names] of Object.entries(rules.headers.columns) as [Column, string[]][]) {
    for (const name of names) aliases.set(columnKey(name), column);
  }
  const layout: Layout = {
    header: fields,
    columns: fields.length,
    richness: 0,
    positions: {},
    headers: {},
    others: {},
    blockLog: false,
  };
  fields.forEach((field, position) => {
    const column = aliases.get(columnKey(field));
    const header = headerName(field);
    if (column !== undefined) append(layout.positions, column, position);
    if (header !== undefined) append(layout.headers, header, position);
    if (column === undefined && header === undefined) append(layout.others, columnKey(field), position);
  });
  layout.richness = Object.keys(layout.positions).length + Object.keys(layout.headers).length;
  layout.blockLog = layout.positions.rbType !== undefined || layout.positions.domain !== undefined;
  const missing = [];
  if (!layout.positions.type) missing.push('type');
  if (!layout.positions.timeLogged && !layout.positions.timeQueued)
    missing.push('timeLogged (or timeQueued)');
  if (missing.length === 0) return { ok: true, layout };
  const message = `not a PowerMTA log: the header has no column ${missing.join(' and no ')}; found: ${nameList(fields)}`;
  return { ok: false, message };
}
