import { z } from 'zod';
import { dimensions, GROUPING, headerOf, isDimension, LATER_DIMENSIONS } from './dimensions';
import { metrics, type MetricName } from './metrics/metrics';

/** Kinds of questions of the contract. */
export const QUERY_TYPES = [
  'metrics',
  'flows',
  'events',
  'messages',
  'trace',
  'incidents',
  'insights',
  'causes',
  'risk',
  'files',
  'ingestErrors',
  'values',
  'service',
  'sql',
] as const;

/** Name of a kind of question. */
export type QueryType = (typeof QUERY_TYPES)[number];

/** Filter operators of the contract. */
export const OPERATORS = [
  '=',
  '!=',
  'in',
  'notIn',
  'contains',
  'startsWith',
  'regex',
  'notRegex',
  '<',
  '<=',
  '>',
  '>=',
] as const;

const SHAPES = ['timeseries', 'numeric', 'table', 'heatmap'] as const;

/** Shapes of an answer. */
export const FORMATS = [...SHAPES, 'histogram'] as const;

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

const FILTERABLE = [...Object.keys(dimensions), ...LATER_DIMENSIONS, 'header:<name>'];

/** An instant in epoch milliseconds. */
export const epochMs = z
  .int('epoch milliseconds, a whole number')
  .min(0, 'epoch milliseconds, not before 1970')
  .max(4_102_444_800_000, 'epoch milliseconds, not after 2099');

const groupingSchema = z.enum([...GROUPING, ...LATER_DIMENSIONS], {
  error: unknown('dimension', [...GROUPING, ...LATER_DIMENSIONS]),
});

/** One condition: the value of a dimension against one or more values. Several conditions must all hold. */
export const filterSchema = z
  .object({
    dimension: z
      .string({ error: unknown('dimension', FILTERABLE) })
      .refine(
        (name) =>
          isDimension(name) ||
          headerOf(name) !== undefined ||
          (LATER_DIMENSIONS as readonly string[]).includes(name),
        { error: unknown('dimension', FILTERABLE) },
      ),
    operator: z.enum(OPERATORS, { error: unknown('operator', OPERATORS) }).default('='),
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

/** A query of type `metrics`. `limit` bounds rows, series or label sets; with `other` those beyond it are one; days are days of `timezone`. */
export const metricsQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('metrics'),
  metrics: z
    .array(z.enum(METRIC_NAMES, { error: unknown('metric', METRIC_NAMES) }), {
      error: 'an array of metric names',
    })
    .min(1, 'at least one metric')
    .max(LIMITS.metrics, `at most ${LIMITS.metrics} metrics`),
  groupBy: groupBySchema,
  filters: filtersSchema,
  format: z.enum(SHAPES, { error: unknown('format', FORMATS) }).default('table'),
  ...stepShape,
  limit: limitSchema(LIMITS.rows),
  other: z.boolean('true or false').default(false),
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
