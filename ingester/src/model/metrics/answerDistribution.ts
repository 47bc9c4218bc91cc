import type { Store } from '../../store';
import type { AnswerContext } from '../context';
import { withBuckets } from './buckets';
import { rangeOf } from '../checks';
import { DEFAULT_EDGES, type DistributionField, type DistributionQuery } from './distributionQuery';
import { AMOUNT, BIN, distributionSql } from './distributionSql';
import { QueryError } from '../errors';
import { expiredNotices } from '../expired';
import { heldNotices } from './held';
import { heatmapFrame, histogramFrame, type Frame, type Notice } from '../frames';
import { bucketStarts } from '../interval';
import type { MetricName } from './metrics';
import { planQuestion, rawRanges, type Question } from './planner';
import { describeParts, groupCount, groupOf, type Row } from './shape';
import { planSql } from './sql';
import { columns } from './tableSql';

/** Groups of a histogram where the query sets no limit. */
const DEFAULT_LIMIT = 10;

/** What the groups of a distribution are ranked by. */
const RANKED_BY: Readonly<Record<DistributionField, MetricName>> = {
  latency: 'delivered',
  size: 'delivered',
  queueAge: 'backlog',
};

/** Answers with a histogram, one count per bucket and group, or a heatmap, one row per bucket over time. */
export async function answerDistribution(
  store: Pick<Store, 'read'>,
  query: DistributionQuery,
  context: AnswerContext,
): Promise<Frame[]> {
  const { field, format } = query;
  const edges = query.buckets ?? DEFAULT_EDGES[field];
  const groupBy = [...new Set(query.groupBy)];
  if (format === 'heatmap' && groupBy.length > 0)
    throw new QueryError(400, 'groupBy: a heatmap of a field has no groups; filter instead');
  const notices: Notice[] = [];
  const plain: Question = {
    ...rangeOf(query),
    metrics: [RANKED_BY[field]],
    groupBy,
    filters: query.filters,
    complaintProviders: context.complaintProviders,
  };
  const read: Store['read'] = (sql, options) =>
    store.read(sql, { ...options, ...(context.signal && { signal: context.signal }) });
  const question =
    format === 'heatmap' ? withBuckets(plain, query, edges.length + 1, context.timezone, notices) : plain;
  const keys = await keysOf(read, plain, query.limit ?? DEFAULT_LIMIT, notices);
  const { sql, params, parts } = distributionSql(question, field, edges, keys ? { keys } : {});
  const isEmpty = plain.from >= plain.to || keys?.length === 0;
  const rows = isEmpty ? [] : await read<Row>(sql, { params });
  notices.push(
    ...expiredNotices(rawRanges(parts), context),
    ...(isEmpty ? [] : await heldNotices(read, parts, context)),
  );
  const options = { refId: query.refId, notices, custom: describeParts(parts, question) };
  const names = labelsOf(edges);
  const amounts = new Map(
    rows.map((row) => [
      JSON.stringify([row[columns.time] ?? null, row[BIN], ...groupOf(row, groupBy)]),
      Number(row[AMOUNT]),
    ]),
  );
  const amount = (time: number | null, bin: number, group: readonly string[]) =>
    amounts.get(JSON.stringify([time, bin, ...group])) ?? 0;
  const unit = field === 'size' ? 'bytes' : 's';
  if (question.bucketing) {
    const times = rows.length === 0 ? [] : bucketStarts(question.bucketing, plain.from, plain.to);
    const series = names.map((bucket, bin) => ({
      labels: { bucket },
      values: [times.map((time) => amount(time, bin, []))],
    }));
    return [
      heatmapFrame(
        times.map((time) => time * 1000),
        { name: field, unit: 'short' },
        series,
        options,
      ),
    ];
  }
  const groups = keys ?? (rows.length === 0 ? [] : [[]]);
  const counts = groups.map((group) => ({
    labels: Object.fromEntries(groupBy.map((name, index) => [name, group[index] ?? ''])),
    values: names.map((_, bin) => amount(null, bin, group)),
  }));
  return [histogramFrame(names, edges, unit, counts, options)];
}

/** The groups with the most messages; undefined where nothing is grouped. */
async function keysOf(
  read: Store['read'],
  question: Question,
  limit: number,
  notices: Notice[],
): Promise<string[][] | undefined> {
  const { groupBy, metrics, from, to } = question;
  if (groupBy.length === 0) return undefined;
  if (from >= to) return [];
  const [metric = 'delivered'] = metrics;
  const orderBy = { column: columns.metric(metric), descending: true };
  const { sql, params } = planSql(planQuestion(question), { orderBy, limit });
  const rows = await read<Row>(sql, { params });
  const cut = groupCount(rows) - limit;
  if (cut > 0) {
    const text = `Cut to ${limit} groups by ${metric}, highest first; ${cut} more are left out`;
    notices.push({ severity: 'info', text });
  }
  return rows.map((row) => groupOf(row, groupBy));
}

/** `<1`, `1-3`, …, `>300`. */
function labelsOf(edges: readonly number[]): string[] {
  return [
    `<${edges[0] ?? ''}`,
    ...edges.slice(1).map((edge, index) => `${edges[index] ?? ''}-${edge}`),
    `>${edges.at(-1) ?? ''}`,
  ];
}
