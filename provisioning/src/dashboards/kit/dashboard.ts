import {
  DashboardCursorSync,
  DashboardLinkType,
  type AnnotationQuery,
  type Dashboard,
  type DashboardLink,
  type Panel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE } from './datasource';
import { placed, type Line } from './grid';
import { exportAddress } from './links';
import { askNarrowed } from './questions';
import { variables } from './variables';

/** Tag of the suite's dashboards. */
export const TAG = 'pmta-watchtower';

/** Schema of dashboards that is written: v1, the last one before dashboards v2. */
const SCHEMA_VERSION = 42;

/** What a dashboard has of its own. */
export interface Content {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly lines: readonly Line[];
  /** Variables beside those that all dashboards have. */
  readonly variables?: readonly VariableModel[];
  /** Range it opens with, from now back; a day where it says nothing. */
  readonly since?: string;
  /** Whether all events that it is about can be saved; the variables of its own that choose them. */
  readonly exported?: readonly string[];
  /** How often it asks anew; a minute where it says nothing. */
  readonly refresh?: string;
}

/** A dashboard with what all of them share: variables, filters, incidents as annotations, links to the others. */
export function dashboard(content: Content): Dashboard {
  const { uid, title, description, lines, since = 'now-24h', refresh = '1m', exported } = content;
  const panels = placed(lines);
  return {
    uid,
    title,
    description,
    tags: [TAG],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    graphTooltip: DashboardCursorSync.Crosshair,
    timezone: 'browser',
    time: { from: since, to: 'now' },
    refresh,
    templating: { list: variables(content.variables) },
    annotations: { list: [incidents(panels)] },
    links: [...(exported ? [exportLink(exported)] : []), others],
    panels,
  };
}

/** Incidents that are marked, the newest: each is drawn over every chart, and a thousand take a page a second. */
const MOST_MARKED = 100;

/** Incidents that may page, as regions; over a heatmap they would hide its cells. */
function incidents(panels: readonly Panel[]): AnnotationQuery {
  const heatmaps = panels.filter(({ type }) => type === 'heatmap').map(({ id = 0 }) => id);
  const severity = { dimension: 'severity', operator: '!=' as const, values: ['info'] };
  return {
    name: 'Incidents',
    enable: true,
    iconColor: 'rgba(242, 73, 92, 0.4)',
    datasource: DATASOURCE,
    target: askNarrowed(
      { queryType: 'incidents', filters: [severity], format: 'table', limit: MOST_MARKED },
      { refId: 'Anno' },
    ),
    ...(heatmaps.length > 0 && { filter: { exclude: true, ids: heatmaps } }),
  };
}

/** In a tab of its own: the page would take the file for one of its own places. */
function exportLink(also: readonly string[]): DashboardLink {
  return {
    title: 'Export all events (CSV)',
    type: DashboardLinkType.Link,
    icon: 'doc',
    tooltip: 'Saves every event of the time, variables and filters that are chosen',
    tags: [],
    url: exportAddress(also),
    asDropdown: false,
    targetBlank: true,
    includeVars: false,
    keepTime: false,
  };
}

const others: DashboardLink = {
  title: 'Dashboards',
  type: DashboardLinkType.Dashboards,
  icon: 'external link',
  tooltip: '',
  tags: [TAG],
  asDropdown: true,
  targetBlank: false,
  includeVars: true,
  keepTime: true,
};
