import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';

/** A question as it is saved in a panel. */
export type Asked = Record<string, unknown> & {
  refId: string;
  queryType: string;
  filters?: { dimension: string; operator: string; values: string[] }[];
};

/** Every panel of a dashboard; none stands in a row. */
export function panelsOf({ panels = [] }: Dashboard): Panel[] {
  return panels.filter((panel): panel is Panel => !isRow(panel));
}

function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}

/** The questions of a panel. */
export function askedBy({ targets = [] }: Panel): Asked[] {
  return targets as unknown as Asked[];
}

/**
 * A question as the datasource asks it where every variable stands at "All" and no text is typed. `written` is what SQL
 * gets for its variables by name; one that is not named has no values.
 */
export function atAll({ filters, ...asked }: Asked, written: Readonly<Record<string, string>> = {}): Asked {
  const fill = (text: string) => text.replace(/\$(?!__)(\w+)/g, (_, name: string) => written[name] ?? '');
  const texts = Object.entries(asked)
    .filter(([, value]) => !isVariable(value))
    .map(([name, value]) => [name, name === 'sql' ? fill(String(value)) : value]);
  const left = filters?.filter(({ values }) => !values.every(isVariable));
  return { ...(Object.fromEntries(texts) as Asked), ...(left && { filters: left }) };
}

function isVariable(value: unknown): boolean {
  return typeof value === 'string' && /^\$\w+$/.test(value);
}
