import type { Store } from '../store';
import { counterOf } from './metrics/counters';
import { dimensionOf, isDimension } from './dimensions';
import { filterColumn, filterSql } from './filters';
import { lookupOf } from './lookups';
import { Params } from './params';
import type { Filter } from './schema';
import type { Statement } from './metrics/sql';
import { withinSql, type TimeRange } from './standing';

const HOUR = 3600;
const DAY = 86_400;

/** Events that the first window may hold where those that match are not counted, and how much more each next one. */
const FIRST_WINDOW = 50_000;
const GROWTH = 4;

/** A gap between events that is worth a range of its own. */
const GAP = DAY;

/** An hour (epoch s of its start) and how many events are looked at in it. */
export interface Hour {
  readonly hour: number;
  readonly found: number;
}

/** Ranges that are read together, and how many events were counted in them. */
export interface Window {
  readonly ranges: readonly TimeRange[];
  readonly found: number;
}

/**
 * SQL of the hours of a range that have events, oldest first. Where a lookup knows the events of a filter, these alone
 * are counted; else days on which a filter that rollups know finds nothing are left out, at a row per hour, and one per
 * day and value of each such filter.
 */
export function hoursSql(filters: readonly Filter[], [from, to]: TimeRange): Statement {
  const params = new Params();
  const within = (seconds: number) => withinSql([[Math.floor(from / seconds) * seconds, to]]);
  const known = filters.flatMap((filter) => lookupOf(filter, params) ?? [])[0];
  const counted = counterOf('events').rollup ?? '';
  const days = (filter: Filter) =>
    `toStartOfDay(time) IN (SELECT time FROM watchtower.dimension_day WHERE dimension = '${filter.dimension}' AND ${within(DAY)} AND ${filterSql(filter, filterColumn(filter, 'value'), params)} GROUP BY time HAVING ${counted} > 0)`;
  const source = known
    ? { table: known.table, conditions: [known.where], events: 'sum(events)' }
    : {
        table: 'dimension_hour',
        conditions: ["dimension = 'all'", ...filters.filter(isRolled).map(days)],
        events: counted,
      };
  const sql = [
    `SELECT toUnixTimestamp(time) AS hour, ${source.events} AS found`,
    `FROM watchtower.${source.table}`,
    `WHERE ${[...source.conditions, within(HOUR)].join(' AND ')}`,
    'GROUP BY time',
    'HAVING found > 0',
    'ORDER BY hour',
  ].join('\n');
  return { sql, params: params.values };
}

function isRolled({ dimension }: Filter): boolean {
  return isDimension(dimension) && dimensionOf(dimension).rollup !== undefined;
}

/**
 * The windows of a range in the order in which a page is looked for, see `windowsOf`. `counted`: how many events the first
 * one may hold where a lookup counts those that match. Throws what the store throws.
 */
export async function readWindows(
  store: Pick<Store, 'read'>,
  filters: readonly Filter[],
  range: TimeRange,
  descending: boolean,
  { counted = FIRST_WINDOW, signal }: { counted?: number; signal?: AbortSignal | undefined } = {},
): Promise<Window[]> {
  if (range[0] >= range[1]) return [];
  const { sql, params } = hoursSql(filters, range);
  const hours = await store.read<Hour>(sql, { params, ...(signal && { signal }) });
  const known = filters.some((filter) => lookupOf(filter, new Params()) !== undefined);
  return windowsOf(descending ? hours.reverse() : hours, range, known ? counted : FIRST_WINDOW);
}

/**
 * Cuts a range into windows that are read one after the other until a page is full: the first holds about the events
 * of one read, each next one some times more. Hours are in the order of the walk.
 */
export function windowsOf(hours: readonly Hour[], [from, to]: TimeRange, first = FIRST_WINDOW): Window[] {
  const windows: { ranges: TimeRange[]; found: number }[] = [];
  let budget = first;
  for (const { hour, found } of hours) {
    const range: TimeRange = [Math.max(from, hour), Math.min(to, hour + HOUR)];
    const window = windows.at(-1);
    if (window && window.found + found <= budget) {
      join(window.ranges, range);
      window.found += found;
    } else {
      if (window) budget *= GROWTH;
      windows.push({ ranges: [range], found });
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
