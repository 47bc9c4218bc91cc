import {
  VariableHide,
  VariableRefresh,
  VariableType,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DimensionName } from '../../model';
import { DATASOURCE, DATASOURCE_VARIABLE, PLUGIN } from './datasource';

/** What every dashboard can be narrowed to, in this order: each offers what those before it leave. */
export const NARROWED_BY = [
  { name: 'provider', label: 'Provider' },
  { name: 'vmta', label: 'VMTA' },
  { name: 'pool', label: 'Pool' },
  { name: 'job', label: 'Job' },
  { name: 'sender', label: 'Sender' },
  { name: 'user', label: 'User' },
] as const satisfies readonly { name: DimensionName; label: string }[];

/** Name of a variable that narrows. */
export type Narrowed = (typeof NARROWED_BY)[number]['name'];

/** Whether there is a variable for a dimension. */
export function isNarrowed(dimension: DimensionName): dimension is Narrowed {
  return NARROWED_BY.some(({ name }) => name === dimension);
}

/** Name of the variable with the conditions that people add. */
export const FILTERS = 'filters';

/** Most values that a drop-down offers; what is not among them can be typed. */
const MOST_CHOICES = 1000;

/** A condition for each variable, as a question takes it; one that stands at "All" is none. */
export function narrowing(names: readonly Narrowed[]) {
  return names.map((name) => ({ dimension: name, operator: '=' as const, values: [`$${name}`] }));
}

/** The variables that every dashboard has, with those of its own before the filters. */
export function variables(own: readonly VariableModel[] = []): VariableModel[] {
  return [
    {
      type: VariableType.Datasource,
      name: DATASOURCE_VARIABLE,
      label: 'Datasource',
      query: PLUGIN,
      // That of the provisioning, where it is there: without one, Grafana would ask nobody until it has chosen.
      current: { text: 'PMTA Watchtower', value: 'pmta-watchtower' },
      refresh: VariableRefresh.OnDashboardLoad,
      hide: VariableHide.InControlsMenu,
    },
    ...NARROWED_BY.map(({ name, label }, index) => choice(name, label, index)),
    ...own,
    { type: VariableType.Adhoc, name: FILTERS, label: 'Filters', datasource: DATASOURCE },
  ];
}

/** A text that people type; empty, it narrows nothing. */
export function textBox(name: string, label: string, text = ''): VariableModel {
  return { type: VariableType.Textbox, name, label, query: text, current: { text, value: text } };
}

function choice(name: Narrowed, label: string, index: number): VariableModel {
  const before = NARROWED_BY.slice(0, index).map((each) => each.name);
  return {
    type: VariableType.Query,
    name,
    label,
    datasource: DATASOURCE,
    query: {
      refId: 'values',
      queryType: 'values',
      dimension: name,
      filters: narrowing(before),
      limit: MOST_CHOICES,
    },
    multi: true,
    includeAll: true,
    allowCustomValue: true,
    current: { text: ['All'], value: ['$__all'] },
    refresh: VariableRefresh.OnTimeRangeChanged,
  };
}
