import type { Firing } from './firings';
import type { Reader, Span, Watermark } from './reads';
import { STEP, type DetectionRules } from './rules';

const HOUR = 3600;

/**
 * Reasons that make up a good part of what failed at a provider in an hour, and were not there in the day before,
 * though other things failed there then.
 */
export async function findNewReasons(
  store: Reader,
  { from, to }: Span,
  rules: DetectionRules,
): Promise<Firing[]> {
  const rule = rules.kinds.new_reason;
  if (!rule.on) return [];
  const first = from - (from % HOUR);
  const counted = `SELECT toUnixTimestamp(f.time) AS hour, toString(f.provider) AS provider_, toString(f.reason) AS reason_, sum(f.bounced + f.deferrals) AS n
    FROM watchtower.failure_hour AS f WHERE f.time >= toDateTime(${first - 86_400}, 'UTC') AND f.time < toDateTime(${to}, 'UTC')
    GROUP BY hour, provider_, reason_ HAVING n > 0`;
  const rows = await store.read<{
    hour: number;
    provider: string;
    reason: string;
    n: number;
    failed: number;
  }>(
    `SELECT hour, provider_ AS provider, reason_ AS reason, n, failed FROM (
       SELECT *, sum(n) OVER (PARTITION BY provider_, hour) AS failed,
         sum(n) OVER (PARTITION BY provider_, reason_ ORDER BY hour RANGE BETWEEN 86400 PRECEDING AND 3600 PRECEDING) AS before,
         sum(n) OVER (PARTITION BY provider_ ORDER BY hour RANGE BETWEEN 86400 PRECEDING AND 3600 PRECEDING) AS others
       FROM (${counted})
     ) WHERE hour >= ${first} AND reason_ != '' AND before = 0 AND others > 0 AND n >= ${rule.minEvents} AND n >= ${rule.share} * failed
     ORDER BY hour, provider, reason`,
  );
  return rows.map(({ hour, provider, reason, n, failed }) => ({
    kind: 'new_reason',
    entity: { provider },
    at: hour + HOUR - STEP,
    sure: true,
    spots: Array.from({ length: HOUR / STEP }, (_, i) => ({ at: hour + i * STEP, of: 0, events: 0 })),
    rate: n / failed,
    of: n,
    detail: reason,
  }));
}

/**
 * Nodes whose logs end well before those of the others, or, where nobody's go on, before the present. What ended a day
 * ago or earlier is history, and not a log that stopped.
 */
export function findStopped(
  marks: readonly Watermark[],
  usual: ReadonlyMap<string, number>,
  rules: DetectionRules,
  now: number,
): Firing[] {
  const rule = rules.kinds.logs_stopped;
  if (!rule.on) return [];
  const nodes = new Map<string, number>();
  for (const { node, at } of marks) nodes.set(node, Math.max(at, nodes.get(node) ?? 0));
  const newest = Math.max(...nodes.values());
  return [...nodes].flatMap(([node, last]): Firing[] => {
    const others = last < newest ? newest : now;
    const silent = others - (last + STEP);
    if (silent < rule.minutes * 60 || now - last > 86_400 || (usual.get(node) ?? 0) < rule.minExpected)
      return [];
    const spots = [{ at: last + STEP, of: 0, events: 0 }];
    const at = last < newest ? newest : last + STEP;
    return [{ kind: 'logs_stopped', entity: { node }, at, sure: true, spots, rate: 0, detail: node }];
  });
}

/** Files that were refused or failed, in the day before. */
export async function findFailures(store: Reader, rules: DetectionRules, now: number): Promise<Firing[]> {
  if (!rules.kinds.ingest_failure.on) return [];
  const finished = "toUInt32(JSONExtractUInt(entry, 'finishedAt') / 1000)";
  const rows = await store.read<{ at: number; name: string; message: string; node: string; n: number }>(
    `SELECT intDiv(finished, ${STEP}) * ${STEP} AS at, argMax(name, finished) AS name, argMax(message, finished) AS message, node, count() AS n FROM (
       SELECT id, argMax(status, version) AS state, argMax(JSONExtractString(entry, 'name'), version) AS name, argMax(JSONExtractString(entry, 'message'), version) AS message,
         argMax(JSONExtractString(entry, 'node'), version) AS node, argMax(${finished}, version) AS finished, argMax(JSONExtractUInt(entry, 'removed'), version) AS removed
       FROM watchtower.files GROUP BY id HAVING state IN ('failed', 'rejected') AND removed = 0 AND finished >= ${now - 86_400}
     ) GROUP BY at, node ORDER BY at`,
  );
  return rows.map(({ at, name, message, node, n }) => ({
    kind: 'ingest_failure',
    entity: { node },
    at,
    sure: true,
    spots: [{ at, of: 0, events: n }],
    rate: 0,
    of: n,
    detail: `${name}: ${message}`,
  }));
}
