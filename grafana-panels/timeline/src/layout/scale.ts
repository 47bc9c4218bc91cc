/** Where times lie, in pixels from the left. */
export interface Scale {
  /** What is in sight, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly x: (time: number) => number;
  readonly time: (x: number) => number;
}

/** A scale on which a second is as wide everywhere. A range without length is widened by a second. */
export function linearScale(from: number, until: number, width: number): Scale {
  const to = Math.max(until, from + 1000);
  const ratio = width / (to - from);
  return { from, to, width, x: (time) => (time - from) * ratio, time: (x) => from + x / ratio };
}

/** A marked time. */
export interface Tick {
  readonly time: number;
  readonly x: number;
  /** Milliseconds from one to the next, which say how exactly it must be told. */
  readonly step: number;
}

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((n) => n * DAY),
];

/**
 * Round times of a linear scale that stand at least `room` pixels apart. They are round in the zone whose distance from UTC, in
 * minutes at a given time, `offset` tells.
 */
export function ticksOf(scale: Scale, room: number, offset: (time: number) => number): Tick[] {
  const { from, to, width, x } = scale;
  const most = Math.max(1, Math.floor(width / room));
  const step = STEPS.find((each) => (to - from) / each <= most) ?? 364 * DAY;
  const zone = (time: number) => offset(time) * MINUTE;
  const first = Math.ceil((from + zone(from)) / step) * step;
  const ticks: Tick[] = [];
  for (let local = first; ; local += step) {
    // The zone's distance may have changed since the start: what is round is told by that of the time itself.
    const time = local - zone(local - zone(from));
    if (time > to) {
      return ticks;
    }
    if (time >= from) {
      ticks.push({ time, x: x(time), step });
    }
  }
}
