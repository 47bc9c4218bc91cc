import { expect, test } from '@grafana/plugin-e2e';
import { Grafana } from './grafana';
import { picture } from './picture';
import { scene, service } from './scene';

const grafana = Grafana.fromEnvironment();
const { datasource: ds, from, to } = scene();
const datasource = { type: 'pmta-watchtower-datasource', uid: ds.uid };
let dashboard: string;

test.afterEach(async () => grafana.removeDashboard(dashboard));

/** Questions, the panel that Grafana must suggest for the answer, and what is seen once it is chosen: its name, and a text. */
const CASES = [
  // A rate is coloured by thresholds of rates, not by those that the table had.
  [{ queryType: 'flows', path: ['vmta', 'provider'] }, 'Sankey', /^Flow of mail/, '≥ 25%'],
  [{ queryType: 'incidents', format: 'table' }, 'Timeline', /^Timeline/, ''],
  [
    { queryType: 'metrics', metrics: ['attempts', 'attemptSuccessRate'], groupBy: ['vmta'], format: 'table' },
    'Pulse board',
    /^Board of/,
    '≥ 90%',
  ],
  [{ queryType: 'files' }, 'Log files', /^Log files/, 'Choose files'],
] as const;

for (const [query, suggested, name, text] of CASES)
  test(`${suggested} is suggested for ${query.queryType}, and shows them once it is chosen`, async ({
    page,
  }) => {
    // Incidents are found a moment after the day was loaded.
    await expect
      .poll(
        async () => (await service().ask({ ...query, from, to } as never))[0]?.data.values[0]?.length ?? 0,
        {
          timeout: 60_000,
        },
      )
      .toBeGreaterThan(0);
    const panel = {
      id: 1,
      type: 'table',
      title: 'Panel',
      datasource,
      gridPos: { x: 0, y: 0, w: 24, h: 12 },
      targets: [{ refId: 'A', datasource, ...query }],
    };
    dashboard = await grafana.saveDashboard({ title: `Suggestions ${Date.now()}`, panels: [panel] });
    await page.goto(`/d/${dashboard}?editPanel=1&from=${from}&to=${to}`);
    await page.getByTestId('data-testid toggle-viz-picker').click();
    await page.getByRole('tab', { name: 'Suggestions' }).click();
    const card = page.getByTestId(`data-testid suggestion-${suggested}`).first();
    await card.click();
    await picture(page, `suggestion-${query.queryType}`);
    await expect(
      page.getByRole('group', { name }).or(page.getByRole('region', { name })).first(),
    ).toBeVisible();
    await expect(page.getByTestId('data-testid Panel header Panel')).toContainText(text);
  });
