const HOUR = 3600;
const DAY = 24;
const WEEK = 168;

/** How far back a baseline reaches, in hours: four weeks. */
export const REACH = 4 * WEEK;

/** The hours a baseline may be of, best first: this hour of the week, this hour of the day, the day before. */
function choices(hour: number): number[][] {
  const back = (count: number, width: number) =>
    Array.from({ length: count }, (_, i) => hour - (i + 1) * width);
  return [back(4, WEEK), back(7, DAY), back(24, 1)];
}

/** What was counted of entities by hour, windows that fired left out. Times are epoch seconds. */
export class History {
  private readonly hours = new Map<string, Map<number, { of: number; events: number }>>();

  /** Adds `events` among `of` to the hour of a time. */
  add(entity: string, time: number, of: number, events: number): void {
    const hour = Math.floor(time / HOUR);
    const own = this.hours.get(entity) ?? new Map<number, { of: number; events: number }>();
    this.hours.set(entity, own);
    const cell = own.get(hour);
    if (cell) {
      cell.of += of;
      cell.events += events;
    } else own.set(hour, { of, events });
  }

  /** The share of events in earlier hours, of those that stand for this one and hold at least `least`; else undefined. */
  baseline(entity: string, time: number, least: number): number | undefined {
    const own = this.hours.get(entity);
    if (!own) return undefined;
    for (const hours of choices(Math.floor(time / HOUR))) {
      const { of, events } = total(own, hours);
      if (of >= least) return events / of;
    }
    return undefined;
  }

  /** Sums over the hours of [from, to). */
  sum(entity: string, from: number, to: number): { of: number; events: number } {
    const own = this.hours.get(entity);
    const first = Math.floor(from / HOUR);
    const hours = Array.from({ length: Math.floor(to / HOUR) - first }, (_, i) => first + i);
    return own ? total(own, hours) : { of: 0, events: 0 };
  }

  /** Forgets what was counted from a whole hour on, or before one. */
  forget(range: { from: number } | { before: number }): void {
    forget(this.hours, range);
  }
}

/** Medians of entities by hour, windows that fired left out. */
export class MedianHistory {
  private readonly hours = new Map<string, Map<number, { median: number; n: number }[]>>();

  /** Adds the median of `n` values at a time. */
  add(entity: string, time: number, median: number, n: number): void {
    const hour = Math.floor(time / HOUR);
    const own = this.hours.get(entity) ?? new Map<number, { median: number; n: number }[]>();
    this.hours.set(entity, own);
    own.set(hour, [...(own.get(hour) ?? []), { median, n }]);
  }

  /** The median of earlier medians, weighted, of the hours that stand for this one and hold at least `least` values. */
  baseline(entity: string, time: number, least: number): number | undefined {
    const own = this.hours.get(entity);
    if (!own) return undefined;
    for (const hours of choices(Math.floor(time / HOUR))) {
      const medians = hours.flatMap((hour) => own.get(hour) ?? []).sort((a, b) => a.median - b.median);
      const n = medians.reduce((sum, each) => sum + each.n, 0);
      if (n < least) continue;
      let below = 0;
      for (const each of medians) if ((below += each.n) * 2 > n) return each.median;
    }
    return undefined;
  }

  /** Forgets what was counted from a whole hour on, or before one. */
  forget(range: { from: number } | { before: number }): void {
    forget(this.hours, range);
  }
}

function total(own: ReadonlyMap<number, { of: number; events: number }>, hours: readonly number[]) {
  const sum = { of: 0, events: 0 };
  for (const hour of hours) {
    const cell = own.get(hour);
    if (!cell) continue;
    sum.of += cell.of;
    sum.events += cell.events;
  }
  return sum;
}

function forget(
  entities: Map<string, Map<number, unknown>>,
  range: { from: number } | { before: number },
): void {
  const gone = (hour: number) => ('from' in range ? hour * HOUR >= range.from : hour * HOUR < range.before);
  for (const [entity, own] of entities) {
    for (const hour of own.keys()) if (gone(hour)) own.delete(hour);
    if (own.size === 0) entities.delete(entity);
  }
}
