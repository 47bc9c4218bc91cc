import type { Example } from './doc';

/** Tuesday, 15 September 2026, in UTC: the day that examples ask about. */
export const DAY = { from: 1789430400000, to: 1789516800000 };

/** A message that examples ask about. */
export const MESSAGE = {
  messageId: 'abc@sender.example',
  recipient: 'ann@example.org',
  job: 'J-17',
  vmta: 'VMTA-1',
};

/** A query of each type that is answered, by what it asks. */
const QUERIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'totals by provider': {
    queryType: 'metrics',
    metrics: ['attempts', 'delivered', 'deferralRate', 'latencyP95'],
    groupBy: ['provider'],
    orderBy: 'attempts',
    limit: 20,
  },
  'deliveries per minute': {
    queryType: 'metrics',
    metrics: ['delivered'],
    groupBy: ['provider'],
    filters: [{ dimension: 'job', operator: '=', values: [MESSAGE.job] }],
    format: 'timeseries',
    intervalMs: 60_000,
    maxDataPoints: 1_440,
  },
  'distribution of latencies': {
    queryType: 'metrics',
    format: 'histogram',
    field: 'latency',
    buckets: [1, 10, 60],
  },
  'flows from VMTA to outcome': {
    queryType: 'flows',
    path: ['vmta', 'provider', 'outcome'],
    value: 'messages',
  },
  'bounces with a text': {
    queryType: 'events',
    filters: [{ dimension: 'eventType', values: ['bounce'] }],
    search: 'no such user',
    columns: ['time', 'recipient', 'diag', 'header:x-campaign'],
    limit: 100,
  },
  'log lines': { queryType: 'events', format: 'logs', order: 'asc' },
  'messages to an address': {
    queryType: 'messages',
    filters: [{ dimension: 'recipient', operator: 'startsWith', values: ['ann'] }],
  },
  'life of a message': { queryType: 'trace', messageId: MESSAGE.messageId },
  'life of a message by job and recipient': {
    queryType: 'trace',
    job: MESSAGE.job,
    recipient: MESSAGE.recipient,
  },
  'log files': { queryType: 'files', limit: 20 },
  'rows that could not be loaded': { queryType: 'ingestErrors' },
  'names of VMTAs': { queryType: 'values', dimension: 'vmta', search: 'vm' },
  'incidents of the day': { queryType: 'incidents' },
  'whether incidents are open, for an alert rule': {
    queryType: 'incidents',
    format: 'numeric',
    metric: 'open',
  },
  'insights of the day': { queryType: 'insights' },
  'causes of what went wrong at a provider': {
    queryType: 'causes',
    filters: [{ dimension: 'provider', values: ['gmail'] }],
    limit: 3,
  },
  'the ten riskiest jobs': { queryType: 'risk', dimension: 'job', limit: 10 },
  'age of the newest event': { queryType: 'service', metrics: ['newestEventAgeSeconds'] },
  'SQL of your own': {
    queryType: 'sql',
    intervalMs: 3_600_000,
    sql: 'SELECT $__timeInterval(time) AS t, vmta, sum(sign) AS n FROM watchtower.events WHERE $__timeFilter(time) AND role = 0 GROUP BY t, vmta ORDER BY t',
  },
};

/** Requests with one query each. */
export const QUERY_EXAMPLES: Readonly<Record<string, Example>> = Object.fromEntries(
  Object.entries(QUERIES).map(([name, query]) => [
    name,
    { body: { type: 'application/json', value: { ...DAY, queries: [{ refId: 'A', ...query }] } } },
  ]),
);
