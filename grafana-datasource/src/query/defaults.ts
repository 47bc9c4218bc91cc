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

/** What a query of another kind begins with when a person changes to it. */
const BEGINNINGS: Partial<Record<QueryType, Partial<WatchtowerQuery>>> = {
  metrics: { metrics: ['delivered', 'bounced', 'deferrals'], format: 'timeseries' },
  flows: { path: ['senderDomain', 'vmta', 'provider'] },
  events: { format: 'table' },
  values: { dimension: 'provider' },
  service: { metrics: ['newestEventAgeSeconds'] as unknown as WatchtowerQuery['metrics'], format: 'numeric' },
  incidents: { format: 'table' },
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

/** The query as another kind: what Grafana keeps with it and its filters stay, the rest begins anew. */
export function withType(query: WatchtowerQuery, queryType: QueryType): WatchtowerQuery {
  const { refId, key, hide, datasource, filters } = query;
  return {
    refId,
    ...(key !== undefined && { key }),
    ...(hide !== undefined && { hide }),
    ...(datasource !== undefined && { datasource }),
    schemaVersion: SCHEMA_VERSION,
    queryType,
    ...(takesFilters(queryType) && { filters: filters ?? [] }),
    ...BEGINNINGS[queryType],
  };
}

/** Why a query cannot be asked yet, as a key of `missing` texts; undefined where it can. An unfinished one is left alone. */
export function missingPart(query: WatchtowerQuery): 'metrics' | 'path' | 'message' | 'dimension' | 'sql' | undefined {
  const filled = (text: string | undefined) => (text ?? '').trim() !== '';
  switch (query.queryType ?? 'metrics') {
    case 'metrics':
      return query.field !== undefined || query.format === 'histogram' || (query.metrics ?? []).length > 0
        ? undefined
        : 'metrics';
    case 'service':
      return (query.metrics ?? []).length > 0 ? undefined : 'metrics';
    case 'flows':
      return (query.path ?? []).length >= 2 ? undefined : 'path';
    case 'trace':
      return filled(query.messageId) || filled(query.event) || (filled(query.job) && filled(query.recipient))
        ? undefined
        : 'message';
    case 'values':
      return filled(query.dimension) ? undefined : 'dimension';
    case 'sql':
      return filled(query.sql) ? undefined : 'sql';
    default:
      return undefined;
  }
}
