import { GapEvaluator } from './gaps';
import { SHIPPED_RULES } from './loadRules';
import { STEP } from './rules';

const START = 1_789_430_400;

/** Steps with so many events in each, else with ten. */
type Stretch = readonly [from: number, to: number, events?: number];

/** Gaps in logs of these stretches, as node, first and last step, and the step in which each is told. */
function gaps(stretches: readonly Stretch[], looked = 0): unknown[] {
  const evaluator = new GapEvaluator(SHIPPED_RULES);
  const rows = stretches.flatMap(([from, to, events = 10]) =>
    Array.from({ length: to - from }, (_, i) => ({ at: START + (from + i) * STEP, node: 'mta1', events })),
  );
  evaluator.load(rows);
  const end = Math.max(...stretches.map(([, to]) => to));
  return Array.from({ length: end - looked }, (_, i) => evaluator.step(START + (looked + i) * STEP))
    .flat()
    .map(({ entity, at, spots }) => [
      entity.node,
      ...spots.map((spot) => (spot.at - START) / STEP),
      (at - START) / STEP,
    ]);
}

/** A day's logs, and what comes after a silence. */
const before: Stretch = [0, 30];

// Figures of a day with a hole look like a quiet day: without this nobody hears of an hour of logs that was lost.
it('an hour without logs that come again is a gap, from the first step that lacks to the last', () => {
  expect(gaps([before, [42, 60]])).toEqual([['mta1', 30, 41, 44]]);
  expect(gaps([before, [41, 60]])).toEqual([]);
});

// What was deferred is tried again hours after the last logs of a folder: that the logs lacked up to then is not true.
it('needs logs that go on: what is left of a queue does not end one', () => {
  expect(gaps([before, [42, 60, 3]])).toEqual([]);
  expect(gaps([before, [42, 43, 8], [44, 60, 1]])).toEqual([]);
  expect(gaps([before, [42, 43, 8], [44, 60, 2]])).toHaveLength(1);
});

it('a node that logs little, or was off for a day, has none', () => {
  expect(
    gaps([
      [0, 30, 4],
      [42, 60],
    ]),
  ).toEqual([]);
  expect(gaps([before, [30 + 21 * 12 + 1, 330]])).toEqual([]);
  expect(gaps([before, [30 + 21 * 12, 330]])).toHaveLength(1);
});

it('is the same where only what comes after it is looked at', () => {
  expect(gaps([before, [42, 60]], 44)).toEqual([['mta1', 30, 41, 44]]);
  expect(gaps([before, [42, 60]], 45)).toEqual([]);
});
