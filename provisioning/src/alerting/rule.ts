import type { NotificationSettings, Query, Rule } from '@grafana/grafana-foundation-sdk/alerting';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { Question } from '../dashboards/kit';

/** Name of the contact point that every rule tells: rendered when Grafana starts, it always exists. */
export const CONTACT_POINT = 'PMTA Watchtower';

/** Title of the folder that rules and dashboards stand in: a file of rules cannot say its uid, and Grafana reads rules first. */
export const FOLDER = 'PMTA Watchtower';

/** Uid of the datasource as it is provisioned: rules know no variables. */
const DATASOURCE = 'pmta-watchtower';

/** Grafana's name for its own expressions. */
const EXPRESSION = '__expr__';

const HOUR = 3600;

/** Another name for what fails or has no data: only whoever watches the service itself wants to be told of it. */
type Silence = Pick<Rule, 'noDataState' | 'execErrState'>;

/** What a rule has of its own. */
export interface Watched {
  readonly uid: string;
  readonly title: string;
  readonly data: readonly Query[];
  /** Name of the query or expression that fires where it is not 0. */
  readonly condition: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Labels beside those of the query. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Label that tells one alert of the rule from another: each is a message of its own. */
  readonly apart?: string;
  readonly for?: string;
  /** How long it goes on once the condition holds no more: a figure about its mark fires once, and not at each turn. */
  readonly keep?: string;
  readonly silence?: Silence;
}

/** Neither an outage nor an empty answer fires or resolves anything. */
const KEPT: Silence = { noDataState: 'OK', execErrState: 'KeepLast' };

/** One message when it fires and one when it resolves, at once; Grafana forgets what it sent after five days. */
const told = (apart: string | undefined): NotificationSettings => ({
  receiver: CONTACT_POINT,
  group_by: ['alertname', 'grafana_folder', ...(apart === undefined ? [] : [apart])],
  group_wait: '0s',
  group_interval: '10s',
  repeat_interval: '5d',
});

/** A rule with what all of them share. */
export function rule(group: string, watched: Watched): Rule {
  const { uid, title, data, condition, annotations, labels, apart, silence = KEPT } = watched;
  return {
    uid,
    title,
    orgID: 1,
    folderUID: '',
    ruleGroup: group,
    condition,
    data: [...data],
    for: watched.for ?? '0s',
    ...(watched.keep && { keep_firing_for: watched.keep }),
    ...silence,
    annotations: apart === undefined ? { ...annotations } : where(apart, annotations),
    ...(labels && { labels: { ...labels } }),
    notification_settings: told(apart),
  };
}

/** Where there is nothing to tell of, Grafana expands annotations as well: without labels, and with values that are no numbers. */
function where(label: string, annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [name, `{{ if $labels.${label} }}${text}{{ end }}`]),
  );
}

/** A question of the model; an alert rule reads one number per label set. `hours` back from now is its range. */
export function question(refId: string, asked: Question & { format: 'numeric' }, hours = 1): Query {
  return {
    refId,
    datasourceUid: DATASOURCE,
    relativeTimeRange: { from: hours * HOUR, to: 0 },
    model: { refId, schemaVersion: 1, ...asked } as unknown as Dataquery,
  };
}

/** A calculation over other queries, such as `$A > 0`: label sets are matched by Grafana. */
export function math(refId: string, expression: string): Query {
  return {
    refId,
    datasourceUid: EXPRESSION,
    relativeTimeRange: { from: 0, to: 0 },
    model: { refId, type: 'math', expression } as unknown as Dataquery,
  };
}
