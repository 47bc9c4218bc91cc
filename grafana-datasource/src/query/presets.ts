import type { WatchtowerQuery } from '../types';
import { SCHEMA_VERSION } from './defaults';

/** A question that people ask often. `id` names its title in the translations. */
export interface Preset {
  readonly id: string;
  readonly query: Partial<WatchtowerQuery>;
}

/** What people ask most, each a whole query. */
export const PRESETS: readonly Preset[] = [
  { id: 'throughput', query: metrics(['delivered', 'bounced', 'deferrals'], [], 'timeseries') },
  { id: 'deferrals-by-provider', query: metrics(['deferralRate'], ['provider'], 'timeseries', 'deferrals') },
  { id: 'success-by-vmta', query: metrics(['attemptSuccessRate'], ['vmta'], 'timeseries', 'attempts') },
  { id: 'vmta-throughput', query: metrics(['delivered'], ['vmta'], 'timeseries', 'delivered') },
  {
    id: 'latency-by-domain',
    query: metrics(['delivered', 'latencyP50', 'latencyP95', 'latencyP99'], ['domain'], 'table', 'delivered'),
  },
  { id: 'bounces-by-job', query: metrics(['bounced', 'bounceRate'], ['job', 'bounceCategory'], 'table', 'bounced') },
  {
    id: 'complaints-by-sender',
    query: metrics(['complaints', 'delivered', 'complaintRate'], ['sender'], 'table', 'complaints'),
  },
  { id: 'blocks-by-ip', query: metrics(['blocks', 'blockRate'], ['sourceIp'], 'table', 'blocks') },
  { id: 'backlog', query: metrics(['backlog'], [], 'timeseries') },
  { id: 'latency-histogram', query: { queryType: 'metrics', field: 'latency', format: 'histogram', groupBy: [] } },
  { id: 'risk-by-job', query: { queryType: 'risk', dimension: 'job' } },
  { id: 'causes', query: { queryType: 'causes' } },
  { id: 'flow', query: { queryType: 'flows', path: ['senderDomain', 'vmta', 'provider'] } },
  {
    id: 'failed-events',
    query: {
      queryType: 'events',
      format: 'table',
      filters: [{ dimension: 'outcome', operator: 'in', values: ['hard', 'soft', 'block'] }],
    },
  },
];

/** The query that a preset asks; what Grafana keeps with the query stays, and its filters where the preset has none. */
export function withPreset(query: WatchtowerQuery, preset: Partial<WatchtowerQuery>): WatchtowerQuery {
  const { refId, key, hide, datasource, filters } = query;
  return {
    refId,
    ...(key !== undefined && { key }),
    ...(hide !== undefined && { hide }),
    ...(datasource !== undefined && { datasource }),
    schemaVersion: SCHEMA_VERSION,
    filters: filters ?? [],
    ...preset,
  };
}

function metrics(
  names: NonNullable<WatchtowerQuery['metrics']>,
  groupBy: NonNullable<WatchtowerQuery['groupBy']>,
  format: 'timeseries' | 'table',
  orderBy?: WatchtowerQuery['orderBy']
): Partial<WatchtowerQuery> {
  return {
    queryType: 'metrics',
    metrics: names,
    groupBy,
    format,
    ...(groupBy.length > 0 && { limit: format === 'table' ? 100 : 10 }),
    ...(orderBy && { orderBy }),
  };
}
