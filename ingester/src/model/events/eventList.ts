import type { Store } from '../../store';
import { columnsOf, listed, pageSql, type ListedEvent, type ListedRow, type PageWish } from './eventPage';
import { cursorOf } from './eventsQuery';
import type { TimeRange } from '../standing';
import { readWindows } from '../windows';

/** A page of events, and the cursor of the next one where there is more. */
export interface EventPage {
  readonly events: readonly ListedEvent[];
  readonly next: string | null;
  /** What was read for it, half-open, in epoch seconds. */
  readonly windows: readonly (readonly TimeRange[])[];
}

/**
 * Lists the first `limit` events of a range. It looks at hours one after the other, from the end the page begins at,
 * and stops when the page is full: a page of a long range costs no more than one of a short range.
 */
export async function listEvents(
  store: Pick<Store, 'read'>,
  wish: PageWish,
  [from, to]: TimeRange,
  limit: number,
  signal?: AbortSignal,
): Promise<EventPage> {
  const left = remaining(wish, [from, to]);
  const options = signal ? { signal } : {};
  const columns = columnsOf(wish.columns);
  const events: ListedEvent[] = [];
  const read: (readonly TimeRange[])[] = [];
  const windows = readWindows(store, wish.filters, left, wish.descending, { counted: limit + 1, signal });
  for await (const { ranges } of windows) {
    const page = pageSql(wish, ranges, limit + 1 - events.length);
    const rows = await store.read<ListedRow>(page.sql, { params: page.params, ...options });
    read.push(ranges);
    events.push(...listed(rows, columns));
    if (events.length > limit) break;
  }
  const last = events[limit - 1];
  return {
    events: events.slice(0, limit),
    next: events.length > limit && last ? cursorOf(last) : null,
    windows: read,
  };
}

/** What of the range may hold events beyond the cursor. */
function remaining({ after, descending }: PageWish, [from, to]: TimeRange): TimeRange {
  if (!after) return [from, to];
  return descending ? [from, Math.min(to, after.time + 1)] : [Math.max(from, after.time), to];
}
