import { getBackendSrv } from '@grafana/runtime';

/** Dashboards of the suite that fields lead to: by the name of the field the dashboard that knows most of it comes first. */
export const DASHBOARDS_OF: Readonly<Record<string, readonly string[]>> = {
  provider: ['pmta-domains', 'pmta-health'],
  domain: ['pmta-domains'],
  vmta: ['pmta-vmta', 'pmta-health'],
  pool: ['pmta-cluster', 'pmta-health'],
  job: ['pmta-job', 'pmta-health'],
  messageId: ['pmta-message'],
};

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
