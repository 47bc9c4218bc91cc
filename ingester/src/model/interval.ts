const DAY = 86_400;

/** Intervals a chart is read by, in seconds. */
const NICE = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1800,
  3600,
  7200,
  10_800,
  21_600,
  43_200,
  DAY,
  2 * DAY,
  7 * DAY,
  30 * DAY,
  365 * DAY,
];

/** Most points a series may have. */
export const MAX_POINTS = 11_000;

/** Buckets of a timeseries: `seconds` wide, aligned to the epoch, or to days of the zone where these are whole days. */
export interface Bucketing {
  readonly seconds: number;
  readonly timezone: string;
}

/** What decides an interval. Times in seconds; `points` bounds what a series may have. */
export interface IntervalWish {
  readonly from: number;
  readonly to: number;
  readonly intervalMs?: number | undefined;
  readonly maxDataPoints?: number | undefined;
  readonly points: number;
}

/**
 * The interval asked for, else the nice one that gives at most `maxDataPoints`; raised to a nice one where there
 * would be more than `points` points.
 */
export function chooseInterval(wish: IntervalWish): { seconds: number; raised: boolean } {
  const range = Math.max(1, wish.to - wish.from);
  const wanted = wish.intervalMs
    ? Math.max(1, Math.ceil(wish.intervalMs / 1000))
    : nice(range / Math.max(1, wish.maxDataPoints ?? 1000));
  if (range / wanted <= wish.points) return { seconds: wanted, raised: false };
  return { seconds: nice(range / wish.points), raised: true };
}

function nice(seconds: number): number {
  return NICE.find((candidate) => candidate >= seconds) ?? Math.ceil(seconds / DAY) * DAY;
}

/** Whether buckets are whole days and follow the zone's days. */
export function isDays({ seconds }: Bucketing): boolean {
  return seconds % DAY === 0;
}

/** Weeks begin on Mondays: 1970-01-01 was a Thursday. */
function dayShift(days: number): number {
  return days % 7 === 0 ? 3 : 0;
}

/** SQL of a bucket's start in epoch seconds; `timezone` is SQL of the zone's name. */
export function bucketStartSql(bucketing: Bucketing, time: string, timezone: string): string {
  if (!isDays(bucketing))
    return `intDiv(toUnixTimestamp(${time}), ${bucketing.seconds}) * ${bucketing.seconds}`;
  const days = bucketing.seconds / DAY;
  const shift = dayShift(days);
  const day = `toInt32(toRelativeDayNum(${time}, ${timezone}))`;
  const start = `greatest(0, intDiv(${day} + ${shift}, ${days}) * ${days} - ${shift})`;
  return `toUnixTimestamp(toDateTime(toDate32(${start}), ${timezone}))`;
}

/** Starts in epoch seconds of all buckets that touch `from <= time < to`. */
export function bucketStarts(bucketing: Bucketing, from: number, to: number): number[] {
  if (to <= from) return [];
  const starts: number[] = [];
  if (!isDays(bucketing)) {
    const { seconds } = bucketing;
    for (let at = Math.floor(from / seconds) * seconds; at < to; at += seconds) starts.push(at);
    return starts;
  }
  const days = bucketing.seconds / DAY;
  const shift = dayShift(days);
  const first = Math.floor((localDay(from, bucketing.timezone) + shift) / days) * days - shift;
  for (let day = first; ; day += days) {
    const start = dayStart(Math.max(0, day), bucketing.timezone);
    if (start >= to) return starts;
    starts.push(start);
  }
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Offset of a zone from UTC in seconds at an instant. */
export function zoneOffset(at: number, timezone: string): number {
  let formatter = formatters.get(timezone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formatters.set(timezone, formatter);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(at * 1000)) parts[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - at;
}

function localDay(at: number, timezone: string): number {
  return Math.floor((at + zoneOffset(at, timezone)) / DAY);
}

/** First second of a local day; where midnight does not exist, the first one after it. */
function dayStart(day: number, timezone: string): number {
  const midnight = day * DAY;
  const guess = midnight - zoneOffset(midnight, timezone);
  const start = midnight - zoneOffset(guess, timezone);
  return Math.max(0, localDay(start, timezone) < day ? guess : start);
}

/** Largest of the given seconds that divides the zone's offset all over the range (looked at every 30 days). */
export function zoneGrain(from: number, to: number, timezone: string, grains: readonly number[]): number {
  const offsets = [zoneOffset(from, timezone), zoneOffset(Math.max(from, to - 1), timezone)];
  for (let at = from; at < to; at += 30 * DAY) offsets.push(zoneOffset(at, timezone));
  return grains.find((grain) => offsets.every((offset) => offset % grain === 0)) ?? 1;
}
