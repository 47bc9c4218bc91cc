import type { Store } from '../store';
import { withBuckets } from './buckets';
import { rangeOf, requireDimension } from './checks';
import { GROUPING, type DimensionName } from './dimensions';
import { notAvailable, QueryError } from './errors';
import type { FileSource } from './files';
import type { Frame, Notice } from './frames';
import { LATER_METRICS, type MetricName } from './metrics';
import { familiesOf, planQuestion, type Question } from './planner';
import type { MetricsQuery } from './schema';
import { describe, groupCount, groupOf, inOrder, shape, type Row } from './shape';
import { columns, planSql, type Selection } from './sql';

/** What an answer depends on beside the question. */
export interface AnswerContext {
  /** Zone whose days count where a query names none. */
  readonly timezone: string;
  /** Names of the providers that send complaints. */
  readonly complaintProviders: readonly string[];
  /** The log files, where there is a service that knows them. */
  readonly files?: FileSource;
  /** Abandons the answer when the one who asked has left. */
  readonly signal?: AbortSignal;
}

/** Rows, series or label sets where the query sets no limit. */
const DEFAULT_LIMIT = { table: 10_000, timeseries: 100, numeric: 1000 } as const;

/** Most groups that are named one by one when a second query is limited to them: they travel as parameters. */
const MAX_KEYS = 1000;

/** Answers a metrics query as frames. Throws QueryError, or what the store throws. */
export async function answerMetrics(
  store: Pick<Store, 'read'>,
  query: MetricsQuery,
  context: AnswerContext,
): Promise<Frame[]> {
  const { format } = query;
  if (format === 'heatmap' || format === 'histogram') throw notAvailable(`format ${format}`);
  const names = [...new Set(query.metrics)].map(servedMetric);
  if (format === 'numeric' && names.length > 1)
    throw new QueryError(400, 'metrics: format numeric takes one metric');
  const groupBy = [...new Set(query.groupBy)].map(servedDimension);
  for (const { dimension } of query.filters) requireDimension(dimension);
  const wanted = query.limit ?? DEFAULT_LIMIT[format];
  const limit = format === 'timeseries' ? Math.min(wanted, MAX_KEYS) : wanted;
  const question: Question = {
    ...rangeOf(query),
    metrics: names,
    groupBy,
    filters: query.filters,
    complaintProviders: context.complaintProviders,
  };
  const notices = generalNotices(query, names);
  const order = orderOf(query, question);
  const reader = async (asked: Question, selection: Selection) => {
    const plan = planQuestion(asked);
    if (asked.from >= asked.to || selection.keys?.length === 0) return { plan, rows: [] };
    const { sql, params } = planSql(plan, selection);
    const rows = await store.read<Row>(sql, { params, ...(context.signal && { signal: context.signal }) });
    return { plan, rows };
  };

  const ranked = ranksFirst(format, names, order.metrics, groupBy, limit)
    ? await reader({ ...question, metrics: order.metrics, rankedFor: names }, { orderBy: order, limit })
    : undefined;
  const keys = ranked?.rows.map((row) => groupOf(row, groupBy));
  const series = keys?.length ?? 1;
  const timed =
    format === 'timeseries' ? withBuckets(question, query, series, context.timezone, notices) : question;
  const single = { ...timed, metrics: [...new Set([...names, ...order.metrics])], rankedFor: names };
  const { plan, rows } = keys
    ? await reader(timed, { keys })
    : await reader(single, timed.bucketing ? {} : { orderBy: order, limit });
  const cut = groupCount(ranked?.rows ?? rows) - limit;
  if (cut > 0) {
    const direction = order.descending ? 'highest first' : 'lowest first';
    const text = `Cut to ${limit} groups by ${order.name}, ${direction}; ${cut} more are left out`;
    notices.push({ severity: 'info', text });
  }
  const options = { refId: query.refId, notices, custom: describe(plan) };
  return shape(timed, inOrder(rows, keys, groupBy), options, format);
}

function servedMetric(name: MetricsQuery['metrics'][number]): MetricName {
  if ((LATER_METRICS as readonly string[]).includes(name)) throw notAvailable(`metric ${name}`);
  return name as MetricName;
}

function servedDimension(name: MetricsQuery['groupBy'][number]): DimensionName {
  requireDimension(name);
  return name as DimensionName;
}

function generalNotices(query: MetricsQuery, names: readonly MetricName[]): Notice[] {
  const notices: Notice[] = [];
  if (names.includes('deferredMessages') && (query.groupBy.length > 0 || query.format === 'timeseries'))
    notices.push({
      severity: 'info',
      text: 'deferredMessages counts distinct messages within each cell: cells do not add up',
    });
  if (names.includes('complaintRate'))
    notices.push({
      severity: 'info',
      text: 'complaintRate covers the providers that send complaints; null elsewhere: not reported',
    });
  return notices;
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
  const name = orderBy === undefined ? first : servedMetric(orderBy as MetricsQuery['metrics'][number]);
  return { name, column: columns.metric(name), descending, metrics: [name] };
}

/** Whether the groups are picked by a query of their own: for series, and where that spares the costly parts. */
function ranksFirst(
  format: string,
  names: readonly MetricName[],
  ranking: readonly MetricName[],
  groupBy: readonly DimensionName[],
  limit: number,
): boolean {
  if (groupBy.length === 0) return false;
  if (format === 'timeseries') return true;
  return limit <= MAX_KEYS && familiesOf(names).size > familiesOf(ranking).size;
}
