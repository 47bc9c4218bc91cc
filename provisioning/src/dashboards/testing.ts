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

/** A question as the datasource asks it where every variable stands at "All" and no text is typed. */
export function atAll({ filters, ...asked }: Asked): Asked {
  const texts = Object.entries(asked).filter(([, value]) => !isVariable(value));
  const left = filters?.filter(({ values }) => !values.every(isVariable));
  return { ...(Object.fromEntries(texts) as Asked), ...(left && { filters: left }) };
}

function isVariable(value: unknown): boolean {
  return typeof value === 'string' && /^\$\w+$/.test(value);
}
