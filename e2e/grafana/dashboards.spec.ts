import { expect, test } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';
import { Grafana, PLUGIN } from './grafana';
import { picture } from './picture';
import { QueryRow, contentOf, exchange, truthOf, type Exchange } from './query';
import { scene, service } from './scene';

const grafana = Grafana.fromEnvironment();
const { datasource: ds, from, to } = scene();
const datasource = { type: PLUGIN, uid: ds.uid };
const saved: string[] = [];

test.afterEach(async () => {
  for (const uid of saved.splice(0)) await grafana.removeDashboard(uid);
});

/** Values of a dimension in the generated day, as the service lists them. */
async function valuesOf(dimension: 'provider' | 'vmta', filters: object[] = []): Promise<string[]> {
  const query = { queryType: 'values' as const, dimension, filters: filters as never, from, to, limit: 1000 };
  const [frame] = await service().ask(query);
  return (frame?.data.values[0] ?? []) as string[];
}

/** A panel over the width of the page with one query. */
function panel(id: number, type: string, target: object): object {
  const gridPos = { x: 0, y: 10 * id, w: 24, h: 10 };
  return {
    id,
    type,
    title: `Panel ${id}`,
    datasource,
    gridPos,
    targets: [{ refId: 'A', datasource, schemaVersion: 1, ...target }],
  };
}

/** A variable whose choices are the values of a dimension. */
function variable(dimension: string, filters: object[] = []): object {
  return {
    type: 'query',
    name: dimension,
    datasource,
    query: { refId: 'values', queryType: 'values', dimension, filters },
    multi: true,
    includeAll: true,
    refresh: 2,
    current: { text: ['All'], value: ['$__all'] },
  };
}

async function openDashboard(page: Page, dashboard: object): Promise<void> {
  const uid = await grafana.saveDashboard({ title: `Dashboard ${Date.now()}`, ...dashboard });
  saved.push(uid);
  await page.goto(`/d/${uid}?from=${from}&to=${to}`);
}

async function expectTruth(answer: Exchange): Promise<void> {
  expect(answer.error).toBeUndefined();
  expect(answer.frames[0]?.data.values[0]?.length).toBeGreaterThan(0);
  expect(contentOf(answer.frames)).toEqual(contentOf(await truthOf(answer.asked)));
}

const byProvider = {
  queryType: 'metrics',
  metrics: ['delivered', 'deferrals'],
  groupBy: ['provider', 'vmta'],
  format: 'table',
  limit: 1000,
};

test('a variable is made by clicking, and shows the values of the store', async ({
  variableEditPage,
  page,
}) => {
  await variableEditPage.setVariableType('Query');
  await variableEditPage.datasource.set(ds.name);
  const row = new QueryRow(page, page.locator('body'));
  await row.choose('Dimension', 'vmta');
  const parts = { queryType: 'values', dimension: 'vmta' };
  const answer = await exchange(page, () => variableEditPage.runQuery(), parts);
  const values = answer.frames[0]?.data.values[0] as string[];
  expect(values).toContain('VMTA-1');
  await expect(variableEditPage).toDisplayPreviews(values.slice(0, 3));
  await picture(page, 'variable');
});

test('a variable narrows the other one, and both narrow the panel; "All" asks for no condition', async ({
  page,
}) => {
  const all = { dimension: 'provider', operator: '=', values: ['$provider'] };
  const target = { ...byProvider, filters: [all, { dimension: 'vmta', operator: '=', values: ['$vmta'] }] };
  const first = await exchange(
    page,
    () =>
      openDashboard(page, {
        panels: [panel(1, 'table', target)],
        templating: { list: [variable('provider'), variable('vmta', [all])] },
      }),
    { ...byProvider, filters: [] },
  );
  await expectTruth(first);

  const chosen = { dimension: 'provider', operator: '=', values: ['gmail'] };
  const parts = { queryType: 'values', dimension: 'vmta', filters: [chosen] };
  const left = exchange(page, () => Promise.resolve(), parts);
  const narrowed = await exchange(
    page,
    async () => {
      await page.getByRole('combobox', { name: 'provider' }).click();
      await page.getByRole('option', { name: 'gmail', exact: true }).click();
      // What was chosen counts when the field is left.
      await page.keyboard.press('Escape');
      await page.keyboard.press('Tab');
    },
    { ...byProvider, filters: [chosen] },
  );
  await expectTruth(narrowed);
  expect(new Set(narrowed.frames[0]?.data.values[0])).toEqual(new Set(['gmail']));
  await picture(page, 'variables');

  // The other variable offers what is left.
  expect((await left).frames[0]?.data.values[0]).toEqual(await valuesOf('vmta', [chosen]));
});

test('an ad-hoc filter is added by clicking, narrows the panel, and takes several values', async ({
  page,
}) => {
  const target = { ...byProvider, filters: [] };
  const adhoc = { type: 'adhoc', name: 'filters', datasource, filters: [] };
  await exchange(
    page,
    () => openDashboard(page, { panels: [panel(1, 'table', target)], templating: { list: [adhoc] } }),
    target,
  );
  const box = page.getByRole('combobox', { name: 'filters' });
  const pick = async (text: string) => {
    await box.fill(text);
    await page.getByRole('option', { name: text, exact: true }).first().click();
  };
  const one = await exchange(
    page,
    async () => {
      await box.click();
      await pick('provider');
      await page
        .getByRole('option', { name: /^=(\s|$)/ })
        .first()
        .click();
      await pick('gmail');
    },
    { ...byProvider, filters: [{ dimension: 'provider', operator: '=', values: ['gmail'] }] },
  );
  await expectTruth(one);
  expect(new Set(one.frames[0]?.data.values[0])).toEqual(new Set(['gmail']));

  // Another one, of several values, which are narrowed by the first.
  const [first = '', second = ''] = await valuesOf('vmta', [
    { dimension: 'provider', operator: '=', values: ['gmail'] },
  ]);
  const several = await exchange(
    page,
    async () => {
      await pick('vmta');
      await page.getByRole('option', { name: /^=\|/ }).first().click();
      await pick(first);
      await pick(second);
      await page.keyboard.press('Escape');
    },
    {
      ...byProvider,
      filters: [
        { dimension: 'provider', operator: '=', values: ['gmail'] },
        { dimension: 'vmta', operator: 'in', values: [first, second] },
      ],
    },
  );
  await expectTruth(several);
  await picture(page, 'adhoc');
});

test('an annotation is made by clicking', async ({ annotationEditPage, page }) => {
  await annotationEditPage.datasource.set(ds.name);
  const row = new QueryRow(page, page.locator('body'));
  await row.check('Loaded files');
  const answer = await exchange(page, () => annotationEditPage.runQuery(), { queryType: 'files' });
  expect(answer.error).toBeUndefined();
  await expect(page.getByTestId('data-testid annotations-query-result-container')).toContainText(
    /\d+ events/,
  );
  await picture(page, 'annotation-editor');
});

test('loaded files are marked in a graph', async ({ page }) => {
  const annotation = {
    name: 'Files',
    enable: true,
    iconColor: 'blue',
    datasource,
    target: { refId: 'Anno', queryType: 'files', schemaVersion: 1 },
  };
  await exchange(
    page,
    () =>
      openDashboard(page, {
        panels: [
          panel(1, 'timeseries', {
            queryType: 'metrics',
            metrics: ['delivered'],
            groupBy: [],
            filters: [],
            format: 'timeseries',
          }),
        ],
        annotations: { list: [annotation] },
      }),
    { queryType: 'files' },
  );
  // Files that came in together lie on top of each other.
  const marker = page.getByTestId('data-testid annotation-marker').last();
  await marker.waitFor();
  await marker.hover();
  await expect(page.getByText(/\.csv/).first()).toBeVisible();
  await picture(page, 'annotation-files');
});

test('incidents are regions in a graph', async ({ page }) => {
  const [found] = await service().ask({ queryType: 'incidents', format: 'table', from, to });
  test.skip(found?.data.values[0]?.length === 0, 'the service finds no incident in the generated day');
  const annotation = {
    name: 'Incidents',
    enable: true,
    iconColor: 'red',
    datasource,
    target: { refId: 'Anno', queryType: 'incidents', schemaVersion: 1 },
  };
  const answer = await exchange(
    page,
    () =>
      openDashboard(page, {
        panels: [
          panel(1, 'timeseries', {
            queryType: 'metrics',
            metrics: ['deferrals'],
            groupBy: [],
            filters: [],
            format: 'timeseries',
          }),
        ],
        annotations: { list: [annotation] },
      }),
    { queryType: 'incidents' },
  );
  await expectTruth(answer);
  await page.getByTestId('data-testid annotation-marker').first().waitFor();
  await picture(page, 'annotation-incidents');
});
