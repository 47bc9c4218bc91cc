import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';

/** Plugin that all is asked of. */
export const PLUGIN = 'pmta-watchtower-datasource';

/** Name of the variable that says which of the site's datasources of the plugin is asked. */
export const DATASOURCE_VARIABLE = 'datasource';

/**
 * The one reference that panels, variables and filters have: a click to filter finds the filters of a dashboard by the
 * text of it.
 */
export const DATASOURCE: DataSourceRef = { type: PLUGIN, uid: `\${${DATASOURCE_VARIABLE}}` };
