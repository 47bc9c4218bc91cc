import {
  columns,
  heldRange,
  INCIDENT_DIMENSIONS,
  planQuestion,
  planSql,
  QueryError,
  rangeOf,
  withPrefix,
  type AnswerContext,
  type CausesQuery,
  type Filter,
  type KnownIncident,
  type Statement,
  type TimeRange,
} from '../../model';
import type { Store } from '../../store';
import type { Named } from '../../model';

const HOUR = 3600;
const DAY = 86_400;

/** Days before that are compared with, and how many of them there must be: of few, one bad day would be the rule. */
const MOST_DAYS = 7;
const LEAST_DAYS = 3;

/** What the causes are looked for of. */
export interface Scope {
  /** Epoch seconds. */
  readonly window: TimeRange;
  /** Whether that is wider than what was asked for: of ranges longer than a day the whole hours are looked at. */
  readonly widened: boolean;
  readonly filters: readonly Filter[];
  /** Where the trouble is, where that is known: the values that an incident is about. */
  readonly place: readonly Named[];
  readonly kind?: string;
}

/** What a window is compared with. */
export interface Baseline {
  readonly windows: readonly TimeRange[];
  /** What that is, in a few words. */
  readonly words: string;
  /** Median seconds of a delivery then; null where none is known. */
  readonly latency: number | null;
}

/**
 * The scope of a query: its range and filters, or those of its incident, which go on to the newest event while it is open.
 * @throws QueryError 404 where there is no such incident
 */
export async function scopeOf(
  store: Pick<Store, 'read'>,
  query: CausesQuery,
  { incidents, signal }: AnswerContext,
): Promise<Scope> {
  const { incident: id, filters } = query;
  if (id === undefined) {
    const { from, to } = rangeOf(query);
    // Single events at the ends of days take longest to read and decide nothing.
    const window = to - from > DAY ? wholeHours(from, to) : ([from, to] as const);
    return { window, widened: window[0] < from || window[1] > to, filters, place: [] };
  }
  const found = await incidents?.findIncident(id, signal);
  if (!found) throw new QueryError(404, `there is no incident ${id}`);
  const from = Math.floor(found.start / 1000);
  const end = found.end ?? query.to ?? Infinity;
  const [, to] = await heldRange(store, [from, Math.ceil(end / 1000)], signal);
  const place = INCIDENT_DIMENSIONS.flatMap((dimension): Named[] => {
    const value = found.entity[dimension];
    return value === undefined || value === '' ? [] : [{ dimension, value }];
  });
  return { window: [from, Math.max(from + 1, to)], widened: false, filters, place, kind: found.kind };
}

function wholeHours(from: number, to: number): TimeRange {
  return [Math.floor(from / HOUR) * HOUR, Math.ceil(to / HOUR) * HOUR];
}

/** The filter that lets the mail of a value through. */
export function only({ dimension, value }: Named): Filter {
  return { dimension, operator: '=', values: [value] };
}

interface Past {
  readonly window: number;
  readonly attempts: number;
  readonly latency: number | null;
}

/**
 * What a window is compared with: the same hours of the days before, where there was mail on at least three of them, else
 * the time right before it. Of an incident's place, times of other incidents there are left out.
 */
export async function baselineOf(
  store: Pick<Store, 'read'>,
  scope: Scope,
  context: AnswerContext,
): Promise<Baseline> {
  const { complaintProviders, signal } = context;
  const candidates = await candidatesOf(scope, context);
  if (candidates.length === 0) return { windows: [], words: NOTHING, latency: null };
  const { sql, params } = pastSql(candidates, scope.filters, complaintProviders);
  const rows = await store.read<Past>(sql, { params, ...(signal && { signal }) });
  const known = rows
    .filter(({ attempts }) => attempts > 0)
    .sort((a, b) => a.window - b.window)
    .flatMap(({ window, latency }) => {
      const candidate = candidates[window];
      return candidate ? [{ ...candidate, latency }] : [];
    });
  const daily = known.filter(({ isDaily }) => isDaily);
  const right = known.filter(({ isDaily }) => !isDaily);
  const chosen = daily.length >= LEAST_DAYS || right.length === 0 ? daily : right;
  const latencies = chosen.flatMap(({ latency }) => latency ?? []).sort((a, b) => a - b);
  const days = `the same time of ${chosen.length === 1 ? 'a day' : `${chosen.length} days`} before`;
  return {
    windows: chosen.map(({ window }) => window),
    words: chosen.length === 0 ? NOTHING : chosen === right ? 'the time right before it' : days,
    latency: latencies[Math.floor((latencies.length - 1) / 2)] ?? null,
  };
}

const NOTHING = 'nothing: there was no mail before';

/** A window that may be compared with: at the same time of a day before, or right before. */
interface Candidate {
  readonly window: TimeRange;
  readonly isDaily: boolean;
}

/** The windows of the same length that may be compared with. */
async function candidatesOf(
  { window: [from, to], place }: Scope,
  { incidents, signal }: AnswerContext,
): Promise<Candidate[]> {
  const length = to - from;
  const days = length > DAY ? 0 : MOST_DAYS;
  const windows = [length, ...Array.from({ length: days }, (_, index) => (index + 1) * DAY)]
    .map((shift, index) => ({ window: [from - shift, to - shift] as const, isDaily: index > 0 }))
    .filter(({ window: [start] }) => start >= 0);
  const past = { from: Math.max(0, from - MOST_DAYS * DAY - length) * 1000, to: from * 1000 };
  const fired = place.length > 0 && incidents ? await incidents.incidentsIn(past, signal) : [];
  const isThere = ({ entity }: KnownIncident) =>
    place.every(({ dimension, value }) => {
      const named = entity[dimension as keyof typeof entity];
      return named === undefined || named === value;
    });
  const disturbed = fired.filter(isThere);
  return windows.filter(({ window: [start, stop] }) =>
    disturbed.every((one) => one.start >= stop * 1000 || (one.end ?? Infinity) <= start * 1000),
  );
}

/** SQL of how much mail a window holds, and of its median latency: those of days and the one right before, which may overlap. */
function pastSql(
  candidates: readonly Candidate[],
  filters: readonly Filter[],
  complaintProviders: readonly string[],
): Statement {
  const metrics = ['attempts', 'latencyP50'] as const;
  const [attempts, latency] = metrics.map(columns.metric);
  const numbered = candidates.map(({ window, isDaily }, index) => ({ window, isDaily, index }));
  const each = [true, false].flatMap((wanted, part) => {
    const own = numbered.filter(({ isDaily }) => isDaily === wanted);
    if (own.length === 0) return [];
    const windows = own.map(({ window }) => window);
    const from = Math.min(...windows.map(([start]) => start));
    const to = Math.max(...windows.map(([, end]) => end));
    const question = { from, to, windows, metrics, groupBy: [], filters, complaintProviders };
    const { sql, params } = withPrefix(planSql(planQuestion(question)), `b${part}_`);
    const indices = own.map(({ index }) => index).join(', ');
    return {
      sql: `SELECT [${indices}][${columns.window} + 1] AS window, toInt64(${attempts}) AS attempts, toNullable(toFloat64(${latency})) AS latency FROM (\n${sql}\n)`,
      params,
    };
  });
  return {
    sql: each.map(({ sql }) => sql).join('\nUNION ALL\n'),
    params: Object.assign({}, ...each.map(({ params }) => params)) as Statement['params'],
  };
}
