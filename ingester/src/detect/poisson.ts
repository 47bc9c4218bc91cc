/** Probability of `k` or more events where `mean` are expected (Poisson). */
export function poissonTail(k: number, mean: number): number {
  if (k <= 0) return 1;
  if (mean <= 0) return 0;
  // The terms from k on, largest first: they shrink by mean / i, once i is above the mean.
  if (k > mean) {
    let term = Math.exp(k * Math.log(mean) - mean - logFactorial(k));
    let sum = 0;
    for (let i = k + 1; term > sum * 1e-17; i++) {
      sum += term;
      term *= mean / i;
    }
    return Math.min(1, sum);
  }
  let term = Math.exp(-mean);
  let below = 0;
  for (let i = 0; i < k; i++) {
    below += term;
    term *= mean / (i + 1);
  }
  return Math.max(0, 1 - below);
}

function logFactorial(n: number): number {
  if (n < 2) return 0;
  if (n < 20) return Math.log(n) + logFactorial(n - 1);
  // Stirling: exact to twelve digits from 20 on.
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3);
}
