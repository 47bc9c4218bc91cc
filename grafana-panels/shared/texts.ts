import { t as translated } from '@grafana/i18n';

/**
 * A text in the language of the person, with values in it. React escapes what it shows; the translator must not do so before it, or
 * a name with an ampersand is shown as another one.
 */
export function t(key: string, text: string, values: Readonly<Record<string, unknown>> = {}): string {
  return translated(key, text, { ...values, interpolation: { escapeValue: false } });
}
