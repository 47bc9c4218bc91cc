import { getFieldDisplayName, type DataFrame, type Field, type FieldType } from '@grafana/data';

/** What a panel needs a field for, and how it is recognised. */
export interface Wanted {
  /** What the field is for, as people read it in a message. */
  readonly role: string;
  /** The name that was chosen in the options; it comes before every guess. */
  readonly chosen?: string | undefined;
  /** Names it usually has, best first. */
  readonly names: readonly string[];
  readonly types: readonly FieldType[];
}

/** The chosen field, else the first of the usual names that has the type. A chosen one of another type is not taken. */
export function findField(frame: DataFrame, { chosen, names, types }: Wanted): Field | undefined {
  const fitting = frame.fields.filter(({ type }) => types.includes(type));
  const named = (name: string) =>
    fitting.find((field) => field.name === name || getFieldDisplayName(field, frame) === name);
  if (chosen) {
    return named(chosen);
  }
  for (const name of names) {
    const field = named(name);
    if (field) {
      return field;
    }
  }
  return undefined;
}

/** The value of a row as text; empty where there is none. Text of strangers: only ever shown as text. */
export function textAt(field: Field | undefined, row: number): string {
  const value: unknown = field?.values[row];
  return value === null || value === undefined ? '' : String(value);
}

/** The value of a row as a finite number, or null. */
export function numberAt(field: Field | undefined, row: number): number | null {
  const value: unknown = field?.values[row];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
