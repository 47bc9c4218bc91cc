import { GapEvaluator } from './gaps';
import { SHIPPED_RULES } from './loadRules';
import { STEP } from './rules';

const START = 1_789_430_400;

/** Gaps in logs with `events` in each step of these stretches, as node, first and last step. */
function gaps(
  stretches: readonly (readonly [from: number, to: number])[],
  events = 10,
  looked = 0,
): unknown[] {
  const evaluator = new GapEvaluator(SHIPPED_RULES);
  const rows = stretches.flatMap(([from, to]) =>
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

// Figures of a day with a hole look like a quiet day: without this nobody hears of an hour of logs that was lost.
it('an hour without logs that come again is a gap, from the first step that lacks to the last', () => {
  expect(
    gaps([
      [0, 30],
      [42, 60],
    ]),
  ).toEqual([['mta1', 30, 41, 42]]);
  expect(
    gaps([
      [0, 30],
      [41, 60],
    ]),
  ).toEqual([]);
});

it('a node that logs little, or was off for a day, has none', () => {
  expect(
    gaps(
      [
        [0, 30],
        [42, 60],
      ],
      4,
    ),
  ).toEqual([]);
  expect(
    gaps([
      [0, 30],
      [30 + 22 * 12 + 1, 330],
    ]),
  ).toEqual([]);
  expect(
    gaps([
      [0, 30],
      [30 + 22 * 12, 330],
    ]),
  ).toHaveLength(1);
});

it('is the same where only what comes after it is looked at', () => {
  expect(
    gaps(
      [
        [0, 30],
        [42, 60],
      ],
      10,
      42,
    ),
  ).toEqual([['mta1', 30, 41, 42]]);
  expect(
    gaps(
      [
        [0, 30],
        [42, 60],
      ],
      10,
      43,
    ),
  ).toEqual([]);
});
