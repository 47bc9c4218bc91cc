import type { Statement } from './metrics/tableSql';

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

/** A statement with names of its own for its parameters, so that several of them can be parts of one. */
export function withPrefix({ sql, params }: Statement, prefix: string): Statement {
  return {
    sql: sql.replace(/\{(p\d+):/g, `{${prefix}$1:`),
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [prefix + name, value])),
  };
}
