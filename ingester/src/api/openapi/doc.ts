import { z } from 'zod';
import { dimensions, filtersSchema, rangeShape, type DimensionDefinition } from '../../model';
import type { Names } from '../parameters';

/** Groups of routes in the document, and what they are about. */
export const TAGS = {
  queries: 'Questions as Grafana asks them, and what they can be built from',
  events: 'Single events and whole messages',
  analytics: 'Short ways to ask the usual questions',
  files: 'Log files: what was loaded, what could not be, and taking more in',
  users: 'Who owns which job',
  service: 'Whether the service is well',
  documentation: 'This document and the page that shows it',
} as const;

/** What a route says of itself. The document is made from it, and every example in it is run by a test. */
export interface RouteDoc {
  readonly tag: keyof typeof TAGS;
  /** A few words for a list. */
  readonly summary: string;
  /** What else is to be known, in Markdown. */
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: Body;
  readonly answer: Answer;
  /** When it is refused, by status, beside what every route is refused for. */
  readonly refusals?: Readonly<Record<number, string>>;
  /** Requests that are answered well, by name. */
  readonly examples?: Readonly<Record<string, Example>>;
}

/** A parameter of the path or the query, checked by `schema`. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly description: string;
  readonly schema: z.ZodType;
  /** How a list is written: with commas, by repeating the name, or as JSON. Texts and numbers need none. */
  readonly style?: 'commas' | 'repeated' | 'json';
  /** Whether many routes have it, so that the document says it once. */
  readonly shared?: true;
}

/** A body in one or several media types. */
export interface Body {
  readonly description: string;
  readonly content: Readonly<Record<string, z.ZodType>>;
}

/** How a request that succeeds is answered. */
export interface Answer {
  readonly status: 200 | 202;
  readonly description: string;
  /** Bodies by media type. */
  readonly content: Readonly<Record<string, z.ZodType>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request: values of parameters, a body of one media type. */
export interface Example {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly body?: { readonly type: string; readonly value: unknown };
}

/** An answer in JSON. */
export function json(description: string, schema: z.ZodType, status: Answer['status'] = 200): Answer {
  return { status, description, content: { 'application/json': schema } };
}

/** An answer that is a text of some type. */
export function text(description: string, ...types: string[]): Answer {
  const content = Object.fromEntries(types.map((type) => [type, z.string()]));
  return { status: 200, description, content };
}

/** A part of the path. */
export function pathParameter(name: string, description: string, schema: z.ZodType = z.string()): Parameter {
  return { name, in: 'path', description, schema };
}

/** The parameters that an object's schema checks, with what they mean by name. */
export function parametersOf<S extends z.ZodRawShape>(
  { shape }: z.ZodObject<S>,
  meanings: Readonly<Partial<Record<keyof S & string, string>>>,
): Parameter[] {
  return Object.entries(meanings).map(([name, description]) => ({
    name,
    in: 'query',
    description: String(description),
    schema: shape[name] as unknown as z.ZodType,
  }));
}

/** What the parameters that make up a query mean. */
const MEANINGS: Readonly<Record<string, string>> = {
  from: 'Start of the range in epoch milliseconds; without it, from the beginning',
  to: 'End of the range in epoch milliseconds, which is not part of it; without it, to the end',
  limit: 'At most so many rows or groups',
  search: 'Only events with this text in the reply, in either case',
  cursor: 'The `next` of the page before',
  order: 'Highest or newest first, or the other way round',
  orderBy: 'Metric or dimension that groups are ordered by; without it, the first metric',
  timezone: 'Whose days count; without it, that of the settings',
  intervalMs: 'Width of a step in milliseconds, at least a minute',
  maxDataPoints: 'Steps are made wide enough that there are no more of them',
  columns: 'Columns of the rows',
  metrics: 'Metrics; without it, the usual ones',
  groupBy: 'Dimensions that figures are split by',
};

/**
 * The parameters of a route that are parts of a query, with the schemas the query is checked by: its range, what
 * `names` lists, conditions, and every dimension.
 */
export function queryParameters(
  { numbers, texts, lists }: Names,
  query: z.ZodObject,
  meanings: Readonly<Record<string, string>> = {},
): Parameter[] {
  const shape = query.shape as Readonly<Record<string, z.ZodType>>;
  const own = [...numbers, ...texts, ...lists].filter((name) => name in shape);
  return [
    ...['from', 'to', ...own].map((name): Parameter => {
      const schema = name === 'from' || name === 'to' ? rangeShape[name] : (shape[name] ?? z.string());
      const description = meanings[name] ?? MEANINGS[name] ?? '';
      const style = lists.includes(name) ? ({ style: 'commas' } as const) : {};
      return { name, in: 'query', description, schema, ...style };
    }),
    CONDITIONS,
    ...DIMENSIONS,
  ];
}

const CONDITIONS: Parameter = {
  name: 'filters',
  in: 'query',
  description: 'Conditions as a query has them, where another operator than `in` is wanted',
  schema: filtersSchema,
  style: 'json',
  shared: true,
};

const DIMENSIONS = Object.entries<DimensionDefinition>(dimensions).map(
  ([name, { description }]): Parameter => ({
    name,
    in: 'query',
    description: `${description}; several values: any of them`,
    schema: z.array(z.string()).optional(),
    style: 'repeated',
    shared: true,
  }),
);
