/** Stands around a name until the text is written out; literals have no control characters in them. */
const mark = '\u0001';

/** Collects the named expressions of one SELECT: columns of the result, and helpers that several of them need. */
export class Scope {
  private readonly expressions = new Map<string, string>();
  private readonly outputs = new Set<string>();

  /** Adds a helper and gives the text that refers to it. */
  helper(name: string, sql: string): string {
    this.expressions.set(name, sql);
    return mark + name + mark;
  }

  /** Adds a column of the result and gives the text that refers to it. */
  output(name: string, sql: string): string {
    this.outputs.add(name);
    return this.helper(name, sql);
  }

  /** The SELECT list. A helper is written where it is first used, as `(expression AS name)`: it is no column then. */
  list(): string {
    const written = new Set<string>();
    const reference = (name: string): string => {
      if (this.outputs.has(name) || written.has(name)) return name;
      written.add(name);
      return `(${this.write(name, reference)} AS ${name})`;
    };
    return [...this.outputs].map((name) => `${this.write(name, reference)} AS ${name}`).join(',\n');
  }

  private write(name: string, reference: (name: string) => string): string {
    const parts = (this.expressions.get(name) ?? '').split(mark);
    return parts.map((part, index) => (index % 2 === 0 ? part : reference(part))).join('');
  }
}
