import { dashboardFor, dashboardLink, type Named } from './links';

/** What an incident is about and when it was, as far as links need it. Times are epoch seconds. */
export interface Linkable {
  readonly kind: string;
  readonly named: readonly Named[];
  readonly start: number;
  readonly end: number;
}

/** A job, sender or source IP behind an incident: its share of what is wrong, 0 to 1. */
export type Share = readonly [dimension: Named['dimension'], value: string, share: number];

/** What stands behind an incident, with the address of the dashboard that shows it there and then. */
export type Linked = Readonly<Record<'dimension' | 'value' | 'link', string> & Record<'share', number>>;

/** The dashboard that shows most of a kind of incident, where that is not the one about its provider. */
const OF_KIND: Readonly<Record<string, string>> = {
  bounce_spike: 'pmta-job',
  complaint_spike: 'pmta-job',
  vmta_dark: 'pmta-vmta',
  logs_stopped: 'pmta-ingest',
  ingest_failure: 'pmta-ingest',
  backfill: 'pmta-war-room',
};

/** How much of the time before and after an incident is shown, in seconds. */
const MARGIN = 1800;

const around = ({ start, end }: Linkable): readonly [number, number] => [start - MARGIN, end + MARGIN];

/** Providers without an entry in the provider table are one in incidents, and many in every figure. */
const isOne = ({ dimension, value }: Named): boolean => dimension !== 'provider' || value !== 'other';

/** Address of the dashboard about an incident, narrowed to what it is about. */
export function incidentLink(incident: Linkable): string {
  const { kind, named } = incident;
  return dashboardLink(named.filter(isOne), around(incident), OF_KIND[kind] ?? 'pmta-domains');
}

/** What stands behind an incident, each with its link; a job that somebody owns is followed by its user. */
export function linkedOf(
  incident: Linkable,
  behind: readonly Share[],
  owners: ReadonlyMap<string, string>,
): Linked[] {
  const provider = incident.named.filter((each) => each.dimension === 'provider' && isOne(each));
  const linked = (dimension: Named['dimension'], value: string, share: number): Linked => {
    const named = [...provider, { dimension, value }];
    return { dimension, value, share, link: dashboardLink(named, around(incident), dashboardFor(dimension)) };
  };
  return behind.flatMap(([dimension, value, share]) => {
    const owner = dimension === 'job' ? owners.get(value) : undefined;
    return [linked(dimension, value, share), ...(owner === undefined ? [] : [linked('user', owner, share)])];
  });
}
