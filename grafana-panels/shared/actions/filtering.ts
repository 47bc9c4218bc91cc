import { locationService } from '@grafana/runtime';
import type { PanelContext } from '@grafana/ui';

/** A value of a dimension: what a dashboard can be filtered by. */
export interface FilterPair {
  readonly dimension: string;
  readonly value: string;
}

/** How to filter. `auto`: by the ad-hoc filters where the dashboard can, else by variables. */
export type FilterWay = 'auto' | 'adhoc' | 'variable' | 'none';

/**
 * Filters the dashboard that a panel stands on. Undefined where nothing would happen: in a place that is no dashboard, or where
 * it is switched off.
 */
export function filterAction(
  way: FilterWay,
  context: Pick<PanelContext, 'onAddAdHocFilter'>
): ((pairs: readonly FilterPair[]) => void) | undefined {
  const { onAddAdHocFilter } = context;
  if (way === 'variable' || (way === 'auto' && !onAddAdHocFilter && onDashboard())) {
    return (pairs) =>
      // Grafana takes the value of a variable as it is; the address encodes it.
      locationService.partial(
        Object.fromEntries(pairs.map(({ dimension, value }) => [`var-${dimension}`, value])),
        true
      );
  }
  if (way === 'none' || !onAddAdHocFilter) {
    return undefined;
  }
  return (pairs) => pairs.forEach(({ dimension: key, value }) => onAddAdHocFilter({ key, value, operator: '=' }));
}

function onDashboard(): boolean {
  return locationService.getLocation().pathname.startsWith('/d/');
}
