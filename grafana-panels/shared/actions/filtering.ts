import { getTemplateSrv, locationService } from '@grafana/runtime';
import type { PanelContext } from '@grafana/ui';

/** A value of a dimension: what a dashboard can be filtered by. */
export interface FilterPair {
  readonly dimension: string;
  readonly value: string;
}

/**
 * How to filter. `auto`: by the variable that is called as the dimension, where the dashboard has it, else by the ad-hoc filters. A
 * variable is replaced by the next click; an ad-hoc filter of another value is added to the first, and nothing is both.
 */
export type FilterWay = 'auto' | 'adhoc' | 'variable' | 'none';

type Context = Pick<PanelContext, 'onAddAdHocFilter' | 'onAddAdHocFilters'>;

/**
 * Filters the dashboard that a panel stands on. Undefined where nothing would happen: in a place that is no dashboard, or where
 * it is switched off.
 */
export function filterAction(way: FilterWay, context: Context): ((pairs: readonly FilterPair[]) => void) | undefined {
  if (way === 'none') {
    return undefined;
  }
  const known = new Set(
    way === 'auto'
      ? getTemplateSrv()
          .getVariables()
          .map(({ name }) => name)
      : []
  );
  if (way !== 'variable' && known.size === 0 && !context.onAddAdHocFilter) {
    return undefined;
  }
  const byVariable = ({ dimension }: FilterPair) => way === 'variable' || known.has(dimension);
  return (pairs) => {
    setVariables(pairs.filter(byVariable));
    addFilters(
      pairs.filter((pair) => !byVariable(pair)),
      context
    );
  };
}

function setVariables(pairs: readonly FilterPair[]): void {
  if (pairs.length > 0) {
    // Grafana takes the value of a variable as it is; the address encodes it.
    const values = pairs.map(({ dimension, value }) => [`var-${dimension}`, value] as const);
    locationService.partial(Object.fromEntries(values), true);
  }
}

function addFilters(pairs: readonly FilterPair[], { onAddAdHocFilter, onAddAdHocFilters }: Context): void {
  const filters = pairs.map(({ dimension, value }) => ({ key: dimension, value, operator: '=' as const }));
  if (filters.length > 1 && onAddAdHocFilters) {
    // Both at once ask every panel of the dashboard once.
    onAddAdHocFilters(filters);
  } else {
    filters.forEach((filter) => onAddAdHocFilter?.(filter));
  }
}
