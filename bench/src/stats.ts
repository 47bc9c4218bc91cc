/** The middle value; of an even number of values the mean of the middle two. Throws RangeError where there is none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new RangeError('There is no median of no values');
  return (lower + upper) / 2;
}

/** The value at rank min(floor(p n), n - 1), p in [0, 1]. Throws RangeError where there are no values. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(Math.floor(p * sorted.length), sorted.length - 1)];
  if (value === undefined) throw new RangeError('There is no percentile of no values');
  return value;
}

/** Amounts per second, one for each run. */
export function rates(runs: readonly { amount: number; seconds: number }[]): number[] {
  return runs.map(({ amount, seconds }) => amount / seconds);
}

/** How many times the median of `values` is the median of `base`. */
export function ratio(values: readonly number[], base: readonly number[]): number {
  return median(values) / median(base);
}
