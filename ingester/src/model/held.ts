import type { Store } from '../store';
import type { TimeRange } from './standing';

/** The part of the range for which there can be events: going back begins at the newest one. */
export async function heldRange(
  store: Pick<Store, 'read'>,
  [from, to]: TimeRange,
  signal?: AbortSignal,
): Promise<TimeRange> {
  const [held] = await store.read<{ first: number; last: number }>(
    'SELECT toUnixTimestamp(min(time)) AS first, toUnixTimestamp(max(time)) AS last FROM watchtower.events',
    signal && { signal },
  );
  return held ? [Math.max(from, held.first), Math.min(to, held.last + 1)] : [from, from];
}
