import {
  LogRowContextQueryDirection,
  dateTime,
  type LogRowContextOptions,
  type LogRowModel,
  type TimeRange,
} from '@grafana/data';
import type { Filter, WatchtowerQuery } from '../types';

/** What two lines share that tell of the same thing: the way of the mail, not the single message. */
const SAME_WAY = ['vmta', 'provider'] as const;

/** How far from the line is looked, where Grafana does not say. */
const WINDOW_MS = 6 * 60 * 60 * 1000;

/** Lines on one side of a line, where Grafana does not say. */
const LINES = 50;

/** What happened around a log line on the same way: the query on one side of it, and its range. */
export function contextOf(
  row: Pick<LogRowModel, 'labels' | 'timeEpochMs'>,
  { direction, limit = LINES, timeWindowMs = WINDOW_MS }: LogRowContextOptions = {}
): { query: WatchtowerQuery; range: TimeRange } {
  const later = direction === LogRowContextQueryDirection.Forward;
  const filters = SAME_WAY.flatMap((dimension): Filter[] => {
    const value = row.labels[dimension];
    return value ? [{ dimension, operator: '=', values: [value] }] : [];
  });
  const at = row.timeEpochMs;
  // Ranges are half-open and log times are whole seconds: both sides hold the line's own second, Grafana drops repeats.
  const from = dateTime(later ? at : at - timeWindowMs);
  const to = dateTime(later ? at + timeWindowMs : at + 1000);
  return {
    query: {
      refId: later ? 'context-after' : 'context-before',
      queryType: 'events',
      format: 'logs',
      order: later ? 'asc' : 'desc',
      limit,
      filters,
    },
    range: { from, to, raw: { from, to } },
  };
}
