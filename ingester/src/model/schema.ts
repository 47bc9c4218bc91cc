import { z } from 'zod';
import { dimensions, GROUPING } from './dimensions';
import { metrics, type MetricName } from './metrics/metrics';

/** Kinds of questions of the contract, and what they answer with. */
export const queryTypes = {
  metrics: 'Figures by group and step, or how latencies, sizes and waiting times are distributed',
  flows: 'How mail flows over a path of dimensions, a row per link',
  events: 'Single events: a page of them, log lines, or their number per step',
  messages: 'One row per message with its final state',
  trace: "A message's whole life, a row per event",
  incidents: 'Incidents that were found',
  insights: 'The few things worth knowing now, worst first',
  causes: 'What probably made the mail fare worse, with the evidence',
  risk: 'How risky senders, jobs, users and routes are, worst first',
  files: 'Log files, newest first',
  ingestErrors: 'Rows of log files that could not be loaded',
  values: 'The values of a dimension, most attempts first',
  service: 'Figures of the service itself, as they are now',
  sql: 'One SELECT of your own over the documented tables',
} as const;

/** Name of a kind of question. */
export type QueryType = keyof typeof queryTypes;

/** Names of the kinds of questions. */
export const QUERY_TYPES = Object.keys(queryTypes) as QueryType[];

/** Filter operators of the contract, and when they hold. */
export const operators = {
  '=': 'is one of the values',
  '!=': 'is none of the values',
  in: 'is one of the values; of no value, never',
  notIn: 'is none of the values; of no value, always',
  contains: 'holds one of the texts',
  startsWith: 'begins with one of the texts',
  regex: 'matches one of the regular expressions (RE2)',
  notRegex: 'matches none of the regular expressions (RE2)',
  '<': 'comes before the value in the order of texts',
  '<=': 'comes before the value or is it',
  '>': 'comes after the value in the order of texts',
  '>=': 'comes after the value or is it',
} as const;

/** Name of a filter operator. */
export type Operator = keyof typeof operators;

/** Names of the filter operators. */
export const OPERATORS = Object.keys(operators) as Operator[];

/** Shapes of an answer of figures. */
export const formats = {
  timeseries: 'a frame per metric and group, with a value per step',
  numeric: 'one metric, a frame per group with one value: what alert rules read',
  table: 'one row per group, totals where nothing is grouped by',
  heatmap: 'one metric, one frame with a field per group over time',
  histogram: 'how values are distributed: a row per bucket',
} as const;

/** Names of the shapes. */
export const FORMATS = Object.keys(formats) as (keyof typeof formats)[];

const SHAPES = ['timeseries', 'numeric', 'table', 'heatmap'] as const;

/** Bounds of a query, so that a mistake is told instead of running for ever. */
export const LIMITS = {
  queries: 100,
  filters: 50,
  values: 1000,
  valueLength: 2_000,
  regexValues: 20,
  regexLength: 1_000,
  groupBy: 6,
  metrics: 40,
  rows: 100_000,
} as const;

const METRIC_NAMES = Object.keys(metrics) as MetricName[];

/** What `header:<name>` may be. */
const HEADER = /^header:[\x21-\x7e]{1,100}$/;

/** The message for a name that is not among the known ones. */
export function unknown(what: string, known: readonly string[]) {
  return (issue: { input?: unknown }) =>
    issue.input === undefined
      ? `a ${what} is missing; one of ${known.join(', ')}`
      : `unknown ${what} ${shown(issue.input)}; one of ${known.join(', ')}`;
}

function shown(input: unknown): string {
  const text = JSON.stringify(input) ?? String(input);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

const FILTERABLE = Object.keys(dimensions);

/** An instant in epoch milliseconds. */
export const epochMs = z
  .int('epoch milliseconds, a whole number')
  .min(0, 'epoch milliseconds, not before 1970')
  .max(4_102_444_800_000, 'epoch milliseconds, not after 2099');

/** A name of a table, or that of a custom header, `header:<name>`. */
export function nameOrHeader(what: string, names: readonly string[]) {
  const error = unknown(what, [...names, 'header:<name>']);
  return z.union([z.enum(names), z.string({ error }).regex(HEADER, { error })], { error });
}

/** Name of a metric. */
export const metricNameSchema = z.enum(METRIC_NAMES, { error: unknown('metric', METRIC_NAMES) });

/** Name of a dimension that can be grouped by. */
export const groupingSchema = z.enum(GROUPING, { error: unknown('dimension', GROUPING) });

/** Name of a filter operator. */
export const operatorSchema = z.enum(OPERATORS, { error: unknown('operator', OPERATORS) });

/** One condition: the value of a dimension against one or more values. Several conditions must all hold. */
export const filterSchema = z
  .object({
    dimension: nameOrHeader('dimension', FILTERABLE),
    operator: operatorSchema.default('='),
    values: z
      .array(
        z
          .union([z.string(), z.number().transform(String)], { error: 'a text or a number' })
          .pipe(z.string().max(LIMITS.valueLength, `at most ${LIMITS.valueLength} characters`)),
        { error: 'an array of texts' },
      )
      .max(LIMITS.values, `at most ${LIMITS.values} values`),
  })
  .superRefine(({ operator, values }, context) => {
    const wrong = (message: string) => context.addIssue({ code: 'custom', path: ['values'], message });
    const several = operator === 'in' || operator === 'notIn';
    if (values.length === 0 && !several) wrong(`operator ${operator} needs a value`);
    if (/^[<>]=?$/.test(operator) && values.length > 1) wrong(`operator ${operator} takes one value`);
    if (operator === 'regex' || operator === 'notRegex') {
      if (values.length > LIMITS.regexValues) wrong(`at most ${LIMITS.regexValues} regular expressions`);
      if (values.some((value) => value.length > LIMITS.regexLength))
        wrong(`a regular expression has at most ${LIMITS.regexLength} characters`);
    }
  });

/** A condition as it was checked. */
export type Filter = z.infer<typeof filterSchema>;

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z0-9_+\-/]+$/.test(name);
  } catch {
    return false;
  }
}

/** The dimensions an answer is split by. */
export const groupBySchema = z
  .array(groupingSchema, { error: 'an array of dimension names' })
  .max(LIMITS.groupBy, `at most ${LIMITS.groupBy} dimensions`)
  .default([]);

/** The conditions of a query, which must all hold. */
export const filtersSchema = z
  .array(filterSchema, { error: 'an array of filters' })
  .max(LIMITS.filters, `at most ${LIMITS.filters} filters`)
  .default([]);

/** Name of the zone whose days count. */
export const timezoneSchema = z
  .string()
  .refine(isTimezone, { error: 'not a time zone name, such as Europe/Berlin' })
  .optional();

/** How many rows, series or label sets an answer may have: at most `most`. */
export function limitSchema(most: number) {
  return z.int('a whole number').min(1, 'must be at least 1').max(most, `at most ${most}`).optional();
}

/** What decides the step of a timeseries. */
export const stepShape = {
  intervalMs: z.number('a number of milliseconds').positive('must be above 0').optional(),
  maxDataPoints: z.number('a number').positive('must be above 0').optional(),
  timezone: timezoneSchema,
};

/** Whether the highest or newest come first, or the lowest or oldest. */
export const orderSchema = z
  .enum(['asc', 'desc'], { error: unknown('order', ['asc', 'desc']) })
  .default('desc');

/** What a query of any kind may bring: its name and its own range. */
export const rangeShape = { refId: z.string(), from: epochMs.optional(), to: epochMs.optional() };

/** A query of type `metrics`. `limit` bounds rows, series or label sets; with `other` those beyond it are one, with `enough` rates of too little are null; days are days of `timezone`. */
export const metricsQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('metrics'),
  metrics: z
    .array(metricNameSchema, { error: 'an array of metric names' })
    .min(1, 'at least one metric')
    .max(LIMITS.metrics, `at most ${LIMITS.metrics} metrics`),
  groupBy: groupBySchema,
  filters: filtersSchema,
  format: z.enum(SHAPES, { error: unknown('format', FORMATS) }).default('table'),
  ...stepShape,
  limit: limitSchema(LIMITS.rows),
  other: z.boolean('true or false').default(false),
  enough: z.boolean('true or false').default(false),
  orderBy: z
    .enum([...METRIC_NAMES, ...GROUPING], { error: unknown('metric or grouped dimension', METRIC_NAMES) })
    .optional(),
  order: orderSchema,
});

/** A checked query of type `metrics`. */
export type MetricsQuery = z.infer<typeof metricsQuerySchema>;

/** What every query of a request has; the rest is checked per query, so that one mistake leaves the others answered. */
export const querySchema = z.looseObject({
  refId: z.string('a text is missing').min(1, 'must not be empty').max(200, 'at most 200 characters'),
  queryType: z.enum(QUERY_TYPES, { error: unknown('query type', QUERY_TYPES) }).default('metrics'),
});

/** The body of a query request: half-open range in epoch ms (a query may bring its own) and the queries. */
export const queryRequestSchema = z.object({
  from: epochMs.optional(),
  to: epochMs.optional(),
  queries: z
    .array(z.looseObject({ refId: querySchema.shape.refId }), { error: 'an array of queries' })
    .min(1, 'at least one query')
    .max(LIMITS.queries, `at most ${LIMITS.queries} queries`)
    .refine((queries) => new Set(queries.map(({ refId }) => refId)).size === queries.length, {
      error: 'every query needs a refId of its own',
    }),
});

/** A checked request; its queries are checked one by one when they are answered. */
export type QueryRequest = z.infer<typeof queryRequestSchema>;

/** One sentence of what is wrong: `metrics[0]: unknown metric "x"; one of …`. */
export function describeMistake(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, message }) => {
      const place = path
        .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
        .join('');
      return place === '' ? message : `${place.replace(/^\./, '')}: ${message}`;
    })
    .join('; ');
}
