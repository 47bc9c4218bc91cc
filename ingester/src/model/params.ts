/** A ClickHouse query parameter type that the model uses. */
export type ParamType = 'String' | 'Array(String)';

/**
 * Collects what people typed as ClickHouse query parameters: text from outside never becomes SQL text.
 * `add` returns the placeholder that stands for the value.
 */
export class Params {
  readonly values: Record<string, string | string[]> = {};
  private count = 0;

  add(value: string | readonly string[]): string {
    const name = `p${this.count++}`;
    const type: ParamType = typeof value === 'string' ? 'String' : 'Array(String)';
    this.values[name] = typeof value === 'string' ? value : [...value];
    return `{${name}:${type}}`;
  }
}
