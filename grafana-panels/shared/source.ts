import type { PanelData } from '@grafana/data';

/** The plugin whose resources and route the panel speaks to. */
const PLUGIN = 'pmta-watchtower-datasource';

/** The uid of the datasource that the panel's query went to, where it is ours: only that can be asked for more than frames. */
export function sourceOf({ request }: Pick<PanelData, 'request'>): string | undefined {
  return request?.targets.find(({ datasource }) => datasource?.type === PLUGIN)?.datasource?.uid;
}
