import type { Field, Frame } from '../model';
import type { Cell } from './table';

/** A frame as headings and rows. Times become ISO 8601 in UTC; a field's labels stand beside its name. */
export function rowsOf(frame: Frame): { headings: string[]; rows: Cell[][] } {
  const { fields } = frame.schema;
  const columns = frame.data.values;
  const length = Math.max(0, ...columns.map((column) => column.length));
  const rows = Array.from({ length }, (_, row) =>
    fields.map((field, column) => cellOf(field.type, columns[column]?.[row])),
  );
  return { headings: fields.map(({ name, labels }) => name + labelText(labels)), rows };
}

function cellOf(type: Field['type'], value: Frame['data']['values'][number][number] | undefined): Cell {
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return type === 'time' && typeof value === 'number' ? new Date(value).toISOString() : value;
}

function labelText(labels: Field['labels']): string {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return pairs.length > 0 ? ` {${pairs.join(', ')}}` : '';
}
