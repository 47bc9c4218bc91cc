import { DeferralEvaluator, dominant, type AttemptRow } from './deferrals';
import { keyOf, type Firing } from './firings';
import { History } from './history';
import { SHIPPED_RULES } from './loadRules';
import { STEP } from './rules';

const START = 1_789_430_400;

type Place = Partial<Pick<AttemptRow, 'provider' | 'pool' | 'vmta'>>;

/** A cell of a step: deferrals with texts of throttling, unless it says otherwise. */
function row(step: number, attempts: number, deferrals: number, more: Partial<AttemptRow> = {}): AttemptRow {
  return {
    ...{ at: START + step * STEP, provider: 'gmail', pool: 'a', vmta: 'v1' },
    ...{ attempts, deferrals, delivered: attempts - deferrals, throttled: deferrals },
    ...{ blocked: 0, unanswered: 0, queue: 0, ...more },
  };
}

/** Steps in a row with the same figures. */
function steps(
  from: number,
  to: number,
  attempts: number,
  deferrals: number,
  place: Place = {},
): AttemptRow[] {
  return Array.from({ length: to - from }, (_, i) => row(from + i, attempts, deferrals, place));
}

function run(rows: readonly AttemptRow[], until: number, history = new History()): Firing[] {
  const evaluator = new DeferralEvaluator(
    SHIPPED_RULES,
    { deferred: history, delivered: new History() },
    START,
    [],
  );
  evaluator.load(rows);
  return Array.from({ length: until }, (_, i) => evaluator.step(START + i * STEP)).flat();
}

const sure = (firings: readonly Firing[]) => firings.filter((firing) => firing.sure);
const at = (firings: readonly Firing[]) => sure(firings).map((firing) => (firing.at - START) / STEP);
const entities = (firings: readonly Firing[]) => [
  ...new Set(sure(firings).map(({ entity }) => JSON.stringify(entity))),
];

describe('a window fires', () => {
  it('with the shipped thresholds at their edges, and not below them', () => {
    expect(at(run([row(0, 40, 10)], 1))).toEqual([0]);
    expect(at(run([row(0, 40, 9)], 1))).toEqual([]);
    expect(at(run([row(0, 41, 10)], 1))).toEqual([]);
    expect(at(run([row(0, 20, 10)], 1))).toEqual([0]);
    expect(at(run([row(0, 19, 19)], 1))).toEqual([]);
  });

  it('over three steps, while enough of them are bad', () => {
    expect(at(run([...steps(0, 4, 40, 0), row(4, 40, 36), ...steps(5, 12, 40, 0)], 12))).toEqual([4, 5, 6]);
  });

  it('fast, of one step, where most is deferred', () => {
    const rows = [...steps(0, 2, 200, 0), row(2, 30, 18)];
    expect(at(run(rows, 3))).toEqual([2]);
    expect(at(run([...steps(0, 2, 200, 0), row(2, 30, 17)], 3))).toEqual([]);
  });

  it('only where it is four times what is usual, and improbable', () => {
    const usual = (share: number) => {
      const history = new History();
      history.add(keyOf({ provider: 'gmail', vmta: 'v1' }), START - 7200, 1000, 1000 * share);
      return history;
    };
    expect(at(run([row(0, 100, 30)], 1, usual(0.07)))).toEqual([0]);
    expect(at(run([row(0, 100, 30)], 1, usual(0.08)))).toEqual([]);
    // A rate above four times the usual one, of so few attempts that it may be chance.
    expect(at(run([row(0, 20, 10)], 1, usual(0.12)))).toEqual([]);
  });

  it('and what it counts leaves what is usual as it was', () => {
    const history = new History();
    run([...steps(0, 12, 100, 2), ...steps(12, 15, 100, 80), ...steps(15, 24, 100, 2)], 24, history);
    const { of, events } = history.sum(keyOf({ provider: 'gmail', vmta: 'v1' }), START, START + 7200);
    // Of the 24 steps those of firing windows, 10 to 16, and the last two, whose windows are not over, are missing.
    expect({ of, events }).toEqual({ of: 1500, events: 30 });
  });
});

describe('the kind', () => {
  const cell = {
    attempts: 100,
    delivered: 0,
    deferrals: 40,
    queue: 0,
    throttled: 0,
    blocked: 0,
    unanswered: 0,
  };

  it('is what at least half of the texts say', () => {
    expect(dominant({ ...cell, throttled: 20, blocked: 10, unanswered: 10 })).toBe('throttling');
    expect(dominant({ ...cell, throttled: 10, blocked: 20, unanswered: 10 })).toBe('block');
    expect(dominant({ ...cell, throttled: 10, blocked: 10, unanswered: 20 })).toBe('provider_unreachable');
    expect(dominant({ ...cell, throttled: 19, blocked: 10, unanswered: 11 })).toBe('deferrals');
  });
});

describe('who owns it', () => {
  const vmta = (name: string, pool: string, attempts: number, deferrals: number) =>
    steps(0, 3, attempts, deferrals, { vmta: name, pool });

  it('is the VMTA where the others of its pool are fine', () => {
    const rows = [vmta('v1', 'a', 40, 30), vmta('v2', 'a', 40, 1), vmta('v3', 'a', 40, 1)].flat();
    expect(entities(run(rows, 3))).toEqual(['{"provider":"gmail","vmta":"v1"}']);
  });

  it('are two VMTAs where only two of a pool are bad', () => {
    const rows = [vmta('v1', 'a', 40, 30), vmta('v2', 'a', 40, 30), vmta('v3', 'a', 40, 1)].flat();
    expect(entities(run(rows, 3))).toEqual([
      '{"provider":"gmail","vmta":"v1"}',
      '{"provider":"gmail","vmta":"v2"}',
    ]);
  });

  it('is the pool where it is bad without its two worst VMTAs', () => {
    const rows = ['v1', 'v2', 'v3'].flatMap((name) => vmta(name, 'a', 40, 30)).concat(vmta('v9', 'b', 80, 1));
    expect(entities(run(rows, 3))).toEqual(['{"provider":"gmail","pool":"a"}']);
  });

  it('is the provider where it is bad without its worst pool', () => {
    const rows = [...vmta('v1', 'a', 40, 30), ...vmta('v2', 'b', 40, 25)];
    expect(entities(run(rows, 3))).toEqual(['{"provider":"gmail"}']);
  });

  it('of a pool with one VMTA is the VMTA', () => {
    expect(entities(run(vmta('v1', 'a', 40, 30), 3))).toEqual(['{"provider":"gmail","vmta":"v1"}']);
  });
});

describe('where too little is tried after a firing', () => {
  const unsure = (firings: readonly Firing[]) =>
    firings.filter((firing) => !firing.sure).map((firing) => (firing.at - START) / STEP);

  it('nothing is called quiet while nothing is tried, or a quarter of it is deferred', () => {
    expect(unsure(run(steps(0, 2, 40, 36), 10))).toEqual([4, 5, 6, 7, 8, 9]);
    expect(unsure(run([...steps(0, 2, 40, 36), ...steps(4, 10, 4, 1)], 10))).toEqual([4, 5, 6, 7, 8, 9]);
    expect(unsure(run([...steps(0, 2, 40, 36), ...steps(4, 10, 5, 0)], 10))).toEqual([]);
    expect(unsure(run([...steps(0, 2, 40, 36), ...steps(4, 10, 20, 0)], 10))).toEqual([]);
  });

  it('queue events count as evidence', () => {
    const rows = [
      ...steps(0, 2, 40, 36),
      ...Array.from({ length: 6 }, (_, i) => row(4 + i, 5, 0, { queue: 5 })),
    ];
    expect(unsure(run(rows, 10))).toEqual([4, 5, 6, 7, 8, 9]);
  });
});
