import type { Family } from './counters';
import { baseOf, dimensionOf, foldProvider, overBase, PAIRED, type DimensionName } from '../dimensions';
import { survivesFolding } from '../filters';
import type { Filter } from '../schema';

/** Seconds that one row of a rollup covers, or `raw` for single events. */
export type Grain = 'day' | 'hour' | 'minute' | 'raw';

/** Seconds of each grain, coarse ones first. */
export const GRAIN_SECONDS: Readonly<Record<Exclude<Grain, 'raw'>, number>> = {
  day: 86_400,
  hour: 3600,
  minute: 60,
};

/** A table and what of it belongs to the question. */
export interface Table {
  readonly name: string;
  /** SQL condition that picks the part that is meant; empty where it is the whole table. */
  readonly part: string;
  /** SQL of a dimension's value in this table. */
  column(dimension: DimensionName): string;
}

/** Rollups by grain. A column of theirs is asked for by the dimension that it holds, which decides those told from it. */
type Tables = Readonly<Partial<Record<Exclude<Grain, 'raw'>, Table>>>;

/** Where a family's counters come from: tables by grain; single events are always among them. */
export type Source = Tables & { readonly raw: Table };

/** The tables of single events: all, and those of messages without a final event, which have few columns. */
export const EVENTS = 'events';
export const OPEN_EVENTS = 'open_events';

/** What a question needs of a source. */
export interface Need {
  readonly family: Family;
  readonly groupBy: readonly DimensionName[];
  readonly filters: readonly Filter[];
}

/** Dimensions whose crossings the rollups hold, by table, the shortest first. */
const CROSSINGS: readonly { readonly table: string; readonly dimensions: readonly DimensionName[] }[] = [
  { table: 'flow', dimensions: ['node', 'sourceIp', 'pool', 'vmta', 'provider', 'senderDomain'] },
  {
    table: 'job',
    dimensions: ['node', 'sourceIp', 'pool', 'vmta', 'provider', 'senderDomain', 'sender', 'job'],
  },
  { table: 'reason', dimensions: ['provider', 'job', 'reason'] },
];

/** Likewise for counted latencies. */
const LATENCY_CROSSINGS: typeof CROSSINGS = [
  { table: 'flow_latency', dimensions: ['pool', 'vmta', 'provider', 'senderDomain'] },
];

/** Likewise for counted sizes. */
const SIZE_CROSSINGS: typeof CROSSINGS = [{ table: 'size', dimensions: ['pool', 'vmta', 'provider'] }];

/** Dimensions whose waiting messages the rollups hold. */
const WAITING: readonly DimensionName[] = ['provider', 'vmta', 'pool', 'job', 'sender', 'senderDomain'];

/** Dimensions that open events have. */
const OPEN: readonly DimensionName[] = [
  'node',
  'provider',
  'domain',
  'vmta',
  'pool',
  'job',
  'sender',
  'senderDomain',
  'sourceIp',
  'eventType',
  'direction',
  'file',
];

/**
 * Whether unlisted providers are one group, `other`: where the provider is grouped by and a rollup holds the groups
 * together with another dimension that is grouped or filtered by, unless a filter asks for providers that crossings do
 * not tell apart. It depends on the question alone, so the answer is the same from rollups and from events.
 */
export function foldsProviders(groupBy: readonly DimensionName[], filters: readonly Filter[]): boolean {
  if (!groupBy.includes('provider') || !filters.every(survivesFolding)) return false;
  const groups = basesOf(groupBy);
  const others = usedIn(groupBy, filters).filter((name) => name !== 'provider');
  return CROSSINGS.some(
    (crossing) => holds(crossing, groups) && others.some((name) => holds(crossing, [name])),
  );
}

/** The shortest rollups that can answer, by grain, beside the events. */
export function sourceFor(need: Need, folded: boolean): Source {
  const { groupBy, filters } = need;
  const used = usedIn(groupBy, filters);
  const isOpen = need.family === 'open' || need.family === 'unresolved';
  const raw: Table = {
    ...(isOpen && holds({ dimensions: OPEN }, used)
      ? { name: OPEN_EVENTS, part: '' }
      : { name: EVENTS, part: 'role = 0' }),
    column: (dimension) => fold(dimension, dimensionOf(dimension).raw),
  };
  const folds = filters.every(survivesFolding) && (folded || !groupBy.includes('provider'));
  const found = rollupsOf(need.family, used, folds);
  const tables = Object.entries(found ?? {}).map(([grain, table]) => [
    grain,
    {
      ...table,
      column: (dimension: DimensionName) =>
        fold(dimension, overBase(dimension, table.column(baseOf(dimension) as DimensionName))),
    },
  ]);
  return { ...(Object.fromEntries(tables) as Tables), raw };

  function fold(dimension: DimensionName, column: string): string {
    return dimension === 'provider' && folded ? foldProvider(column) : column;
  }
}

/** The tables of a family that hold these dimensions; `folds` where unlisted providers may be one. */
function rollupsOf(family: Family, used: readonly string[], folds: boolean): Tables | undefined {
  switch (family) {
    case 'counts':
    case 'reporting':
      return (
        totals(used) ??
        single('dimension', used, ['counts', 'counts+latency']) ??
        (folds ? (paired(used) ?? crossed(CROSSINGS, used)) : undefined)
      );
    case 'latency':
      return (
        single('latency', used, ['counts+latency']) ?? (folds ? crossed(LATENCY_CROSSINGS, used) : undefined)
      );
    case 'size':
      return folds ? crossed(SIZE_CROSSINGS, used) : undefined;
    case 'backlog':
      return waiting(used, folds);
    case 'latencyMax':
    case 'deferredMessages':
    case 'unresolved':
    case 'open':
    case 'waiting':
      return undefined;
  }
}

function totals(used: readonly string[]): Tables | undefined {
  if (used.length > 0) return undefined;
  const minute: Table = { name: 'totals_minute', part: '', column: () => "''" };
  return { ...single('dimension', used, []), minute };
}

function single(kind: string, used: readonly string[], held: readonly string[]): Tables | undefined {
  const [dimension] = used;
  if (used.length > 1) return undefined;
  const rollup = dimension && dimensionOf(dimension as DimensionName)?.rollup;
  if (dimension && !held.includes(rollup ?? '')) return undefined;
  return byGrain(kind, `dimension = '${dimension ?? 'all'}'`, () => 'value');
}

function paired(used: readonly string[]): Tables | undefined {
  const other = pairOf(used);
  return (
    other &&
    byGrain('pair', `pair = 'provider_${other}'`, (dimension) => (dimension === 'provider' ? 'a' : 'b'))
  );
}

function crossed(crossings: typeof CROSSINGS, used: readonly string[]): Tables | undefined {
  const held = crossings.find((crossing) => holds(crossing, used));
  return held && byGrain(held.table, '', (dimension) => dimension);
}

function holds(
  { dimensions }: Pick<(typeof CROSSINGS)[number], 'dimensions'>,
  names: readonly string[],
): boolean {
  return names.every((name) => dimensions.some((dimension) => dimension === name));
}

function waiting(used: readonly string[], folds: boolean): Tables | undefined {
  const [only = 'all'] = used;
  const table = (name: string, column: Table['column']) => {
    const part = `dimension = '${name}'`;
    return {
      day: { name: 'backlog_day', part, column },
      minute: { name: 'backlog_minute', part, column },
    };
  };
  if (used.length === 0 || (used.length === 1 && WAITING.some((name) => name === only)))
    return table(only, () => 'a');
  const other = pairOf(used);
  if (other === undefined || !folds) return undefined;
  return table(`provider_${other}`, (dimension) => (dimension === 'provider' ? 'a' : 'b'));
}

function byGrain(kind: string, part: string, column: Table['column']): Tables {
  return {
    day: { name: `${kind}_day`, part, column },
    hour: { name: `${kind}_hour`, part, column },
  };
}

/** What decides the groups and the filters of a question. */
function usedIn(groupBy: readonly DimensionName[], filters: readonly Filter[]): string[] {
  return basesOf([...groupBy, ...filters.map(({ dimension }) => dimension)]);
}

/** The dimensions that decide these, each once. */
function basesOf(names: readonly string[]): string[] {
  return [...new Set(names.map(baseOf))];
}

function pairOf(used: readonly string[]): DimensionName | undefined {
  if (used.length !== 2 || !used.includes('provider')) return undefined;
  return PAIRED.find((dimension) => used.includes(dimension));
}
