import { STEP } from './rules';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** By how much a daily silence may begin sooner or later than the day before, in seconds. */
const TOLERANCE = HOUR;

/** A daily silence is as long as a night, in seconds: one that is shorter may be something that fails every day. */
const NIGHT = 4 * HOUR;

/** A silence is held against the day before for so long, in seconds: then what was before it makes nobody expect more. */
const LONGEST = 3 * HOUR;

/** Activity before a silence, in seconds: what of it the day before had at least to be as busy, and what is hardly any. */
const LOOK_BACK = 2 * HOUR;
const AS_BUSY = 0.5;
const HARDLY_ANY = 0.05;

/** How far back the rhythm of a day is looked for, in seconds. */
export const RHYTHM_REACH = LONGEST + DAY + TOLERANCE + LOOK_BACK;

/**
 * Whether a silence that goes on in the step at `at` is one of every day: the day before, what `events` holds by step was
 * as busy, fell silent at about the same time and stayed so for hours.
 */
export function isRhythm(events: ReadonlyMap<number, number>, at: number): boolean {
  let fall = at;
  while (!events.has(fall - STEP)) if ((fall -= STEP) < at - LONGEST) return false;
  const busy = sum(events, fall - LOOK_BACK, fall);
  const hardly = (HARDLY_ANY * busy * NIGHT) / LOOK_BACK;
  const before = fall - DAY;
  for (let start = before - TOLERANCE; start <= before + TOLERANCE; start += STEP)
    if (
      sum(events, start, start + NIGHT) <= hardly &&
      sum(events, start - LOOK_BACK, start) >= AS_BUSY * busy
    )
      return true;
  return false;
}

function sum(events: ReadonlyMap<number, number>, from: number, to: number): number {
  let total = 0;
  for (let at = from; at < to; at += STEP) total += events.get(at) ?? 0;
  return total;
}
