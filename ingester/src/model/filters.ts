import { literal } from '../store';
import { dimensionOf, foldProvider, headerOf, isDimension, OTHER_PROVIDER } from './dimensions';
import type { Params } from './params';
import type { Filter } from './schema';

/** SQL of one filter over `column`, a string expression. Values only ever become parameters. */
export function filterSql(filter: Filter, column: string, params: Params): string {
  const values = normalised(filter);
  const first = () => params.add(values[0] ?? '');
  switch (filter.operator) {
    case '=':
    case 'in':
      return values.length === 1 ? `${column} = ${first()}` : `${column} IN ${params.add(values)}`;
    case '!=':
    case 'notIn':
      return values.length === 1 ? `${column} != ${first()}` : `${column} NOT IN ${params.add(values)}`;
    case 'contains':
      return any(values, (value) => `${positionIn(filter)}(${column}, ${params.add(value)}) > 0`);
    case 'startsWith':
      return any(values, (value) => `startsWith(${column}, ${params.add(value)})`);
    case 'regex':
      return any(values, (value) => `match(${column}, ${params.add(value)})`);
    case 'notRegex':
      return `NOT ${any(values, (value) => `match(${column}, ${params.add(value)})`)}`;
    case '<':
    case '<=':
    case '>':
    case '>=':
      return `${column} ${filter.operator} ${first()}`;
  }
}

/**
 * SQL of the conditions that filters are over events. What they say of the record type comes first, as one condition:
 * the key of events begins with hour and record, so blocks of other types are not opened.
 */
export function rawFiltersSql(filters: readonly Filter[], params: Params): string[] {
  const sets = filters.flatMap((filter) => recordsOf(filter) ?? []);
  const records = sets.reduce((left, right) => left.filter((name) => right.includes(name)), sets[0] ?? []);
  const possible = records.length > 0 ? `record IN (${records.map(literal).join(', ')})` : '0';
  return [...(sets.length > 0 ? [possible] : []), ...filters.map((filter) => rawFilterSql(filter, params))];
}

function rawFilterSql(filter: Filter, params: Params): string {
  const header = headerOf(filter.dimension);
  if (header !== undefined) return filterSql(filter, `headers[${params.add(header)}]`, params);
  if (!isDimension(filter.dimension)) throw new RangeError(`no dimension ${filter.dimension}`);
  return filterSql(filter, filterColumn(filter, dimensionOf(filter.dimension).raw), params);
}

/** The record types that a filter can be true of, as one set; none where it may be any. */
function recordsOf({ dimension, operator, values }: Filter): [string[]] | undefined {
  const records = isDimension(dimension) && dimensionOf(dimension).records;
  if (!records || (operator !== '=' && operator !== 'in')) return undefined;
  const known = values.map((value) => (Object.hasOwn(records, value) ? records[value] : undefined));
  if (known.includes(undefined)) return undefined;
  return [[...new Set(known.flatMap((names) => names ?? []))]];
}

/** The column a filter is to look at: the provider `other` stands for all unlisted ones. */
export function filterColumn(filter: Filter, column: string): string {
  return filter.dimension === 'provider' && namesOther(filter) ? foldProvider(column) : column;
}

/** Whether a filter tells the same from pairs, where unlisted providers are one, as from events. */
export function survivesFolding(filter: Filter): boolean {
  if (filter.dimension !== 'provider') return true;
  return isWhole(filter) && (namesOther(filter) || filter.values.every((value) => !value.includes('.')));
}

function namesOther(filter: Filter): boolean {
  return isWhole(filter) && filter.values.includes(OTHER_PROVIDER);
}

function isWhole({ operator }: Filter): boolean {
  return operator === '=' || operator === '!=' || operator === 'in' || operator === 'notIn';
}

function normalised({ dimension, operator, values }: Filter): string[] {
  if (operator === 'regex' || operator === 'notRegex' || !isDimension(dimension)) return values;
  const { normalise } = dimensionOf(dimension);
  return normalise ? values.map(normalise) : values;
}

function positionIn({ dimension }: Filter): string {
  return isDimension(dimension) && dimensionOf(dimension).anyCase ? 'positionCaseInsensitive' : 'position';
}

function any(values: readonly string[], condition: (value: string) => string): string {
  return `(${values.map(condition).join(' OR ')})`;
}
