import { formattedValueToString, type Field } from '@grafana/data';

/** A line of what is known of something: what is shown of it under the mouse. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** A value with the unit and decimals of its field. */
export function shown(field: Field, value: unknown): string {
  return field.display ? formattedValueToString(field.display(value)) : String(value ?? '');
}

/** The colour that the field's thresholds or scheme give a value; undefined where there is no value. */
export function colorOf(field: Field | undefined, value: number | null): string | undefined {
  return value === null ? undefined : field?.display?.(value).color;
}

/** One sentence of something, for people who hear it. */
export function spoken(title: string, facts: readonly Fact[]): string {
  return `${title}: ${facts.map(({ label, value }) => `${label} ${value}`).join(', ')}`;
}
