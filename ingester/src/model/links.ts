import type { DimensionName } from './dimensions';

/** A value of a dimension. */
export interface Named {
  readonly dimension: DimensionName;
  readonly value: string;
}

/** The dashboard that knows most of a dimension. */
const DASHBOARDS: Readonly<Partial<Record<DimensionName, string>>> = {
  provider: 'pmta-domains',
  domain: 'pmta-domains',
  vmta: 'pmta-vmta',
  sourceIp: 'pmta-vmta',
  pool: 'pmta-cluster',
  node: 'pmta-cluster',
  job: 'pmta-job',
  sender: 'pmta-risk',
  senderDomain: 'pmta-risk',
  user: 'pmta-risk',
  reason: 'pmta-events',
};

const OVERVIEW = 'pmta-health';

/** Dimensions of which every dashboard has a variable of its own; the others are conditions of its filters. */
const VARIABLES: readonly DimensionName[] = ['provider', 'vmta', 'pool', 'job', 'sender', 'user'];

/** What an address of Grafana puts for the signs that part the dimension, operator and value of a filter. */
const ESCAPES: readonly (readonly [sign: string, escape: string])[] = [
  ['|', '__gfp__'],
  ['#', '__gfh__'],
  [',', '__gfc__'],
];

/**
 * Address of the dashboard about these values, in Grafana, with its time (epoch s). The values are text of strangers:
 * they stand percent-encoded behind a `=` and nowhere else.
 */
export function dashboardLink(
  named: readonly Named[],
  [from, to]: readonly [number, number],
  dashboard: string = dashboardOf(named),
): string {
  const parameters = new URLSearchParams({ from: String(from * 1000), to: String(to * 1000) });
  for (const { dimension, value } of named)
    if (VARIABLES.includes(dimension)) parameters.append(`var-${dimension}`, value);
    else parameters.append('var-filters', `${dimension}|=|${escaped(value)}`);
  return `/d/${dashboard}?${parameters.toString()}`;
}

function escaped(value: string): string {
  return ESCAPES.reduce((text, [sign, escape]) => text.replaceAll(sign, escape), value);
}

/** The dashboard that knows most of a dimension, else the overview. */
export function dashboardFor(dimension: DimensionName): string {
  return DASHBOARDS[dimension] ?? OVERVIEW;
}

/** Of a reason the events that tell it, whatever else is named; else one that knows all of them, else the overview. */
function dashboardOf(named: readonly Named[]): string {
  if (named.some(({ dimension }) => dimension === 'reason')) return dashboardFor('reason');
  const [first = OVERVIEW, ...others] = new Set(named.map(({ dimension }) => dashboardFor(dimension)));
  return others.length > 0 ? OVERVIEW : first;
}
