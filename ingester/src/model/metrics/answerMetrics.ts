import type { Store } from '../../store';
import { withBuckets } from './buckets';
import { rangeOf } from '../checks';
import { GROUPING, type DimensionName } from '../dimensions';
import type { AnswerContext } from '../context';
import { QueryError } from '../errors';
import { expiredNotices } from '../expired';
import type { Frame } from '../frames';
import { generalNotices, tooFew, tooFewNotices, waitingNotice } from './notices';
import type { MetricName } from './metrics';
import { heldNotices } from './held';
import { familiesOf, planQuestion, rawRanges, type Question } from './planner';
import type { MetricsQuery } from '../schema';
import { describe, groupCount, groupOf, inOrder, shape, type Row } from './shape';
import { planSql } from './sql';
import { columns, type Selection } from './tableSql';

/** Rows, series or label sets where the query sets no limit. */
const DEFAULT_LIMIT = { table: 10_000, timeseries: 100, numeric: 1000, heatmap: 100 } as const;

/** Name of the group of all groups beyond the limit. */
const OTHER = 'other';

/** Most groups that are named one by one when a second query is limited to them: they travel as parameters. */
const MAX_KEYS = 1000;

/** Answers a metrics query as frames. Throws QueryError, or what the store throws. */
export async function answerMetrics(
  store: Pick<Store, 'read'>,
  query: MetricsQuery,
  context: AnswerContext,
): Promise<Frame[]> {
  const { format } = query;
  const timed = format === 'timeseries' || format === 'heatmap';
  const names = [...new Set(query.metrics)];
  if ((format === 'numeric' || format === 'heatmap') && names.length > 1)
    throw new QueryError(400, `metrics: format ${format} takes one metric`);
  const groupBy = [...new Set(query.groupBy)];
  const wanted = query.limit ?? DEFAULT_LIMIT[format];
  const limit = timed || query.other ? Math.min(wanted, MAX_KEYS) : wanted;
  const question: Question = {
    ...rangeOf(query),
    metrics: names,
    groupBy,
    filters: query.filters,
    enough: query.enough,
    complaintProviders: context.complaintProviders,
  };
  const notices = generalNotices(query, names);
  const order = orderOf(query, question);
  const read: Store['read'] = (sql, options) =>
    store.read(sql, { ...options, ...(context.signal && { signal: context.signal }) });
  const reader = async (asked: Question, selection: Selection) => {
    const plan = planQuestion(asked);
    if (asked.from >= asked.to || selection.keys?.length === 0) return { plan, rows: [] };
    const { sql, params } = planSql(plan, selection);
    return { plan, rows: await read<Row>(sql, { params }) };
  };

  const ranked = ranksFirst(timed, names, order.metrics, groupBy, limit)
    ? await reader({ ...question, metrics: order.metrics, rankedFor: names }, { orderBy: order, limit })
    : undefined;
  const keys = ranked?.rows.map((row) => groupOf(row, groupBy));
  const series = (keys?.length ?? 1) + (query.other ? 1 : 0);
  const asked = timed ? withBuckets(question, query, series, context.timezone, notices) : question;
  const single = { ...asked, metrics: [...new Set([...names, ...order.metrics])], rankedFor: names };
  const { plan, rows } = keys
    ? await reader(asked, { keys })
    : await reader(single, asked.bucketing ? {} : { orderBy: order, limit });
  const cut = groupCount(ranked?.rows ?? rows) - limit;
  const kept = keys ?? rows.map((row) => groupOf(row, groupBy));
  const rest =
    cut > 0 && query.other ? named((await reader(asked, { keys: kept, others: true })).rows, kept) : [];
  if (cut > 0) {
    const direction = order.descending ? 'highest first' : 'lowest first';
    const fate = rest.length > 0 ? `are one, ${groupOf(rest[0] ?? {}, groupBy)[0] ?? ''}` : 'are left out';
    const text = `Cut to ${limit} groups by ${order.name}, ${direction}; ${cut} more ${fate}`;
    notices.push({ severity: 'info', text });
  }
  const all = [...inOrder(rows, keys, groupBy), ...rest];
  const few = tooFew(all, names, groupBy);
  notices.push(...expiredNotices(rawRanges(plan.parts), context), ...tooFewNotices(few));
  notices.push(
    ...(await waitingNotice(read, names, question)),
    ...(await heldNotices(read, plan.parts, context)),
  );
  const custom = { ...describe(plan), ...(few.length > 0 && { tooFew: few }) };
  return shape(asked, all, { refId: query.refId, notices, custom }, format);
}

/** The group of everything that was cut, under a name that no other group has. */
function named(rows: readonly Row[], kept: readonly (readonly string[])[]): Row[] {
  const [first] = kept;
  const taken = kept.some((key) => key.every((value) => value === OTHER));
  const names = first?.map((_, index) => [columns.group(index), taken ? `(${OTHER})` : OTHER] as const) ?? [];
  return rows.map((row) => ({ ...row, ...Object.fromEntries(names) }));
}

/** The order of groups: a metric's column, or that of a grouped dimension. */
interface Order {
  readonly name: string;
  readonly column: string;
  readonly descending: boolean;
  /** What has to be computed to rank groups. */
  readonly metrics: readonly MetricName[];
}

function orderOf({ orderBy, order }: MetricsQuery, { metrics, groupBy }: Question): Order {
  const descending = order === 'desc';
  const [first] = metrics;
  if (first === undefined) throw new QueryError(400, 'metrics: at least one metric');
  const dimension = groupBy.findIndex((name) => name === orderBy);
  if (orderBy !== undefined && dimension >= 0)
    return { name: orderBy, column: columns.group(dimension), descending, metrics: [first] };
  if ((GROUPING as readonly (string | undefined)[]).includes(orderBy))
    throw new QueryError(400, `orderBy: ${orderBy} is neither a metric nor among groupBy`);
  const name = orderBy === undefined ? first : (orderBy as MetricName);
  return { name, column: columns.metric(name), descending, metrics: [name] };
}

/** Whether the groups are picked by a query of their own: for series, and where that spares the costly parts. */
function ranksFirst(
  timed: boolean,
  names: readonly MetricName[],
  ranking: readonly MetricName[],
  groupBy: readonly DimensionName[],
  limit: number,
): boolean {
  if (groupBy.length === 0) return false;
  if (timed) return true;
  return limit <= MAX_KEYS && familiesOf(names).size > familiesOf(ranking).size;
}
