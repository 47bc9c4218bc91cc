import type { DimensionName } from '../model';

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
  for (const { dimension, value } of named) parameters.append(`var-${dimension}`, value);
  return `/d/${dashboard}?${parameters.toString()}`;
}

/** One that knows all of them, else the overview. */
function dashboardOf(named: readonly Named[]): string {
  const [first = OVERVIEW, ...others] = new Set(named.map(({ dimension }) => DASHBOARDS[dimension]));
  return others.length > 0 ? OVERVIEW : first;
}
