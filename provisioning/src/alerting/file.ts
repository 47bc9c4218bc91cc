import type { Rule } from '@grafana/grafana-foundation-sdk/alerting';
import { FOLDER } from './rule';

/** A group of rules as Grafana reads it from a file. Keys that it does not know it would ignore in silence. */
export interface FileGroup {
  readonly orgId: number;
  readonly name: string;
  readonly folder: string;
  readonly interval: string;
  readonly rules: readonly FileRule[];
}

/** What `AlertRuleV1` of Grafana's provisioning takes as the HTTP API has it. */
type SameKey =
  | 'uid'
  | 'title'
  | 'condition'
  | 'data'
  | 'noDataState'
  | 'execErrState'
  | 'for'
  | 'annotations'
  | 'labels'
  | 'isPaused'
  | 'notification_settings';

type FileRule = { readonly [Key in SameKey]: Rule[Key] | undefined } & {
  readonly keepFiringFor: string | undefined;
  readonly missing_series_evals_to_resolve: number | undefined;
};

/** One rule in the keys of a file: those of the SDK are the keys of Grafana's HTTP API. */
export function fileRule(rule: Rule): FileRule {
  const { uid, title, condition, data, noDataState, execErrState, annotations, labels, isPaused } = rule;
  return {
    uid,
    title,
    condition,
    data,
    noDataState,
    execErrState,
    for: rule.for,
    keepFiringFor: rule.keep_firing_for,
    missing_series_evals_to_resolve: rule.missingSeriesEvalsToResolve,
    annotations,
    labels,
    isPaused,
    notification_settings: rule.notification_settings,
  };
}

/** The content of a file of rules: a group for each of their names, evaluated every so many seconds. */
export function rulesFile(
  rules: readonly Rule[],
  seconds: Readonly<Record<string, number>>,
): { readonly apiVersion: number; readonly groups: readonly FileGroup[] } {
  const names = [...new Set(rules.map(({ ruleGroup }) => ruleGroup))];
  const groups = names.map((name): FileGroup => {
    const own = rules.filter(({ ruleGroup }) => ruleGroup === name);
    return {
      orgId: own[0]?.orgID ?? 1,
      name,
      folder: FOLDER,
      interval: `${seconds[name] ?? 60}s`,
      rules: own.map(fileRule),
    };
  });
  return { apiVersion: 1, groups };
}
