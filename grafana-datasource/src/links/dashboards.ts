import { getBackendSrv } from '@grafana/runtime';

/** Dashboards of the suite that fields lead to: by the name of the field the dashboard that knows most of it comes first. */
export const DASHBOARDS_OF: Readonly<Record<string, readonly string[]>> = {
  provider: ['pmta-domains', 'pmta-health'],
  domain: ['pmta-domains'],
  vmta: ['pmta-vmta', 'pmta-health'],
  pool: ['pmta-cluster', 'pmta-health'],
  job: ['pmta-job', 'pmta-health'],
  sender: ['pmta-risk'],
  senderDomain: ['pmta-risk'],
  user: ['pmta-risk'],
  sourceIp: ['pmta-vmta'],
  node: ['pmta-cluster'],
  reason: ['pmta-events'],
  bounceCategory: ['pmta-events'],
  smtpStatus: ['pmta-events'],
  messageId: ['pmta-message'],
};

/** Dimensions that these dashboards have a variable for; the others stand among their filters. */
const VARIABLES = ['provider', 'vmta', 'pool', 'job', 'sender', 'user', 'messageId'];

/** The parameter with the filters of these dashboards. */
export const FILTERS = 'var-filters';

/** The parameter of an address that narrows a dashboard to a value of a field. */
export function narrowedTo(field: string, value: string): [parameter: string, value: string] {
  return VARIABLES.includes(field) ? [`var-${field}`, value] : [FILTERS, `${field}|=|${escaped(value)}`];
}

/** What parts the pieces of a filter in an address, as Grafana writes it within one. */
function escaped(value: string): string {
  return value.replaceAll('|', '__gfp__').replaceAll(',', '__gfc__').replaceAll('#', '__gfh__');
}

/** Those of the suite's dashboards that this Grafana has and this person may see. None where Grafana does not say. */
export async function dashboardsThere(): Promise<ReadonlySet<string>> {
  const dashboardUIDs = [...new Set(Object.values(DASHBOARDS_OF).flat())];
  try {
    const found: Array<{ uid: string }> = await getBackendSrv().get(
      '/api/search',
      { type: 'dash-db', dashboardUIDs },
      undefined,
      { showErrorAlert: false }
    );
    return new Set(found.map(({ uid }) => uid));
  } catch {
    return new Set();
  }
}
