import type { ScopedVars } from '@grafana/data';
import type { Filter, WatchtowerQuery } from '../types';

/** What of Grafana's template service is needed. */
export interface Templates {
  replace: (text: string, scopedVars?: ScopedVars, format?: string | ValueFormat) => string;
  /** Whether a variable stands at "All", which asks for no condition at all. */
  isAll: (name: string) => boolean;
}

/** A variable's values and what is known of it, made into a text. */
type ValueFormat = (value: unknown, variable: { multi?: boolean; includeAll?: boolean } | undefined) => string;

/** A text that is one variable and nothing else: $name, ${name}, ${name:format} or [[name]]. */
const VARIABLE = /^(?:\$(\w+)|\$\{(\w+)(?:[.:][^}]*)?\}|\[\[(\w+)(?::\w+)?\]\])$/;

/** Parts of a query that are texts of people's own. */
const TEXTS = ['messageId', 'job', 'recipient', 'event', 'search', 'file', 'dimension', 'incident'] as const;

/** Parts that are lists of names. */
const LISTS = ['metrics', 'groupBy', 'path', 'columns'] as const;

/** Puts values in for the variables of a query. The answer holds no variable that Grafana knows. */
export function interpolate(query: WatchtowerQuery, templates: Templates, scopedVars: ScopedVars): WatchtowerQuery {
  const result: Record<string, unknown> = { ...query };
  for (const name of TEXTS) {
    const text = query[name];
    if (typeof text === 'string') {
      result[name] = templates.replace(text, scopedVars);
    }
  }
  for (const name of LISTS) {
    const list = query[name];
    if (list) {
      result[name] = expand(list, templates, scopedVars);
    }
  }
  if (query.sql !== undefined) {
    result.sql = templates.replace(query.sql, scopedVars, sqlLiterals);
  }
  if (query.filters) {
    result.filters = query.filters.flatMap((filter) => withValues(filter, templates, scopedVars));
  }
  return result as unknown as WatchtowerQuery;
}

/** A variable at "All", or without a value, asks for no condition. */
function withValues(filter: Filter, templates: Templates, scopedVars: ScopedVars): Filter[] {
  const { operator } = filter;
  if (filter.values.length > 0 && filter.values.every((value) => asksForAll(value, templates, scopedVars))) {
    return [];
  }
  const matches = operator === 'regex' || operator === 'notRegex';
  const values = matches
    ? filter.values.map((value) => templates.replace(value, scopedVars, 'regex'))
    : expand(filter.values, templates, scopedVars);
  const several = values.length > 1;
  const wider = several && operator === '=' ? 'in' : several && operator === '!=' ? 'notIn' : operator;
  return [{ ...filter, operator: wider, values }];
}

function asksForAll(text: string, templates: Templates, scopedVars: ScopedVars): boolean {
  const name = nameOf(text);
  if (name === undefined) {
    return false;
  }
  return (
    (scopedVars[name] === undefined && templates.isAll(name)) ||
    valuesOf(text, templates, scopedVars).every((value) => value === '')
  );
}

/** A text that is a variable becomes all of its values; within another text they are parted by commas. */
function expand(texts: readonly string[], templates: Templates, scopedVars: ScopedVars): string[] {
  return texts.flatMap((text) =>
    nameOf(text) === undefined ? [templates.replace(text, scopedVars)] : valuesOf(text, templates, scopedVars)
  );
}

function valuesOf(text: string, templates: Templates, scopedVars: ScopedVars): string[] {
  const name = nameOf(text);
  let values: string[] | undefined;
  const replaced = templates.replace(`\${${name}}`, scopedVars, (value) => {
    values = (Array.isArray(value) ? value : [value]).map(String);
    return '';
  });
  // A variable that Grafana does not know stays as it was written.
  return values ?? [replaced === `\${${name}}` ? text : replaced];
}

function nameOf(text: string): string | undefined {
  const match = VARIABLE.exec(text.trim());
  return match?.[1] ?? match?.[2] ?? match?.[3];
}

/** As Grafana's other SQL sources do: variables with several values become a quoted list, others stand as they are. */
const sqlLiterals: ValueFormat = (value, variable) => {
  if (Array.isArray(value)) {
    return value.map((each) => `'${escape(String(each))}'`).join(', ');
  }
  const text = escape(String(value));
  return variable?.multi || variable?.includeAll ? `'${text}'` : text;
};

/** ClickHouse knows backslashes in its texts, so doubling quotes would not be enough. */
function escape(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/'/g, "\\'");
}
