import { getTemplateSrv } from '@grafana/runtime';
import type { Templates } from './variables';

/** The variables of the dashboard that is open. */
export function grafanaTemplates(): Templates {
  const service = getTemplateSrv();
  return {
    replace: (text, scopedVars, format) => service.replace(text, scopedVars, format),
    isAll: (name) => {
      const variable = service.getVariables().find((each) => each.name === name);
      const current: unknown = variable && 'current' in variable ? variable.current : undefined;
      const value = (current as { value?: unknown } | undefined)?.value;
      return Array.isArray(value) ? value.includes(ALL) : value === ALL;
    },
  };
}

/** What may be written for the variables of the dashboard that is open. */
export function variableNames(): string[] {
  return getTemplateSrv()
    .getVariables()
    .map(({ name }) => `$${name}`);
}

/** Grafana's value of "All". */
const ALL = '$__all';
