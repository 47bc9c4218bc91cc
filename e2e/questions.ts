import type { QueryType } from '../ingester/src/model';

/** What questions name of the logs they are asked about. */
export interface Known {
  readonly messageId: string;
  readonly job: string;
  readonly recipient: string;
  readonly file: string;
}

/** One question, without refId, range and step. */
export interface Question {
  readonly says: string;
  readonly queryType: QueryType;
  readonly query: Record<string, unknown>;
  /** The answer tells of this moment in its times. */
  readonly now?: boolean;
}

const NOTHING = [{ dimension: 'provider', operator: '=', values: ['no such provider'] }];

/** Questions of every kind and in every form; what is not there is asked for too, as an empty answer has its types. */
const QUESTIONS: Readonly<Record<QueryType, readonly ((known: Known) => Record<string, unknown>)[]>> = {
  metrics: [
    () => ({
      metrics: ['attempts', 'deferralRate', 'latencyP95', 'complaintRate'],
      groupBy: ['provider', 'vmta'],
    }),
    () => ({ metrics: ['delivered', 'bytes', 'unresolved'] }),
    () => ({ metrics: ['delivered', 'latencyP95'], groupBy: ['provider'], format: 'timeseries', limit: 5 }),
    () => ({ metrics: ['deferralRate'], groupBy: ['provider', 'vmta'], format: 'numeric' }),
    () => ({ metrics: ['latencyP50'], groupBy: ['pool'], format: 'heatmap' }),
    () => ({ format: 'histogram', field: 'latency', groupBy: ['provider'] }),
    () => ({ format: 'heatmap', field: 'size' }),
    ...['timeseries', 'numeric', 'table', 'heatmap'].map((format) => () => ({
      metrics: ['delivered'],
      groupBy: ['provider'],
      filters: NOTHING,
      format,
    })),
    () => ({ metrics: [] }),
  ],
  flows: [
    () => ({ path: ['senderDomain', 'vmta', 'provider', 'outcome'], limit: 5 }),
    () => ({ path: ['vmta', 'provider'], filters: NOTHING }),
    () => ({ path: ['vmta', 'vmta'] }),
  ],
  events: [
    () => ({ limit: 500, columns: ['time', 'recipient', 'diag', 'latency', 'queued', 'headers'] }),
    () => ({ limit: 20 }),
    () => ({ format: 'logs', limit: 200, order: 'asc' }),
    () => ({ format: 'timeseries' }),
    ...['table', 'logs', 'timeseries'].map((format) => () => ({ format, filters: NOTHING })),
    () => ({ cursor: 'x' }),
  ],
  messages: [
    ({ recipient }) => ({ filters: [{ dimension: 'recipient', values: [recipient] }] }),
    () => ({ limit: 50, filters: [{ dimension: 'outcome', operator: 'in', values: ['hard', 'deferred'] }] }),
    () => ({ filters: NOTHING }),
    () => ({ limit: 0 }),
  ],
  trace: [
    ({ messageId }) => ({ messageId }),
    ({ job, recipient }) => ({ job, recipient }),
    () => ({ messageId: 'no such message' }),
    () => ({}),
  ],
  incidents: [
    () => ({}),
    ...['open', 'rate', 'baseline', 'waiting', 'start', 'end', 'details'].map((metric) => () => ({
      format: 'numeric',
      metric,
    })),
    () => ({ format: 'numeric' }),
  ],
  insights: [() => ({}), () => ({ filters: NOTHING })],
  causes: [() => ({}), () => ({ filters: NOTHING }), () => ({ incident: 'no such incident' })],
  risk: [() => ({}), () => ({ dimension: 'job', filters: NOTHING }), () => ({ limit: 0 })],
  files: [() => ({}), () => ({ status: 'failed' }), () => ({ status: 'lost' })],
  ingestErrors: [({ file }) => ({ file }), () => ({ limit: 1 }), () => ({ cursor: 'x', limit: 0 })],
  values: [
    () => ({ dimension: 'vmta', search: 'm' }),
    () => ({ dimension: 'provider', filters: NOTHING }),
    () => ({ dimension: 'size' }),
  ],
  service: [
    () => ({ metrics: ['ingestErrors'] }),
    () => ({ metrics: ['queuedFiles', 'storeUp', 'failedFiles'], format: 'timeseries' }),
    () => ({ metrics: ['load'] }),
  ],
  sql: [
    () => ({
      sql: `SELECT $__timeInterval(time) AS t, vmta, sum(sign) AS n, NULL AS nothing, 'a "b" <c>' AS text, 9007199254740993 AS large,
            -0.1 AS small, toDate('2026-09-15') AS day FROM watchtower.events WHERE $__timeFilter(time) AND role = 0 GROUP BY t, vmta ORDER BY t, vmta`,
    }),
    () => ({
      sql: 'SELECT time, sum(delivered) AS n FROM watchtower.totals_minute WHERE $__timeFilter(time) GROUP BY time ORDER BY time',
      limit: 3,
    }),
    () => ({ sql: 'SELECT time, delivered FROM watchtower.totals_minute WHERE time = 0' }),
    () => ({ sql: 'DROP TABLE watchtower.events' }),
  ],
};

/** Every question, about the logs at hand. */
export function questionsOf(known: Known): Question[] {
  return Object.entries(QUESTIONS).flatMap(([queryType, questions]) =>
    questions.map((question, at) => {
      const query = question(known);
      return {
        says: `${queryType} ${at + 1}`,
        queryType: queryType as QueryType,
        query,
        now: queryType === 'service' && query['format'] === 'timeseries',
      };
    }),
  );
}
