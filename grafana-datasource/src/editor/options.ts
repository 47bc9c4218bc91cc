import type { SelectableValue } from '@grafana/data';
import type { ComboboxOption } from '@grafana/ui';

/** Something with a name and a meaning, as a choice. */
export function optionOf({ name, description }: { name: string; description?: string }): ComboboxOption<string> {
  return { value: name, label: name, ...(description && { description }) };
}

/** Choices for names that a query holds but the list lacks, such as a variable; so that nothing saved is hidden. */
export function withSaved(
  options: Array<ComboboxOption<string>>,
  saved: readonly string[] | undefined
): Array<ComboboxOption<string>> {
  const known = new Set(options.map(({ value }) => value));
  return [...options, ...(saved ?? []).filter((name) => !known.has(name)).map((name) => optionOf({ name }))];
}

/** Short choices that stand side by side, in the order of their labels. */
export function choicesOf<T extends string>(labels: Readonly<Record<T, string>>): Array<SelectableValue<T>> {
  return (Object.entries(labels) as Array<[T, string]>).map(([value, label]) => ({ value, label }));
}

/**
 * The least width of a list of names, in Grafana's grid units: it decides what it shows before it has grown, and would
 * hide names that have room.
 */
export function widthFor(names: readonly string[]): number {
  const pills = names.reduce((sum, name) => sum + name.length + 7, 0);
  return Math.min(MOST_WIDTH, Math.max(28, pills + 8));
}

/** The most width of a list of names. */
export const MOST_WIDTH = 80;
