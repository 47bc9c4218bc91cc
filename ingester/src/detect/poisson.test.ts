import { poissonTail } from './poisson';

/** The sum as its definition says, for small numbers. */
function told(k: number, mean: number): number {
  let term = Math.exp(-mean);
  let below = 0;
  for (let i = 0; i < k; i++) {
    below += term;
    term *= mean / (i + 1);
  }
  return 1 - below;
}

it.each([
  [1, 0.5],
  [3, 2],
  [10, 9.5],
  [12, 3],
  [25, 10],
])('is what the definition says: %d or more of %d', (k, mean) => {
  expect(poissonTail(k, mean)).toBeCloseTo(told(k, mean), 9);
});

// One minus a sum would be 0 or noise here, and a threshold of a millionth would mean nothing.
it('keeps its digits far out, and its sense for large numbers', () => {
  expect(poissonTail(40, 2) / 1.917e-37).toBeCloseTo(1, 2);
  expect(poissonTail(200_000, 20_000)).toBe(0);
  expect(poissonTail(1000, 1_000_000)).toBe(1);
  expect(poissonTail(1_000_000, 999_000)).toBeCloseTo(0.16, 1);
});

it('knows the edges', () => {
  expect(poissonTail(0, 3)).toBe(1);
  expect(poissonTail(1, 0)).toBe(0);
});
