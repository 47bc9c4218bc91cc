import type { DimensionName } from '../dimensions';
import {
  heatmapFrame,
  numericFrames,
  seriesFrames,
  tableFrame,
  type Frame,
  type FrameOptions,
  type Series,
  type Value,
} from '../frames';
import { bucketStarts } from '../interval';
import { metricOf, type MetricName } from './metrics';
import type { Part, Plan, Question } from './planner';
import type { TimeRange } from '../standing';
import { columns } from './tableSql';

/** A row as the store answers it, in the columns that `columns` names. */
export type Row = Record<string, Value>;

/** The values of a row's group. */
export function groupOf(row: Row, groupBy: readonly DimensionName[]): string[] {
  return groupBy.map((_, index) => String(row[columns.group(index)] ?? ''));
}

/** Rows in the order of their groups' ranks; rows of one group stay as they are. */
export function inOrder(
  rows: Row[],
  keys: readonly string[][] | undefined,
  groupBy: readonly DimensionName[],
): Row[] {
  if (!keys) return rows;
  const ranks = new Map(keys.map((key, index) => [JSON.stringify(key), index]));
  const rank = (row: Row) => ranks.get(JSON.stringify(groupOf(row, groupBy))) ?? keys.length;
  return rows
    .map((row) => ({ row, at: rank(row) }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row);
}

/** How many groups there were before the limit. */
export function groupCount(rows: readonly Row[]): number {
  return Number(rows[0]?.[columns.total] ?? 0);
}

/** What an answer was read from, for the frame's `meta.custom`. */
export function describe({ parts, folded, question }: Plan): Record<string, unknown> {
  return { ...describeParts(parts, question), ...(folded && { folded: ['provider'] }) };
}

/** The tables and ranges of parts, and the step of a timeseries. */
export function describeParts(parts: readonly Part[], { bucketing }: Question): Record<string, unknown> {
  const sources = parts.flatMap(({ family, slices }) =>
    slices.flatMap(({ table, grain, ranges, peaks }) => {
      const source = { family, table: table.name, grain, ranges: ranges.map(inMilliseconds) };
      return peaks ? [{ ...source, table: peaks.name, grain: 'hour' }, source] : [source];
    }),
  );
  return {
    sources,
    ...(bucketing && { intervalMs: bucketing.seconds * 1000, timezone: bucketing.timezone }),
  };
}

function inMilliseconds([from, to]: TimeRange): [number, number] {
  return [from * 1000, to * 1000];
}

/** Rows of an answer as frames; a timeseries has every bucket, counts 0 and anything else null where nothing was. */
export function shape(
  question: Question,
  rows: readonly Row[],
  options: FrameOptions,
  format: 'table' | 'timeseries' | 'numeric' | 'heatmap',
): Frame[] {
  const { groupBy, metrics } = question;
  const valueColumns = metrics.map((name) => ({ name, unit: metricOf(name).unit }));
  const labelled = (row: Row) =>
    Object.fromEntries(groupBy.map((name, index) => [name, String(row[columns.group(index)] ?? '')]));
  const number = (row: Row | undefined, name: MetricName) => {
    const value = row?.[columns.metric(name)];
    return typeof value === 'number' ? value : null;
  };
  switch (format) {
    case 'table': {
      const cells = rows.map((row) => [
        ...Object.values(labelled(row)),
        ...metrics.map((name) => number(row, name)),
      ]);
      return [tableFrame(groupBy, valueColumns, cells, options)];
    }
    case 'numeric': {
      const series = rows.map((row) => ({
        labels: labelled(row),
        values: metrics.map((name) => [number(row, name)]),
      }));
      const [column] = valueColumns;
      return column ? numericFrames(column, series, options) : [];
    }
    case 'timeseries':
    case 'heatmap': {
      const starts = question.bucketing ? bucketStarts(question.bucketing, question.from, question.to) : [];
      const times = [...new Set([...starts, ...rows.map((row) => Number(row[columns.time]))])].sort(
        (a, b) => a - b,
      );
      const found = new Map<string, { labels: Record<string, string>; cells: Map<number, Row> }>();
      for (const row of rows) {
        const labels = labelled(row);
        const key = JSON.stringify(Object.values(labels));
        const known = found.get(key) ?? { labels, cells: new Map<number, Row>() };
        found.set(key, known);
        known.cells.set(Number(row[columns.time]), row);
      }
      const series: Series[] = [...found.values()].map(({ labels, cells }) => ({
        labels,
        values: metrics.map((name) => {
          const gap = metricOf(name).count ? 0 : null;
          return times.map((time) => (cells.has(time) ? number(cells.get(time), name) : gap));
        }),
      }));
      const instants = times.map((time) => time * 1000);
      const [column] = valueColumns;
      if (format === 'heatmap' && column) return [heatmapFrame(instants, column, series, options)];
      return seriesFrames(instants, valueColumns, series, options);
    }
  }
}
