import { CoreApp } from '@grafana/data';
import type { QueryType, WatchtowerQuery } from '../types';

/** Form of queries that this version writes. */
export const SCHEMA_VERSION = 1;

/** What a new query asks: how the mail of the range fared. */
export const DEFAULT_QUERY: Partial<WatchtowerQuery> = {
  schemaVersion: SCHEMA_VERSION,
  queryType: 'metrics',
  metrics: ['delivered', 'bounced', 'deferrals'],
  groupBy: [],
  filters: [],
  format: 'timeseries',
};

/** What a new query asks, by where it is made: alert rules read one number, Explore begins with the log itself. */
export function defaultQuery(app: CoreApp | string | undefined): Partial<WatchtowerQuery> {
  if (app === CoreApp.UnifiedAlerting || app === CoreApp.CloudAlerting) {
    return { ...DEFAULT_QUERY, metrics: ['deferralRate'], format: 'numeric' };
  }
  if (app === CoreApp.Explore) {
    return { schemaVersion: SCHEMA_VERSION, queryType: 'events', format: 'logs', filters: [] };
  }
  return DEFAULT_QUERY;
}

/** What Grafana notes in a query for itself. */
const NOTED = ['refId', 'key', 'hide', 'datasource'];

/** A query as it is asked: one that nothing was chosen in yet stands for the default, which Grafana puts in only when it asks. */
export function begun(query: WatchtowerQuery): WatchtowerQuery {
  return Object.keys(query).every((name) => NOTED.includes(name)) ? { ...query, ...DEFAULT_QUERY } : query;
}

/** Whether a query asks what a new one asks in `app`; Grafana may have noted more in it. */
export function isDefault(query: WatchtowerQuery, app: CoreApp | string | undefined): boolean {
  return Object.entries(defaultQuery(app)).every(
    ([name, value]) => JSON.stringify(query[name as keyof WatchtowerQuery]) === JSON.stringify(value)
  );
}

/** What a query of another kind begins with when a person changes to it. */
const BEGINNINGS: Partial<Record<QueryType, Partial<WatchtowerQuery>>> = {
  metrics: { metrics: ['delivered', 'bounced', 'deferrals'], groupBy: [], format: 'timeseries' },
  flows: { path: ['senderDomain', 'vmta', 'provider'] },
  events: { format: 'table' },
  values: { dimension: 'provider' },
  service: { metrics: ['newestEventAgeSeconds'] as unknown as WatchtowerQuery['metrics'], format: 'numeric' },
  incidents: { format: 'table' },
  risk: { dimension: 'sender' },
  sql: {
    sql: [
      'SELECT $__timeInterval(time) AS time, sum(delivered) AS delivered',
      'FROM watchtower.totals_minute',
      'WHERE $__timeFilter(time)',
      'GROUP BY time ORDER BY time',
    ].join('\n'),
  },
};

/** Kinds whose answer filters narrow. */
const FILTERED: readonly QueryType[] = [
  'metrics',
  'flows',
  'events',
  'messages',
  'values',
  'incidents',
  'insights',
  'causes',
  'risk',
];

/** Whether filters, ad-hoc ones too, have a meaning for a kind of query. */
export function takesFilters(queryType: QueryType | undefined): boolean {
  return FILTERED.includes(queryType ?? 'metrics');
}

/** The query as another kind: what Grafana keeps with it and its filters stay, the rest begins anew as it does in `app`. */
export function withType(query: WatchtowerQuery, queryType: QueryType, app?: CoreApp | string): WatchtowerQuery {
  const { refId, key, hide, datasource, filters } = query;
  const usual = defaultQuery(app);
  return {
    refId,
    ...(key !== undefined && { key }),
    ...(hide !== undefined && { hide }),
    ...(datasource !== undefined && { datasource }),
    schemaVersion: SCHEMA_VERSION,
    queryType,
    ...BEGINNINGS[queryType],
    ...(usual.queryType === queryType && usual),
    ...(takesFilters(queryType) && { filters: filters ?? [] }),
  };
}

/** The query in another format: what the format does not know is left out, what it needs is there. */
export function withFormat(query: WatchtowerQuery, format: NonNullable<WatchtowerQuery['format']>): WatchtowerQuery {
  const { field, metrics = [], ...rest } = query;
  if (format === 'histogram') {
    return { ...rest, format, field: field ?? 'latency' };
  }
  if (format === 'heatmap' && field !== undefined) {
    return { ...rest, format, field };
  }
  const chosen = metrics.length > 0 ? metrics : (DEFAULT_QUERY.metrics ?? []);
  return { ...rest, format, metrics: takesOneMetric(format) ? chosen.slice(0, 1) : chosen };
}

/** Whether an answer in this format holds one metric: alert rules read one, and a heatmap shows one. */
export function takesOneMetric(format: string | undefined): boolean {
  return format === 'numeric' || format === 'heatmap';
}

/** Whether a query of metrics counts by value instead. */
export function isDistribution({ field, format }: WatchtowerQuery): boolean {
  return field !== undefined || format === 'histogram';
}

/** Why a query cannot be asked yet, as a key of `missing` texts; undefined where it can. An unfinished one is left alone. */
export function missingPart(
  query: WatchtowerQuery
): 'metrics' | 'path' | 'message' | 'incident' | 'dimension' | 'sql' | undefined {
  const filled = (text: string | undefined) => (text ?? '').trim() !== '';
  switch (query.queryType ?? 'metrics') {
    case 'metrics':
      return isDistribution(query) || (query.metrics ?? []).length > 0 ? undefined : 'metrics';
    case 'service':
      return (query.metrics ?? []).length > 0 ? undefined : 'metrics';
    case 'flows':
      return (query.path ?? []).length >= 2 || (query.path ?? []).some(isVariable) ? undefined : 'path';
    case 'trace':
      return filled(query.messageId) || filled(query.event) || (filled(query.job) && filled(query.recipient))
        ? undefined
        : 'message';
    case 'causes':
      // Of the range where none is named; of a variable that nobody has filled yet, not of all mail instead.
      return query.incident === undefined || filled(query.incident) ? undefined : 'incident';
    case 'values':
      return filled(query.dimension) ? undefined : 'dimension';
    case 'sql':
      return filled(query.sql) ? undefined : 'sql';
    default:
      return undefined;
  }
}

/** A variable may stand for several names. */
function isVariable(name: string): boolean {
  return name.startsWith('$') || name.startsWith('[[');
}
