/**
 * Engine names in one place: a cluster swaps them for their Replicated twins here. The deduplication window counts
 * parts, not inserts (an insert over five days takes five), and has to outlast the one commit that may be in flight.
 */
const ENGINES: Readonly<Record<string, string>> = {
  collapsing: 'CollapsingMergeTree(sign)',
  summing: 'SummingMergeTree',
  aggregating: 'AggregatingMergeTree',
  replacing: 'ReplacingMergeTree(version)',
  merge: 'MergeTree',
  deduplication: 'non_replicated_deduplication_window = 10000',
};

/** Fills `{{name}}` in a schema file. Throws on a name that is not known, so that a typo never reaches the engine. */
export function renderSchema(sql: string): string {
  return sql.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const engine = ENGINES[name];
    if (engine === undefined) throw new Error(`Schema placeholder {{${name}}} is not known`);
    return engine;
  });
}

/** The tables whose rows age out, and the setting that says after how many days. */
export const RETAINED = {
  raw: ['events', 'open_events'],
  /** They hold hours, not times: kept a day longer, they know every event that is kept. */
  lookup: ['recipients', 'event_ids', 'late_keys'],
  rollup: [
    'totals_minute',
    'dimension_hour',
    'dimension_day',
    'pair_hour',
    'pair_day',
    'latency_hour',
    'latency_day',
    'job_hour',
    'job_day',
    'flow_hour',
    'flow_day',
    'flow_latency_hour',
    'flow_latency_day',
    'size_hour',
    'size_day',
    'backlog_minute',
    'backlog_day',
    'failure_hour',
    'failure_day',
    'attempt_step',
    'mailing_step',
    'latency_step',
    'activity_step',
  ],
} as const;
