import { expect, test } from '@grafana/plugin-e2e';
import { Grafana } from './grafana';
import { picture } from './picture';
import { scene, service } from './scene';

const grafana = Grafana.fromEnvironment();
const DAYS_2 = 2 * 24 * 60 * 60;
/** The query of the rule: what was delivered, one number for each provider. */
const delivered = {
  refId: 'A',
  queryType: 'metrics' as const,
  metrics: ['delivered' as const],
  groupBy: ['provider' as const],
  format: 'numeric' as const,
  filters: [],
};

interface Rules {
  data: { groups: { rules: { health: string; lastError?: string; alerts?: Alert[] }[] }[] };
}

interface Alert {
  state: string;
  labels: Record<string, string>;
}

test('an alert rule is evaluated: it fires for the groups above its threshold and for no other', async () => {
  const to = Date.now();
  const frames = await service().ask({ ...delivered, from: to - DAYS_2 * 1000, to });
  const values = frames.map(({ schema, data }) => ({
    provider: schema.fields[0]?.labels?.['provider'] ?? '',
    value: Number(data.values[0]?.[0]),
  }));
  const threshold =
    values.map(({ value }) => value).sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const above = values.filter(({ value }) => value > threshold).map(({ provider }) => provider);
  expect(above.length).toBeGreaterThan(0);
  expect(above.length).toBeLessThan(values.length);

  const { uid } = await grafana.json<{ uid: string }>('POST', '/api/folders', {
    title: `Rules ${Date.now()}`,
  });
  // Without a provenance the rule can be taken away again.
  const editable = { 'X-Disable-Provenance': 'true' };
  try {
    await grafana.json(
      'PUT',
      `/api/v1/provisioning/folder/${uid}/rule-groups/delivered`,
      group(uid, threshold),
      editable,
    );
    await expect
      .poll(async () => instances(uid), { timeout: 120_000, intervals: [2000] })
      .toEqual({ health: 'ok', error: '', firing: above.sort(), evaluated: values.length });
  } finally {
    await grafana.json('DELETE', `/api/folders/${uid}?forceDeleteRules=true`);
  }
});

function group(folderUID: string, threshold: number): object {
  const model = {
    type: 'threshold',
    expression: 'A',
    refId: 'B',
    conditions: [{ evaluator: { type: 'gt', params: [threshold] } }],
  };
  const rule = {
    title: 'Delivered',
    orgID: 1,
    folderUID,
    ruleGroup: 'delivered',
    condition: 'B',
    for: '0s',
    noDataState: 'OK',
    execErrState: 'Error',
    data: [
      {
        refId: 'A',
        datasourceUid: scene().datasource.uid,
        relativeTimeRange: { from: DAYS_2, to: 0 },
        model: delivered,
      },
      { refId: 'B', datasourceUid: '__expr__', relativeTimeRange: { from: 0, to: 0 }, model },
    ],
  };
  return { title: 'delivered', folderUid: folderUID, interval: 10, rules: [rule] };
}

/** What Grafana's scheduler made of the rule so far. */
async function instances(folder: string) {
  const { data } = await grafana.json<Rules>(
    'GET',
    `/api/prometheus/grafana/api/v1/rules?folder_uid=${folder}`,
  );
  const rule = data.groups[0]?.rules[0];
  const alerts = rule?.alerts ?? [];
  const firing = alerts.filter(({ state }) => state === 'Alerting').map(({ labels }) => labels['provider']);
  return {
    health: rule?.health,
    error: rule?.lastError ?? '',
    firing: firing.sort(),
    evaluated: alerts.length,
  };
}

// Without it a person who writes a rule by hand would begin with a query that alert rules cannot read.
test('a rule that is written by hand begins with a query that can be evaluated', async ({
  alertRuleEditPage,
  page,
}) => {
  const row = await alertRuleEditPage.getQueryRow();
  await row.datasource.set(scene().datasource.name);
  await row.locator.getByRole('combobox', { name: 'Question' }).waitFor();
  await expect(row.locator.getByRole('radio', { name: 'Numbers (alerting)' })).toBeChecked();
  await expect(alertRuleEditPage.evaluate()).toBeOK();
  await picture(page, 'alert-rule');
});
