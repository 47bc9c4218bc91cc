import type { DashboardLink } from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE_VARIABLE } from './datasource';
import { shown, type Figure } from './figures';
import type { DimensionName } from '../../model';
import { FILTERS, isNarrowed, NARROWED_BY, type Narrowed } from './variables';

/** A link of a field or a panel, as Grafana reads it. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

/** What an address changes of the page it stands on. */
export interface Change {
  /** Variables that take the value of what was clicked: the text that Grafana fills in, such as `__data.fields.job`. */
  readonly chosen?: Readonly<Record<string, string>>;
  /** Conditions that are added, on dimensions without a variable. */
  readonly filters?: Readonly<Record<string, string>>;
  /** Variables of the page's own that are kept. */
  readonly kept?: readonly string[];
  /** Variables of the page's own that are emptied. */
  readonly emptied?: readonly string[];
}

/**
 * Address of a dashboard with the time, variables and filters of the page but for what is changed. Values are those of
 * senders and servers: they stand percent-encoded behind a `=`.
 */
export function address(uid: string, change: Change = {}): string {
  const { chosen = {}, filters = {}, kept = [], emptied = [] } = change;
  const shared = [DATASOURCE_VARIABLE, ...NARROWED, FILTERS, ...kept];
  const parameters = [
    '${__url_time_range}',
    ...asTheyAre(shared.filter((name) => !Object.hasOwn(chosen, name))),
    ...Object.entries(chosen).map(([name, text]) => `var-${name}=\${${text}:percentencode}`),
    ...emptied.map((name) => `var-${name}=`),
    ...Object.entries(filters).map(([name, value]) => `var-${FILTERS}=${name}%7C%3D%7C${value}`),
  ];
  return `/d/${uid}?${parameters.join('&')}`;
}

/**
 * The address that writes every event of the page's range and mail into a file, however many; the service reads variables as
 * the address of a dashboard has them. `also` names variables of the page's own that it knows.
 */
export function exportAddress(also: readonly string[] = []): string {
  const parameters = ['from=${__from}', 'to=${__to}', ...asTheyAre([...NARROWED, FILTERS, ...also])];
  return `/api/datasources/uid/\${${DATASOURCE_VARIABLE}}/resources/export?${parameters.join('&')}`;
}

const NARROWED = NARROWED_BY.map(({ name }) => name);

/** Variables with the values that the page has. */
function asTheyAre(names: readonly string[]): string[] {
  return names.map((name) => `\${${name}:queryparam}`);
}

/** Links of every field of a panel. The SDK has the type of a dashboard's links here; Grafana reads title and address. */
export function fieldLinks(links: readonly Link[]): DashboardLink[] {
  return links as unknown as DashboardLink[];
}

/** Dashboards that know most of a variable's value. */
const DASHBOARD_OF: Readonly<Record<Narrowed, string>> = {
  provider: 'pmta-domains',
  vmta: 'pmta-vmta',
  pool: 'pmta-cluster',
  job: 'pmta-job',
  sender: 'pmta-risk',
  user: 'pmta-risk',
};

/** The link to the events that a figure counts, or to all of them. */
export function eventsLink(figure?: Figure): Link {
  return { title: 'Show the events', url: address('pmta-events', { filters: eventsOf(figure) }) };
}

/** Links of a figure that is labelled by a dimension: to the dashboard of the value where there is one, and to its events. */
export function labelLinks(dimension: DimensionName, figure?: Figure): Link[] {
  const label = `__field.labels.${dimension}`;
  const title = `Events of \${${label}}`;
  const filters = eventsOf(figure);
  if (!isNarrowed(dimension)) {
    const own = { [dimension]: `\${${label}:percentencode}` };
    return [{ title, url: address('pmta-events', { filters: { ...filters, ...own } }) }];
  }
  const chosen = { [dimension]: label };
  return [
    { title: `Open \${${label}}`, url: address(DASHBOARD_OF[dimension], { chosen }) },
    { title, url: address('pmta-events', { chosen, filters }) },
  ];
}

function eventsOf(figure: Figure | undefined): Readonly<Record<string, string>> {
  return (figure && shown(figure).events) ?? {};
}
