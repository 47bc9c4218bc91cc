/**
 * Latencies are counted in buckets, exact below 64 s and of ratio 1.01 above, so that quantiles are additive over
 * time and entities: a quantile is the value of the bucket that holds rank min(floor(p n), n - 1).
 * The SQL texts and their TypeScript twins must agree with each other and with the latency views of the store.
 */

const EXACT = 64;
const RATIO = 1.01;

/** The quantiles that are served, by the name of their counter. */
export const QUANTILES = { latencyP50: 0.5, latencyP95: 0.95, latencyP99: 0.99 } as const;

/** Bucket index of a latency in whole seconds (>= 0). */
export function bucketOf(latency: number): number {
  return latency < EXACT ? latency : EXACT + Math.floor(Math.log(latency / EXACT) / Math.log(RATIO));
}

/** Seconds that a bucket stands for: itself below 64, else its geometric middle, rounded. */
export function valueOf(bucket: number): number {
  return bucket < EXACT ? bucket : Math.round(EXACT * Math.pow(RATIO, bucket - EXACT + 0.5));
}

/** Zero-based rank of the quantile `p` among `n` values. */
export function rankOf(p: number, n: number): number {
  return Math.min(Math.floor(p * n), n - 1);
}

/** SQL twin of `bucketOf`. */
export function bucketSql(latency: string): string {
  return `toUInt32(if(${latency} < ${EXACT}, ${latency}, ${EXACT} + floor(log(${latency} / ${EXACT}) / log(${RATIO}))))`;
}

/** SQL twin of `valueOf`. */
export function valueSql(bucket: string): string {
  return `if(${bucket} < ${EXACT}, toFloat64(${bucket}), round(${EXACT} * pow(${RATIO}, toFloat64(${bucket}) - ${EXACT - 0.5})))`;
}

/**
 * SQL of one quantile (seconds) over `pairs`, an array of (bucket, n) sorted by bucket, and `cumulated`, the running
 * sum of n; both must not be empty.
 */
export function quantileSql(p: number, pairs: string, cumulated: string): string {
  const rank = `least(toInt64(floor(${p} * ${cumulated}[-1])), ${cumulated}[-1] - 1)`;
  return valueSql(`${pairs}[arrayFirstIndex(c -> c > ${rank}, ${cumulated})].1`);
}
