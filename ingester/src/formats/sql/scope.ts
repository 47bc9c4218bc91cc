/** Stands around a helper's name until the text is written out; literals have no control characters in them. */
const mark = '\u0001';

/**
 * Collects the named expressions of one SELECT list. A helper is written out where its name is first used, as
 * `(expression AS name)`, and by its name elsewhere, so that it is computed once and is no column of the result.
 */
export class Scope {
  private readonly helpers = new Map<string, string>();
  private readonly outputs = new Map<string, string>();

  /** Adds a helper and gives the text that refers to it. */
  helper(name: string, sql: string): string {
    this.helpers.set(name, sql);
    return mark + name + mark;
  }

  /** Adds a column of the result and gives the text that refers to it. */
  output(name: string, sql: string): string {
    this.outputs.set(name, sql);
    return name;
  }

  /** The SELECT list. */
  render(): string {
    const written = new Set<string>();
    const expand = (sql: string): string =>
      sql
        .split(mark)
        .map((part, index) => (index % 2 === 0 ? part : reference(part)))
        .join('');
    const reference = (name: string): string => {
      if (written.has(name)) return name;
      written.add(name);
      return `(${expand(this.helpers.get(name) ?? '')} AS ${name})`;
    };
    return [...this.outputs].map(([name, sql]) => `${expand(sql)} AS ${name}`).join(',\n');
  }
}
