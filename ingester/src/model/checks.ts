import { LATER_DIMENSIONS, type DimensionName } from './dimensions';
import { notAvailable, QueryError } from './errors';

/**
 * A query's half-open range in epoch seconds. Event times are whole seconds: the range in ms, rounded up at both
 * ends, holds the same events.
 * @throws QueryError 400 where an end is missing or the order is wrong
 */
export function rangeOf(query: { from?: number | undefined; to?: number | undefined }): {
  from: number;
  to: number;
} {
  const { from, to } = query;
  if (from === undefined || to === undefined) throw new QueryError(400, 'from and to are missing');
  if (from > to) throw new QueryError(400, 'from: must not be after to');
  return { from: Math.ceil(from / 1000), to: Math.ceil(to / 1000) };
}

/** @throws QueryError 501 for a dimension that is known but not answered yet */
export function requireDimension(name: string): void {
  if ((LATER_DIMENSIONS as readonly string[]).includes(name)) throw notAvailable(`dimension ${name}`);
}

/**
 * A dimension that may be grouped by.
 * @throws QueryError 501 as `requireDimension` does
 */
export function servedDimension(name: DimensionName | (typeof LATER_DIMENSIONS)[number]): DimensionName {
  requireDimension(name);
  return name as DimensionName;
}
