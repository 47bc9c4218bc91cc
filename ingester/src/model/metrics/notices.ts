import type { Store } from '../../store';
import type { DimensionName } from '../dimensions';
import type { Notice } from '../frames';
import { metricOf, type MetricName } from './metrics';
import type { Question } from './planner';
import type { MetricsQuery } from '../schema';
import { groupOf, type Row } from './shape';
import { columns } from './tableSql';
import { withinSql } from '../standing';
import { EXPIRY } from './waiting';

/** Groups that a notice names; all of them stand in `meta.custom`. */
const NAMED = 5;

/** Notices that the question alone gives rise to. */
export function generalNotices(query: MetricsQuery, names: readonly MetricName[]): Notice[] {
  const notices: Notice[] = [];
  const several = query.groupBy.length > 0 || query.format === 'timeseries' || query.format === 'heatmap';
  for (const name of ['deferredMessages', 'unresolved'] as const)
    if (names.includes(name) && several)
      notices.push({
        severity: 'info',
        text: `${name} counts distinct messages within each cell: cells do not add up`,
      });
  if (names.includes('complaintRate'))
    notices.push({
      severity: 'info',
      text: 'complaintRate covers the providers that send complaints; null elsewhere: not reported',
    });
  return notices;
}

/** A rate of one group that rests on too few events to be judged by. */
export interface TooFew {
  readonly metric: MetricName;
  readonly minimum: number;
  readonly volume: number;
  readonly group: Readonly<Record<string, string>>;
}

/** The rates of an answer whose denominator, summed over the range, is above 0 and below the minimum. */
export function tooFew(
  rows: readonly Row[],
  names: readonly MetricName[],
  groupBy: readonly DimensionName[],
): TooFew[] {
  return names.flatMap((metric) => {
    const { volume } = metricOf(metric);
    if (!volume) return [];
    const sums = new Map<string, { group: Record<string, string>; volume: number }>();
    for (const row of rows) {
      const values = groupOf(row, groupBy);
      const key = JSON.stringify(values);
      const group = Object.fromEntries(groupBy.map((name, index) => [name, values[index] ?? '']));
      const sum = (sums.get(key)?.volume ?? 0) + Number(row[columns.volume(metric)] ?? 0);
      sums.set(key, { group, volume: sum });
    }
    return [...sums.values()]
      .filter((entry) => entry.volume > 0 && entry.volume < volume.minimum)
      .map((entry) => ({ metric, minimum: volume.minimum, ...entry }));
  });
}

/** A notice for each metric that rests on too few events in some groups. */
export function tooFewNotices(found: readonly TooFew[]): Notice[] {
  return [...new Set(found.map(({ metric }) => metric))].map((metric): Notice => {
    const own = found.filter((entry) => entry.metric === metric);
    const [{ minimum, volume, group } = { minimum: 0, volume: 0, group: {} }] = own;
    const start = `Not enough data for ${metric}: it needs ${minimum} ${metricOf(metric).denominator ?? 'events'}`;
    if (Object.keys(group).length === 0) return { severity: 'info', text: `${start}, there are ${volume}` };
    const names = own.slice(0, NAMED).map((entry) => Object.values(entry.group).join(' / ') || '(empty)');
    const more = own.length > NAMED ? ` and ${own.length - NAMED} more` : '';
    return { severity: 'info', text: `${start}; fewer at ${names.join(', ')}${more}` };
  });
}

/** What is said beside messages that wait: up to when the answer is exact. */
export async function waitingNotice(
  read: Store['read'],
  names: readonly MetricName[],
  { to }: Question,
): Promise<Notice[]> {
  const asked = names.filter((name) => name === 'backlog' || name === 'oldestQueuedAge');
  if (asked.length === 0) return [];
  const [known] = await read<{ newest: number; received: number }>(
    `SELECT toUnixTimestamp(max(time)) AS newest, sum(received) AS received FROM watchtower.totals_minute
     WHERE ${withinSql([[Math.max(0, to - EXPIRY), to + EXPIRY]])}`,
  );
  const exact = (known?.newest ?? 0) - EXPIRY;
  if (!known || known.newest === 0 || known.received > 0 || exact >= to) return [];
  const text = `${asked.join(' and ')} estimated after ${new Date(exact * 1000).toISOString()}: without events of reception a message that still waits is known only once it was deferred`;
  return [{ severity: 'info', text }];
}
