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

/** Short choices for radio buttons. */
export function radioOf(
  names: readonly string[],
  labels: Readonly<Record<string, string>>
): Array<SelectableValue<string>> {
  return names.map((name) => ({ value: name, label: labels[name] ?? name }));
}
