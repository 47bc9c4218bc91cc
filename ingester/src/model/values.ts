import { z } from 'zod';
import type { Store } from '../store';
import type { AnswerContext } from './context';
import { rangeOf } from './checks';
import { dimensions, type DimensionName } from './dimensions';
import { expiredNotices } from './expired';
import { rowsFrame, type Frame, type Notice } from './frames';
import { planQuestion, rawRanges } from './metrics/planner';
import { filtersSchema, limitSchema, rangeShape, unknown, type Filter } from './schema';
import { describe, groupCount, groupOf, type Row } from './metrics/shape';
import { planSql } from './metrics/sql';
import { columns } from './metrics/tableSql';

const NAMES = Object.keys(dimensions) as DimensionName[];

/** Values where the query sets no limit: more than a person reads in a drop-down. */
const DEFAULT_LIMIT = 100;

/** A query of type `values`: the values of a dimension, most attempts first; `search` is a text in them, in either case. */
export const valuesQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('values'),
  dimension: z.enum(NAMES, { error: unknown('dimension', NAMES) }),
  search: z.string('a text').max(500, 'must have at most 500 characters').default(''),
  filters: filtersSchema,
  limit: limitSchema(10_000),
});

/** A checked query of type `values`. */
export type ValuesQuery = z.infer<typeof valuesQuerySchema>;

/** Answers with one row per value. Rollups know the values of most dimensions; the others are read from events. */
export async function answerValues(
  store: Pick<Store, 'read'>,
  query: ValuesQuery,
  context: AnswerContext,
): Promise<Frame[]> {
  const { dimension, search } = query;
  const holding: Filter = { dimension, operator: 'regex', values: [anywhere(search)] };
  const limit = query.limit ?? DEFAULT_LIMIT;
  const question = {
    ...rangeOf(query),
    metrics: ['attempts'] as const,
    // A job that only came in so far has to be found too.
    counters: ['received', 'statuses'] as const,
    groupBy: [dimension],
    filters: search === '' ? query.filters : [...query.filters, holding],
    complaintProviders: context.complaintProviders,
  };
  const plan = planQuestion(question);
  const order = { column: columns.metric('attempts'), descending: true };
  // One more than the limit, as an empty value may be among them, which is none.
  const { sql, params } = planSql(plan, { orderBy: order, limit: limit + 1 });
  const options = { params, ...(context.signal && { signal: context.signal }) };
  const rows = question.from < question.to ? await store.read<Row>(sql, options) : [];
  const values = rows.map((row) => [...groupOf(row, [dimension]), row[columns.metric('attempts')] ?? null]);
  const filled = values.filter(([value]) => value !== '');
  const left = groupCount(rows) - (values.length - filled.length) - limit;
  const text = `Cut to ${limit} values, most attempts first; ${left} more are left out`;
  const notices: Notice[] = expiredNotices(rawRanges(plan.parts), context);
  if (left > 0) notices.push({ severity: 'info', text });
  return [
    rowsFrame(
      [
        { name: 'value', kind: 'text' },
        { name: 'attempts', kind: 'number', unit: 'short' },
      ],
      filled.slice(0, limit),
      { refId: query.refId, notices, custom: describe(plan) },
    ),
  ];
}

/** A regular expression for a text anywhere, in either case. */
function anywhere(text: string): string {
  return `(?i)${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`;
}
