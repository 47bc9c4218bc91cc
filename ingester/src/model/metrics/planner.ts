import { counterOf, presenceOf, type Counter, type Family } from './counters';
import type { DimensionName } from '../dimensions';
import { isDays, zoneGrain, type Bucketing } from '../interval';
import { countersOf, type MetricName } from './metrics';
import type { Filter } from '../schema';
import type { TimeRange } from '../standing';
import { foldsProviders, GRAIN_SECONDS, sourceFor, type Grain, type Source, type Table } from './sources';
import { atMinute } from './waiting';

/** A question in seconds, after every default is filled in. */
export interface Question {
  readonly from: number;
  readonly to: number;
  readonly metrics: readonly MetricName[];
  /** Counters that are told as they are, for what is worked out of them elsewhere. */
  readonly counters?: readonly Counter[];
  /** The metrics of the whole answer, where this question only ranks its groups. */
  readonly rankedFor?: readonly MetricName[];
  readonly groupBy: readonly DimensionName[];
  readonly filters: readonly Filter[];
  /** Rates whose volume is below their minimum are left out. */
  readonly enough?: boolean;
  /** Set for a timeseries. */
  readonly bucketing?: Bucketing;
  /**
   * Ranges that are told apart, each as a whole, in place of `from` and `to`, which span them; none of them overlap. Counters
   * that are added up and latencies can be told so.
   */
  readonly windows?: readonly TimeRange[];
  /** Providers that send complaints: the only ones `complaintRate` looks at. */
  readonly complaintProviders: readonly string[];
}

/** Half-open ranges, in epoch seconds, that are read from one table. */
export interface Slice {
  readonly grain: Grain;
  readonly table: Table;
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** Counted latencies by hour, where they say in which hours of events the longest can be. */
  readonly peaks?: Table;
  /** Changes of what waits by minute, where they say in which hours of events that ended which waited longest at the range's end. */
  readonly changes?: Table;
}

/** One family's counters and the slices that together cover the range once. */
export interface Part {
  readonly family: Family;
  readonly counters: readonly Counter[];
  readonly filters: readonly Filter[];
  readonly slices: readonly Slice[];
}

/** How a question is going to be answered. */
export interface Plan {
  readonly question: Question;
  readonly counters: readonly Counter[];
  /** A group without a value, such as no job, or whose mail was never tried, is told only where one of these is not 0. */
  readonly presence: readonly Counter[];
  readonly parts: readonly Part[];
  /** Whether unlisted providers are one group, `other`. */
  readonly folded: boolean;
}

const FAMILIES: readonly Family[] = [
  'counts',
  'reporting',
  'latency',
  'latencyMax',
  'deferredMessages',
  'unresolved',
  'waiting',
];

/** Picks for every family of counters the coarsest rollups that give exact numbers, and events for the rest. */
export function planQuestion(question: Question): Plan {
  const told = question.counters ?? [];
  const presence = [
    ...new Set(
      [...(question.rankedFor ?? question.metrics).flatMap(countersOf), ...told].flatMap(presenceOf),
    ),
  ];
  const needed = question.metrics.flatMap(countersOf);
  const existence: Counter[] = question.groupBy.length > 0 ? ['events', 'tried'] : ['events'];
  const counters = [...new Set<Counter>([...existence, ...needed, ...told, ...presence])];
  const folded = foldsProviders(question.groupBy, question.filters);
  const parts = FAMILIES.flatMap((family): Part[] => {
    const own = counters.filter((counter) => counterOf(counter).family === family);
    if (own.length === 0) return [];
    if (family === 'waiting') return waitingParts(question, own, folded);
    if (family === 'latencyMax') return [longestPart(question, own, folded)];
    const filters = family === 'reporting' ? [...question.filters, reporters(question)] : question.filters;
    return [partOf({ ...question, filters }, family, own, folded)];
  });
  return { question, counters, presence, parts, folded };
}

/** How the events of one family are read: the coarsest rollups that know them, else events. */
export function partOf(
  question: Question,
  family: Family,
  counters: readonly Counter[] = [],
  folded: boolean = foldsProviders(question.groupBy, question.filters),
): Part {
  const { filters } = question;
  return { family, counters, filters, slices: slice(question, sourceFor({ ...question, family }, folded)) };
}

/** The longest latency stands in events, in the hours whose highest bucket is the highest of a cell. */
function longestPart(question: Question, counters: readonly Counter[], folded: boolean): Part {
  const part = partOf(question, 'latencyMax', counters, folded);
  const { raw, hour } = sourceFor({ ...question, family: 'latency' }, folded);
  const { from, to, bucketing } = question;
  const { hour: seconds } = GRAIN_SECONDS;
  if (!hour || !fits(question, seconds) || bucketing?.seconds === seconds) return part;
  const slices = cover(from, to, ['hour']).map(([grain, start, end]): Slice => {
    const slice: Slice = { grain: 'raw', table: raw, ranges: [[start, end]] };
    return grain === 'raw' ? slice : { ...slice, peaks: hour };
  });
  return { ...part, slices };
}

/**
 * What waits is told of messages with a final event and of those without one: the backlog is what both say of it, the
 * oldest age the greater one. Where rollups know how many waited, only the oldest is looked for among the events.
 */
function waitingParts(question: Question, counters: readonly Counter[], folded: boolean): Part[] {
  const { day, minute } = sourceFor({ ...question, family: 'backlog' }, folded);
  const part = (family: Family, own: readonly Counter[]) => partOf(question, family, own, folded);
  const open = part('open', counters);
  if (!day || !minute) return [part('waiting', counters), open];
  const begin = atMinute(question.from);
  const start = begin - (begin % GRAIN_SECONDS.day);
  const end = atMinute(question.to);
  const slices: Slice[] = [
    { grain: 'day', table: day, ranges: [[start, start + 1]] },
    { grain: 'minute', table: minute, ranges: [[start, Math.max(start, end)]] },
  ];
  const oldest = (): Part => {
    const all = part('waiting', ['oldestQueuedAge']);
    if (question.bucketing) return all;
    return { ...all, slices: all.slices.map((slice) => ({ ...slice, changes: minute })) };
  };
  return [
    { ...part('backlog', ['backlog']), slices },
    open,
    ...(counters.includes('oldestQueuedAge') ? [oldest()] : []),
  ];
}

/** The ranges (epoch s) that are read from single events. */
export function rawRanges(parts: readonly Part[]): TimeRange[] {
  return parts.flatMap(({ slices }) =>
    slices.filter(({ grain }) => grain === 'raw').flatMap(({ ranges }) => ranges),
  );
}

/** The families a metric reads: answering several costs more than ranking by one. */
export function familiesOf(metrics: readonly MetricName[]): Set<Family> {
  return new Set<Family>([
    'counts',
    ...metrics.flatMap(countersOf).map((counter) => counterOf(counter).family),
  ]);
}

function reporters({ complaintProviders }: Question): Filter {
  return { dimension: 'provider', operator: 'in', values: [...complaintProviders] };
}

function slice(question: Question, source: Source): Slice[] {
  const grains = (['day', 'hour', 'minute'] as const).filter(
    (grain) => source[grain] && fits(question, GRAIN_SECONDS[grain]),
  );
  const ranges = new Map<Grain, [number, number][]>();
  const wanted = question.windows ?? [[question.from, question.to] as const];
  for (const [grain, from, to] of wanted.flatMap(([start, end]) => cover(start, end, grains))) {
    const known = ranges.get(grain) ?? [];
    const last = known.at(-1);
    if (last?.[1] === from) last[1] = to;
    else known.push([from, to]);
    ranges.set(grain, known);
  }
  return [...ranges].map(([grain, own]) => ({ grain, table: source[grain] ?? source.raw, ranges: own }));
}

/** Whether rows of `grain` seconds fall into one bucket each. */
function fits({ from, to, bucketing }: Question, grain: number): boolean {
  if (!bucketing) return true;
  if (bucketing.seconds % grain !== 0) return false;
  return !isDays(bucketing) || zoneGrain(from, to, bucketing.timezone, [86_400, 3600, 60]) >= grain;
}

/** The aligned middle from the coarsest grain, head and tail from the finer ones, what is left from events. */
function cover(
  from: number,
  to: number,
  grains: readonly Exclude<Grain, 'raw'>[],
): [Grain, number, number][] {
  if (from >= to) return [];
  const [coarsest, ...finer] = grains;
  if (coarsest === undefined) return [['raw', from, to]];
  const seconds = GRAIN_SECONDS[coarsest];
  const start = Math.ceil(from / seconds) * seconds;
  const end = Math.floor(to / seconds) * seconds;
  if (start >= end) return cover(from, to, finer);
  return [...cover(from, start, finer), [coarsest, start, end], ...cover(end, to, finer)];
}
