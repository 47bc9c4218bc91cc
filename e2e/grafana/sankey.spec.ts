import { expect, test } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';
import { Grafana } from './grafana';
import { picture } from './picture';
import { contentOf, exchange, truthOf } from './query';
import { scene } from './scene';

const grafana = Grafana.fromEnvironment();
const { datasource: ds, from, to } = scene();
const datasource = { type: 'pmta-watchtower-datasource', uid: ds.uid };
const flows = { queryType: 'flows', path: ['senderDomain', 'vmta', 'provider'] };
let saved: string;

test.afterEach(async () => grafana.removeDashboard(saved));

/** A dashboard with one Sankey of the generated day and, where asked for, a variable called as a dimension. */
async function open(page: Page, options: object, variables: readonly object[] = []): Promise<void> {
  saved = await grafana.saveDashboard({
    title: `Sankey ${Date.now()}`,
    panels: [
      {
        id: 1,
        type: 'pmta-sankey-panel',
        title: 'Flows',
        datasource,
        gridPos: { x: 0, y: 0, w: 24, h: 16 },
        options,
        targets: [{ refId: 'A', datasource, ...flows }],
      },
    ],
    templating: { list: variables },
  });
  await page.goto(`/d/${saved}?from=${from}&to=${to}`);
}

const shape = (page: Page, name: RegExp) => page.getByRole('button', { name }).first();

test('a Sankey draws every link of the answer, and its pipes pinched', async ({ page }) => {
  const answer = await exchange(page, () => open(page, { pinched: true }), flows);
  expect(contentOf(answer.frames)).toEqual(contentOf(await truthOf(answer.asked)));
  const [source = [], target = []] = (answer.frames[0]?.data.values ?? []) as string[][];
  expect(source.length).toBeGreaterThan(0);
  await shape(page, new RegExp(`^${source[0]} → ${target[0]}: `)).waitFor();
  await expect(page.getByRole('button', { name: / → / })).toHaveCount(source.length);
  await expect(page.getByText('Inside: successRate')).toBeVisible();
  await picture(page, 'sankey');
});

// Both are Grafana's own: nothing but a dashboard has them.
test('a click filters the dashboard: by its variable where it has one, else by an ad-hoc filter', async ({
  page,
}) => {
  const provider = {
    type: 'query',
    name: 'provider',
    datasource,
    query: { refId: 'values', queryType: 'values', dimension: 'provider' },
    includeAll: true,
    current: { text: 'All', value: '$__all' },
  };
  const adhoc = { type: 'adhoc', name: 'filters', datasource };
  await exchange(page, () => open(page, {}, [provider, adhoc]), flows);
  await shape(page, /^gmail: /).click();
  await expect(page).toHaveURL(/var-provider=gmail/);
  const filters = [{ dimension: 'vmta', operator: '=', values: ['VMTA-1'] }];
  const narrowed = await exchange(page, () => shape(page, /^VMTA-1: /).click(), { ...flows, filters });
  expect(narrowed.error).toBeUndefined();
  await expect(shape(page, /^VMTA-2: /)).toHaveCount(0);
  await picture(page, 'sankey-filtered');
});
