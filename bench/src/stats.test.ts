import { median, percentile, rates, ratio } from './stats';

it.each([
  [[3], 3],
  [[9, 1, 5], 5],
  [[10, 2, 4, 1], 3],
])('median of %j', (values, expected) => {
  expect(median(values)).toBe(expected);
});

it('leaves the values in their order, which is that of the runs', () => {
  const values = [3, 1, 2];
  median(values);
  percentile(values, 0.5);
  expect(values).toEqual([3, 1, 2]);
});

it.each([
  [0, 1],
  [0.5, 51],
  [0.99, 100],
  [1, 100],
])('percentile %d of 1 to 100', (p, expected) => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(percentile(values, p)).toBe(expected);
});

it('has no median or percentile of nothing, rather than NaN in a report', () => {
  expect(() => median([])).toThrow(RangeError);
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});

it('compares medians, so that one disturbed run does not decide', () => {
  const runs = [1, 2, 100].map((seconds) => ({ amount: 100, seconds }));
  expect(rates(runs)).toEqual([100, 50, 1]);
  expect(ratio(rates(runs), [100, 100, 1])).toBe(0.5);
});
