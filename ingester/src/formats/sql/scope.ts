/** Stands around a name until the text is written out; literals have no control characters in them. */
const mark = '\u0001';

/** Collects the named expressions of one SELECT: columns of the result, and helpers that several of them need. */
export class Scope {
  private readonly expressions = new Map<string, string>();
  private readonly outputs = new Set<string>();
  private readonly renamed = new Map<string, string>();

  /** Adds a helper and gives the text that refers to it. */
  helper(name: string, sql: string): string {
    // The engine forgets the inner one of two names around one expression.
    if (bareName(sql) !== undefined) return sql;
    this.expressions.set(name, sql);
    return mark + name + mark;
  }

  /** Adds a column of the result and gives the text that refers to it. */
  output(name: string, sql: string): string {
    this.outputs.add(name);
    const helper = bareName(sql);
    if (helper === undefined || this.outputs.has(helper)) {
      this.expressions.set(name, sql);
    } else {
      this.expressions.set(name, this.expressions.get(helper) ?? '');
      this.renamed.set(helper, name);
    }
    return mark + name + mark;
  }

  /** The SELECT list. A helper is written where it is first used, as `(expression AS name)`: it is no column then. */
  list(): string {
    const written = new Set<string>(this.outputs);
    const reference = (mentioned: string): string => {
      const name = this.renamed.get(mentioned) ?? mentioned;
      if (written.has(name)) return name;
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

/** The name that a text consists of, where it is nothing but a reference. */
function bareName(sql: string): string | undefined {
  const parts = sql.split(mark);
  return parts.length === 3 && parts[0] === '' && parts[2] === '' ? parts[1] : undefined;
}
