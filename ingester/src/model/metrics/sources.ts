import type { Family } from './counters';
import { dimensionOf, foldProvider, PAIRED, type DimensionName } from '../dimensions';
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
  /** SQL condition that picks the rollup's part; empty where the whole table is meant. */
  readonly part: string;
  /** SQL of a dimension's value in this table. */
  column(dimension: DimensionName): string;
}

/** Where a family's counters come from: tables by grain; events are always among them. */
export type Source = Readonly<Partial<Record<Grain, Table>>> & { readonly raw: Table };

const EVENTS_ALONE: readonly Family[] = ['latencyMax', 'deferredMessages', 'unresolved', 'waiting'];

/** What a question needs of a source. */
export interface Need {
  readonly family: Family;
  readonly groupBy: readonly DimensionName[];
  readonly filters: readonly Filter[];
}

/**
 * Whether unlisted providers are one group, `other`: where the provider is grouped by together with a dimension it
 * is paired with, unless a filter asks for providers that pairs do not tell apart. It depends on the question alone,
 * so the answer is the same from rollups and from events.
 */
export function foldsProviders(groupBy: readonly DimensionName[], filters: readonly Filter[]): boolean {
  return pairOf(groupBy) !== undefined && filters.every(survivesFolding);
}

/** The rollups that can answer, by grain, beside the events. */
export function sourceFor({ family, groupBy, filters }: Need, folded: boolean): Source {
  const raw: Table = {
    name: 'events',
    part: 'role = 0',
    column: (dimension) =>
      dimension === 'provider' && folded ? foldProvider('provider') : dimensionOf(dimension).raw,
  };
  if (EVENTS_ALONE.includes(family)) return { raw };
  const used = new Set<string>([...groupBy, ...filters.map(({ dimension }) => dimension)]);
  const [only] = used;
  if (only === undefined) return { raw, ...totals(family) };
  if (used.size === 1) return { raw, ...single(family, only) };
  const pair = pairOf([...used]);
  if (pair === undefined || family === 'latency') return { raw };
  if (!filters.every(survivesFolding) || (groupBy.includes('provider') && !folded)) return { raw };
  return { raw, ...paired(pair) };
}

function totals(family: Family): Partial<Record<Grain, Table>> {
  const minute: Table = { name: 'totals_minute', part: '', column: () => "''" };
  return { ...rollups(family, 'all'), ...(family !== 'latency' && { minute }) };
}

function single(family: Family, dimension: string): Partial<Record<Grain, Table>> {
  const { rollup } = dimensionOf(dimension as DimensionName) ?? {};
  if (rollup === undefined || (family === 'latency' && rollup === 'counts')) return {};
  return rollups(family, dimension);
}

function rollups(family: Family, dimension: string): Partial<Record<Grain, Table>> {
  const kind = family === 'latency' ? 'latency' : 'dimension';
  const table = (grain: Grain): Table => ({
    name: `${kind}_${grain}`,
    part: `dimension = '${dimension}'`,
    column: () => 'value',
  });
  return { day: table('day'), hour: table('hour') };
}

function paired(other: DimensionName): Partial<Record<Grain, Table>> {
  const table = (grain: Grain): Table => ({
    name: `pair_${grain}`,
    part: `pair = 'provider_${other}'`,
    column: (dimension) => (dimension === 'provider' ? 'a' : 'b'),
  });
  return { day: table('day'), hour: table('hour') };
}

function pairOf(used: readonly string[]): DimensionName | undefined {
  if (used.length !== 2 || !used.includes('provider')) return undefined;
  return PAIRED.find((dimension) => used.includes(dimension));
}
