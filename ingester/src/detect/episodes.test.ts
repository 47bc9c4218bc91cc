import { episodesOf } from './episodes';
import type { Entity, Firing } from './firings';
import { SHIPPED_RULES } from './loadRules';
import { STEP, type Kind } from './rules';

const START = 1_789_430_400;

/** A firing of the window that ends with a step, of which the step itself is over the threshold. */
function fired(step: number, entity: Entity, more: Partial<Firing> = {}): Firing {
  const at = START + step * STEP;
  return {
    ...{ kind: 'throttling', entity, at, sure: true, rate: 0.8 },
    spots: [{ at, of: 40, events: 32 }],
    ...more,
  };
}

const V1 = { provider: 'gmail', vmta: 'v1' };
const POOL = { provider: 'gmail', pool: 'a' };
const WHOLE = { provider: 'gmail' };

const series = (from: number, to: number, entity: Entity, more: Partial<Firing> = {}) =>
  Array.from({ length: to - from }, (_, i) => fired(from + i, entity, more));

/** Episodes as kind, entity and steps. */
const told = (firings: readonly Firing[]) =>
  episodesOf(firings, SHIPPED_RULES).map(({ kind, entity, start, end }) => [
    kind,
    Object.values(entity).join('/'),
    (start - START) / STEP,
    (end - START) / STEP,
  ]);

it('firings with at most half an hour between them are one episode, and others two', () => {
  expect(told([...series(0, 3, V1), ...series(9, 11, V1)])).toEqual([['throttling', 'gmail/v1', 0, 11]]);
  expect(told([...series(0, 3, V1), ...series(10, 12, V1)])).toEqual([
    ['throttling', 'gmail/v1', 0, 3],
    ['throttling', 'gmail/v1', 10, 12],
  ]);
});

it('goes on through steps of which too little is known while enough messages wait', () => {
  const unknown = (waiting: number) => (step: number) => fired(step, V1, { sure: false, waiting, spots: [] });
  const after = [3, 4, 5, 6, 7, 8, 9, 10];
  const last = (waiting: number) => {
    const [episode] = episodesOf([...series(0, 3, V1), ...after.map(unknown(waiting))], SHIPPED_RULES);
    return ((episode?.last ?? 0) - START) / STEP;
  };
  expect(last(10)).toBe(10);
  expect(last(9)).toBe(2);
  // Without a firing before it, what is unknown says nothing.
  expect(told(after.map(unknown(100)))).toEqual([]);
});

describe('a wider entity', () => {
  it('takes in the narrower ones that are near it, and begins with them', () => {
    const firings = [
      ...series(0, 2, V1, { pool: 'a' }),
      ...series(2, 6, POOL, { pool: 'a' }),
      ...series(7, 9, WHOLE),
    ];
    expect(told(firings)).toEqual([['throttling', 'gmail', 0, 9]]);
  });

  it.each([
    ['of another pool', { pool: 'b' }],
    ['of another kind', { pool: 'a', kind: 'block' as Kind }],
  ])('leaves one %s', (_, more) => {
    expect(told([...series(0, 2, V1, more), ...series(2, 6, POOL, { pool: 'a' })])).toHaveLength(2);
  });

  it('leaves one that is far from it', () => {
    expect(told([...series(0, 2, V1, { pool: 'a' }), ...series(9, 12, POOL, { pool: 'a' })])).toHaveLength(2);
  });

  it('joins two of its own with a narrower one between them', () => {
    const firings = [...series(0, 2, POOL), ...series(4, 12, V1, { pool: 'a' }), ...series(14, 16, POOL)];
    expect(told(firings)).toEqual([['throttling', 'gmail/a', 0, 16]]);
  });
});

describe('slow deliveries', () => {
  const slow = (from: number, to: number) => series(from, to, WHOLE, { kind: 'latency_anomaly', rate: 90 });

  it('are an incident of their own, and a symptom while another is open and for two hours', () => {
    expect(told(slow(0, 3))).toHaveLength(1);
    expect(told([...series(0, 3, V1), ...slow(1, 27)])).toEqual([['throttling', 'gmail/v1', 0, 3]]);
    expect(told([...series(0, 3, V1), ...slow(27, 29)])).toHaveLength(2);
  });

  it('count until what they lead to begins', () => {
    expect(told([...slow(0, 8), ...series(6, 9, V1)])).toEqual([
      ['latency_anomaly', 'gmail', 0, 6],
      ['throttling', 'gmail/v1', 6, 9],
    ]);
  });

  it('are a symptom while what waited on a dark VMTA is delivered', () => {
    const dark = series(0, 6, { vmta: 'v1' }, { kind: 'vmta_dark', rate: 0 });
    expect(told([...dark, ...slow(6, 12)])).toEqual([['vmta_dark', 'v1', 0, 6]]);
    expect(told([...dark, ...slow(2, 4)])).toHaveLength(2);
    expect(told([...dark, ...slow(12, 14)])).toHaveLength(2);
  });

  it('of another provider are their own', () => {
    expect(told([...series(0, 3, { provider: 'yahoo' }), ...slow(1, 3)])).toHaveLength(2);
  });
});
