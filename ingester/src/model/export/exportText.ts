import type { Field, Frame, Json, Value } from '../frames';

/**
 * A frame's rows as CSV (RFC 4180, lines end in CR LF), below the names of its fields where `heading` says so.
 * A text that a spreadsheet would take for a formula gets a quote in front, as logs are written by strangers.
 */
export function csvText({ schema: { fields }, data: { values } }: Frame, heading: boolean): string {
  const rows = values[0]?.length ?? 0;
  const lines = heading ? [fields.map(({ name }) => quoted(harmless(name))).join(',')] : [];
  for (let row = 0; row < rows; row++)
    lines.push(fields.map(({ type }, column) => csvCell(type, values[column]?.[row])).join(','));
  return lines.map((line) => `${line}\r\n`).join('');
}

/** A frame's rows as JSON, an object per line; instants are ISO 8601 in UTC. */
export function jsonLines({ schema: { fields }, data: { values } }: Frame): string {
  const rows = values[0]?.length ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const cells = fields.map(({ name, type }, column) => [name, plain(type, values[column]?.[row])] as const);
    return JSON.stringify(Object.fromEntries(cells)) + '\n';
  }).join('');
}

function csvCell(type: Field['type'], value: Value | Json | undefined): string {
  const cell = plain(type, value);
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  return quoted(harmless(typeof cell === 'string' ? cell : JSON.stringify(cell)));
}

/** What spreadsheets begin a formula with, and what they drop in front of one. */
function harmless(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function plain(type: Field['type'], value: Value | Json | undefined): Value | Json {
  return type === 'time' && typeof value === 'number' ? new Date(value).toISOString() : (value ?? null);
}
