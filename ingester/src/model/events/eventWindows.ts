import { counterOf } from '../metrics/counters';
import { dimensionOf, isDimension } from '../dimensions';
import { filterColumn, filterSql } from '../filters';
import { Params } from '../params';
import type { Filter } from '../schema';
import type { Statement } from '../metrics/sql';
import { withinSql, type TimeRange } from '../standing';

const HOUR = 3600;
const DAY = 86_400;

/** Events that the first window may hold, and how much more each next one. */
const FIRST_WINDOW = 100_000;
const GROWTH = 4;

/** A gap between events that is worth a range of its own. */
const GAP = DAY;

/** An hour (epoch s of its start) and how many events it has. */
export interface Hour {
  readonly hour: number;
  readonly events: number;
}

/**
 * SQL of the hours of a range that have events, oldest first, without the days on which a filter that rollups know
 * finds nothing. It reads a row per hour, and one per day and value of each such filter.
 */
export function hoursSql(filters: readonly Filter[], [from, to]: TimeRange): Statement {
  const params = new Params();
  const events = counterOf('events').rollup ?? '';
  const within = (seconds: number) => withinSql([[Math.floor(from / seconds) * seconds, to]]);
  const days = filters
    .filter(isRolled)
    .map(
      (filter) =>
        `toStartOfDay(time) IN (SELECT time FROM watchtower.dimension_day WHERE dimension = '${filter.dimension}' AND ${within(DAY)} AND ${filterSql(filter, filterColumn(filter, 'value'), params)} GROUP BY time HAVING ${events} > 0)`,
    );
  const conditions = ["dimension = 'all'", within(HOUR), ...days];
  const sql = [
    `SELECT toUnixTimestamp(time) AS hour, ${events} AS events`,
    'FROM watchtower.dimension_hour',
    `WHERE ${conditions.join(' AND ')}`,
    'GROUP BY time',
    'HAVING events > 0',
    'ORDER BY hour',
  ].join('\n');
  return { sql, params: params.values };
}

function isRolled({ dimension }: Filter): boolean {
  return isDimension(dimension) && dimensionOf(dimension).rollup !== undefined;
}

/** Filters that an index answers over any range, so that there is nothing to gain from small windows. */
export function isIndexed({ dimension, operator }: Filter): boolean {
  return (dimension === 'recipient' || dimension === 'messageId') && (operator === '=' || operator === 'in');
}

/**
 * Cuts a range into windows that are read one after the other until a page is full: the first holds about the events
 * of one read, each next one some times more. Hours are in the order of the walk.
 */
export function windowsOf(hours: readonly Hour[], [from, to]: TimeRange, whole: boolean): TimeRange[][] {
  const windows: TimeRange[][] = [];
  let budget = whole ? Infinity : FIRST_WINDOW;
  let held = Infinity;
  for (const { hour, events } of hours) {
    const range: TimeRange = [Math.max(from, hour), Math.min(to, hour + HOUR)];
    const window = windows.at(-1);
    if (window && held + events <= budget) {
      join(window, range);
      held += events;
    } else {
      if (window) budget *= GROWTH;
      windows.push([range]);
      held = events;
    }
  }
  return windows;
}

/** Adds an hour before or after the last range, or as a range of its own where nothing happened in between. */
function join(window: TimeRange[], [from, to]: TimeRange): void {
  const last = window.at(-1);
  if (last && from >= last[0] && from - last[1] < GAP) window[window.length - 1] = [last[0], to];
  else if (last && to <= last[0] && last[0] - to < GAP) window[window.length - 1] = [from, last[1]];
  else window.push([from, to]);
}
