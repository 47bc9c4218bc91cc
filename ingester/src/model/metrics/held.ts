import { rawEdge, type Store } from '../../store';
import type { AnswerContext } from '../context';
import type { Notice } from '../frames';
import type { Part } from './planner';
import { EVENTS, OPEN_EVENTS } from './sources';

const HOUR = 3600;

/** Rollups that were filled from the events there were when the store was upgraded to them: these together, sizes later. */
const LATER = /^(job|flow|flow_latency|backlog|reason)_/;
const SIZES = /^size_/;

/**
 * Says so where an answer is about a time of which the store keeps other figures, but no longer (or not yet) those
 * that were read: events expire before rollups do, and a rollup begins with the events it was filled from.
 */
export async function heldNotices(
  read: Store['read'],
  parts: readonly Part[],
  { retention }: Pick<AnswerContext, 'retention'>,
): Promise<Notice[]> {
  const starts = (matches: (table: string) => boolean) =>
    parts.flatMap(({ slices }) =>
      slices.filter(({ table }) => matches(table.name)).flatMap(({ ranges }) => ranges.map(([from]) => from)),
    );
  const raw = starts((table) => table === EVENTS || table === OPEN_EVENTS);
  const later = starts((table) => LATER.test(table));
  const sizes = starts((table) => SIZES.test(table));
  // Nothing has expired after the edge, nor had when a later rollup was filled: there is nothing to look for.
  const edge = retention ? rawEdge(retention) : Infinity;
  if (!(Math.min(...raw, ...later, ...sizes) < edge)) return [];
  const first = (table: string) => `(SELECT toUInt32(min(time)) FROM watchtower.${table})`;
  const firstSized = '(SELECT toUInt32(minIf(time, sized > 0)) FROM watchtower.totals_minute)';
  const [held] = await read<Record<'all' | 'raw' | 'later' | 'sized' | 'sizes', number>>(
    `SELECT ${[
      `${first('totals_minute')} AS all, ${first('events')} AS raw, ${first('job_hour')} AS later`,
      ...(sizes.length > 0 ? [`${firstSized} AS sized, ${first('size_hour')} AS sizes`] : []),
    ].join(', ')}`,
  );
  if (!held) return [];
  const hourOf = (time: number) => time - (time % HOUR);
  const begins = [
    ...(Math.min(...raw) < held.raw && hourOf(held.raw) > held.all ? [held.raw] : []),
    ...(Math.min(...later) < held.later && hourOf(held.later) > held.all ? [held.later] : []),
    // Logs may begin to tell sizes later than they begin.
    ...(Math.min(...sizes) < held.sizes && held.sizes > hourOf(held.sized) ? [held.sizes] : []),
  ];
  if (begins.length === 0) return [];
  const text = `Nothing of this is kept from before ${new Date(Math.max(...begins) * 1000).toISOString()}: single events have expired, and figures by one dimension alone reach further back`;
  return [{ severity: 'warning', text }];
}
