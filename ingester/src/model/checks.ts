import { QueryError } from './errors';

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
