import type { WatchtowerQuery } from '../types';

/** Grafana finds the query whose histogram it is by this beginning of the refId. */
const VOLUME = 'log-volume-';

/** The histogram above log lines: the same events counted by step and level. */
export function logsVolumeOf(query: WatchtowerQuery): WatchtowerQuery | undefined {
  if (query.queryType !== 'events' || query.format !== 'logs') {
    return undefined;
  }
  const { refId, filters, search, datasource } = query;
  return {
    refId: `${VOLUME}${refId}`,
    ...(datasource && { datasource }),
    queryType: 'events',
    format: 'timeseries',
    filters: filters ?? [],
    ...(search !== undefined && { search }),
  };
}
