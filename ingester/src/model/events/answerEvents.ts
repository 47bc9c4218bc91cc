import type { Store } from '../../store';
import type { AnswerContext } from '../context';
import { withBuckets } from '../metrics/buckets';
import { rangeOf } from '../checks';
import { DEFAULT_COLUMNS } from './eventColumns';
import { METRICS_OF_LEVEL, type Level } from './eventLevels';
import { listEvents } from './eventList';
import { LOG_COLUMNS, logsFrame } from './eventLogs';
import { columnsOf } from './eventPage';
import type { EventsQuery } from './eventsQuery';
import { rowsFrame, seriesFrames, type Frame, type Notice } from '../frames';
import { expiredNotices } from '../expired';
import { bucketStarts } from '../interval';
import { planQuestion, rawRanges, type Question } from '../metrics/planner';
import type { Filter } from '../schema';
import { describe, type Row } from '../metrics/shape';
import { planSql } from '../metrics/sql';
import { columns } from '../metrics/tableSql';

/** Events of one page where the query sets no limit. */
const DEFAULT_LIMIT = 100;

/** Answers an events query: a page as a table or as log lines, or the number of events over time by level. */
export async function answerEvents(
  store: Pick<Store, 'read'>,
  query: EventsQuery,
  context: AnswerContext,
): Promise<Frame[]> {
  const filters = filtersOf(query);
  if (query.format === 'timeseries') return volume(store, query, filters, context);
  const logs = query.format === 'logs';
  const chosen = logs
    ? LOG_COLUMNS
    : query.columns.length > 0
      ? [...new Set(query.columns)]
      : DEFAULT_COLUMNS;
  const { from, to } = rangeOf(query);
  const limit = query.limit ?? DEFAULT_LIMIT;
  const wish = { columns: chosen, filters, descending: query.order === 'desc', after: query.cursor };
  const { events, next, windows } = await listEvents(store, wish, [from, to], limit, context.signal);
  const text = `The first ${limit} events; there are more: meta.custom.next is the cursor of the next page`;
  const notices: Notice[] = expiredNotices([[from, to]], context);
  if (next !== null) notices.push({ severity: 'info', text });
  const read = windows.flat().map(([start, end]) => [start * 1000, end * 1000]);
  const custom = { next, sources: [{ table: 'events', grain: 'raw', ranges: read }] };
  const options = { refId: query.refId, notices, custom };
  if (logs) return [logsFrame(events, options)];
  const fields = columnsOf(chosen).map(({ kind, unit }, index) => ({
    name: chosen[index] ?? '',
    kind,
    ...(unit !== undefined && { unit }),
  }));
  return [
    rowsFrame(
      fields,
      events.map(({ cells }) => cells),
      options,
    ),
  ];
}

/** All conditions of a query: pages and the volume beside them are built from the same ones. */
export function filtersOf({ filters, search }: Pick<EventsQuery, 'filters' | 'search'>): Filter[] {
  const text: Filter = { dimension: 'diag', operator: 'contains', values: [search] };
  return search === '' ? filters : [...filters, text];
}

async function volume(
  store: Pick<Store, 'read'>,
  query: EventsQuery,
  filters: readonly Filter[],
  context: AnswerContext,
): Promise<Frame[]> {
  const notices: Notice[] = [];
  const levels = Object.entries(METRICS_OF_LEVEL) as [Level, (typeof METRICS_OF_LEVEL)[Level]][];
  const asked: Question = {
    ...rangeOf(query),
    metrics: levels.flatMap(([, metrics]) => metrics),
    groupBy: [],
    filters,
    complaintProviders: context.complaintProviders,
  };
  const question = withBuckets(asked, query, 1, context.timezone, notices);
  const plan = planQuestion(question);
  const { sql, params } = planSql(plan);
  const { from, to, bucketing } = question;
  const rows =
    from < to
      ? await store.read<Row>(sql, { params, ...(context.signal && { signal: context.signal }) })
      : [];
  const cells = new Map(rows.map((row) => [Number(row[columns.time]), row]));
  const times = bucketing ? bucketStarts(bucketing, from, to) : [];
  const series = levels
    .map(([level, metrics]) => ({
      labels: { level },
      values: [
        times.map((time) => sum(metrics.map((name) => Number(cells.get(time)?.[columns.metric(name)])))),
      ],
    }))
    .filter(({ values }) => values[0]?.some((value) => value > 0));
  notices.push(...expiredNotices(rawRanges(plan.parts), context));
  const options = { refId: query.refId, notices, custom: describe(plan) };
  return seriesFrames(
    times.map((time) => time * 1000),
    [{ name: 'events', unit: 'short' }],
    series,
    options,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + (value || 0), 0);
}
