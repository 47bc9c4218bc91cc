import type { Store } from '../store';
import { rollupSql } from './metrics/counters';
import { dimensionOf, isDimension } from './dimensions';
import { filterColumn, filterSql } from './filters';
import { lookupOf } from './lookups';
import { Params } from './params';
import type { Filter } from './schema';
import type { Statement } from './metrics/tableSql';
import { withinSql, type TimeRange } from './standing';

const SECONDS = { hour: 3600, day: 86_400 } as const;

/** SQL of how many events a row of the counting rollups stands for. */
const COUNTED = rollupSql('events');

/** Events that the first window may hold where those that match are not counted, and how much more each next one. */
const FIRST_WINDOW = 50_000;
const GROWTH = 4;

/** A gap between events that is worth a range of its own. */
const GAP = SECONDS.day;

/** Ranges that are read together, and how many events were counted in them. */
export interface Window {
  readonly ranges: readonly TimeRange[];
  readonly found: number;
}

/** When something happens (epoch s of the start of the hour or day), and how many events are looked at in it. */
interface Span {
  readonly at: number;
  readonly found: number;
}

/** What a search for a page may take for granted. */
export interface SearchOptions {
  /** Events that match which fill a page: where these are counted, the first window holds about so many. */
  readonly counted?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The windows of a range in the order in which a page is looked for: each is worked out when it is asked for, so who stops
 * at the first one pays for no other. Throws what the store throws.
 */
export async function* readWindows(
  store: Pick<Store, 'read'>,
  filters: readonly Filter[],
  range: TimeRange,
  descending: boolean,
  { counted, signal }: SearchOptions = {},
): AsyncGenerator<Window> {
  if (range[0] >= range[1]) return;
  const read: SpanReader = async ({ sql, params }) => {
    const spans = await store.read<Span>(sql, { params, ...(signal && { signal }) });
    return descending ? spans.reverse() : spans;
  };
  if (filters.some((filter) => lookupOf(filter, new Params()) !== undefined))
    yield* windowsOf(await read(hoursSql(filters, range)), range, counted);
  else if (counted !== undefined && filters.length > 0 && filters.every(isRolled))
    yield* rolledWindows(read, filters, range, counted);
  else yield* windowsOf(await read(hoursSql(filters, range)), range);
}

type SpanReader = (statement: Statement) => Promise<Span[]>;

/** Windows of hours in which every filter is true of some event, by the counts of rollups: days first, then the hours of as many as are needed. */
async function* rolledWindows(
  read: SpanReader,
  filters: readonly Filter[],
  [from, to]: TimeRange,
  counted: number,
): AsyncGenerator<Window> {
  const days = await read(rolledSql('day', filters, [from, to]));
  for (let next = 0, wanted = counted; next < days.length; wanted *= GROWTH) {
    const first = next;
    for (let found = 0; next < days.length && found < wanted; next++) found += days[next]?.found ?? 0;
    const starts = days.slice(first, next).map(({ at }) => at);
    const part: TimeRange = [
      Math.max(from, Math.min(...starts)),
      Math.min(to, Math.max(...starts) + SECONDS.day),
    ];
    yield* windowsOf(await read(rolledSql('hour', filters, part)), part, wanted);
  }
}

/** SQL of the hours or days of a range in which every filter is true of some event, oldest first, with the count of the rarest. */
function rolledSql(span: 'hour' | 'day', filters: readonly Filter[], range: TimeRange): Statement {
  const params = new Params();
  const counts = filters.map(
    (filter) =>
      `SELECT time, ${COUNTED} AS counted FROM watchtower.dimension_${span} WHERE dimension = '${filter.dimension}' AND ${within(range, span)} AND ${filterSql(filter, filterColumn(filter, 'value'), params)} GROUP BY time HAVING counted > 0`,
  );
  const sql = `SELECT toUnixTimestamp(time) AS at, min(counted) AS found\nFROM (\n${counts.join('\nUNION ALL\n')}\n)\nGROUP BY time\nHAVING count() = ${filters.length}\nORDER BY at`;
  return { sql, params: params.values };
}

/**
 * SQL of the hours of a range that have events, oldest first. Where a lookup knows the events of a filter, these alone
 * are counted; else days on which a filter that rollups know finds nothing are left out, at a row per hour, and one per
 * day and value of each such filter.
 */
function hoursSql(filters: readonly Filter[], [from, to]: TimeRange): Statement {
  const params = new Params();
  const known = filters.flatMap((filter) => lookupOf(filter, params) ?? [])[0];
  const source = known
    ? { table: known.table, conditions: [known.where], events: 'sum(events)' }
    : {
        table: 'dimension_hour',
        conditions: [
          "dimension = 'all'",
          ...filters.filter(isRolled).map((filter) => onDaysOf(filter, [from, to], params)),
        ],
        events: COUNTED,
      };
  const sql = [
    `SELECT toUnixTimestamp(time) AS at, ${source.events} AS found`,
    `FROM watchtower.${source.table}`,
    `WHERE ${[...source.conditions, within([from, to], 'hour')].join(' AND ')}`,
    'GROUP BY time',
    'HAVING found > 0',
    'ORDER BY at',
  ].join('\n');
  return { sql, params: params.values };
}

/** SQL of a time being of a day of the range on which a filter that rollups know is true of some event. */
export function onDaysOf(filter: Filter, range: TimeRange, params: Params): string {
  return `toStartOfDay(time) IN (SELECT time FROM watchtower.dimension_day WHERE dimension = '${filter.dimension}' AND ${within(range, 'day')} AND ${filterSql(filter, filterColumn(filter, 'value'), params)} GROUP BY time HAVING ${COUNTED} > 0)`;
}

/** SQL of the start of an hour or day being that of one in the range. */
function within([from, to]: TimeRange, span: keyof typeof SECONDS): string {
  return withinSql([[Math.floor(from / SECONDS[span]) * SECONDS[span], to]]);
}

function isRolled({ dimension }: Filter): boolean {
  return isDimension(dimension) && dimensionOf(dimension).rollup !== undefined;
}

/**
 * Cuts a range into windows that are read one after the other until a page is full: the first holds about the events
 * of one read, each next one some times more. Hours are in the order of the walk.
 */
function windowsOf(hours: readonly Span[], [from, to]: TimeRange, first = FIRST_WINDOW): Window[] {
  const windows: { ranges: TimeRange[]; found: number }[] = [];
  let budget = first;
  for (const { at, found } of hours) {
    const range: TimeRange = [Math.max(from, at), Math.min(to, at + SECONDS.hour)];
    const window = windows.at(-1);
    if (window && window.found < budget) {
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
