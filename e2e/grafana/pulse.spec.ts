import { expect, test } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Grafana } from './grafana';
import { picture } from './picture';
import { contentOf, exchange, truthOf, type Exchange } from './query';
import { scene } from './scene';

const grafana = Grafana.fromEnvironment();
const { datasource: ds, from, to } = scene();
const datasource = { type: 'pmta-watchtower-datasource', uid: ds.uid };
const of = { queryType: 'metrics', groupBy: ['pool', 'vmta'], limit: 500 };
const table = {
  ...of,
  metrics: ['attempts', 'attemptSuccessRate', 'deferralRate', 'latencyP95'],
  format: 'table',
};
const series = { ...of, metrics: ['attempts'], format: 'timeseries' };

/** The dashboard that cells lead to. */
const VMTA = JSON.parse(
  readFileSync(path.resolve(__dirname, '../../provisioning/dashboards/json/pmta-vmta.json'), 'utf8'),
) as { uid: string };
const saved: string[] = [];

test.beforeAll(async () => {
  const { ok } = await grafana.call('GET', `/api/dashboards/uid/${VMTA.uid}`);
  if (!ok) saved.push(await grafana.saveDashboard(VMTA));
});

test.afterAll(async () => {
  for (const uid of saved.splice(0)) await grafana.removeDashboard(uid);
});

/** Saves a dashboard with one pulse board; gives its uid. */
async function save(options: object): Promise<string> {
  const uid = await grafana.saveDashboard({
    title: `Pulse board ${Date.now()}`,
    panels: [
      {
        id: 1,
        type: 'pmta-pulse-panel',
        title: 'VMTAs',
        datasource,
        gridPos: { x: 0, y: 0, w: 24, h: 12 },
        options,
        targets: [
          { refId: 'A', datasource, ...table },
          { refId: 'B', datasource, ...series },
        ],
      },
    ],
  });
  saved.push(uid);
  return uid;
}

/** Opens a dashboard with one pulse board of the generated day; gives the answer to its table. */
async function open(page: Page, options: object): Promise<Exchange> {
  const uid = await save(options);
  return exchange(page, () => page.goto(`/d/${uid}?from=${from}&to=${to}`), table);
}

/** Values of a field of the answer. */
function valuesOf<T>({ frames: [frame] }: Exchange, name: string): T[] {
  const index = frame?.schema.fields.findIndex((field) => field.name === name) ?? -1;
  return (frame?.data.values[index] ?? []) as T[];
}

const board = (page: Page) => page.getByRole('group', { name: /^Board of \d+ cells/ });
const cells = (page: Page) => board(page).getByRole('button');
const cell = (page: Page, name: string) => board(page).getByRole('button', { name: new RegExp(`^${name} `) });

test('a cell is drawn for every VMTA of the answer, with its state and throughput', async ({ page }) => {
  const answer = await open(page, {});
  expect(contentOf(answer.frames)).toEqual(contentOf(await truthOf(answer.asked)));
  const names = valuesOf<string>(answer, 'vmta');
  const rates = valuesOf<number>(answer, 'attemptSuccessRate');
  expect(names.length).toBeGreaterThan(0);
  await expect(cells(page)).toHaveCount(names.length);
  for (const [i, name] of names.entries()) {
    const label = (await cell(page, name).getAttribute('aria-label')) ?? '';
    expect(label).toContain('/min');
    const written = Number(/ ([\d.]+)% /.exec(label)?.[1]);
    expect(Math.abs(written - 100 * (rates[i] ?? NaN))).toBeLessThan(0.1);
  }
  for (const pool of new Set(valuesOf<string>(answer, 'pool')))
    await expect(board(page).getByTitle(pool, { exact: true })).toBeVisible();
  await picture(page, 'pulse');
});

test('a cell leads to the dashboard of its VMTA, with the time of the page', async ({ page }) => {
  const [name = ''] = valuesOf<string>(await open(page, {}), 'vmta');
  await cell(page, name).click();
  await expect(page.getByRole('menuitem', { name: `Show only ${name}` })).toBeVisible();
  await page.getByRole('menuitem', { name: 'Open this VMTA' }).click();
  await expect(page).toHaveURL(new RegExp(`/d/${VMTA.uid}.*var-vmta=${name}(&|$)`));
  expect(new URL(page.url()).searchParams.get('from')).toContain(new Date(from).toISOString().slice(0, 10));
});

test('options change the board that is looked at', async ({ page, gotoPanelEditPage }) => {
  const dashboard = { uid: await save({}) };
  const queryParams = new URLSearchParams({ from: `${from}`, to: `${to}` });
  const edited = gotoPanelEditPage({ dashboard, id: '1', queryParams });
  const answer = await exchange(page, () => edited, table);
  const [pool = ''] = valuesOf<string>(answer, 'pool');
  await expect(board(page).getByTitle(pool, { exact: true })).toBeVisible();
  const options = (await edited).getCustomOptions('Board');
  await options.getRadioGroup('Order').check('By name', { force: true });
  await options.getSwitch('Grouped').uncheck({ force: true });
  await expect(board(page).getByTitle(pool, { exact: true })).toHaveCount(0);
  const collator = new Intl.Collator(undefined, { numeric: true });
  const names = valuesOf<string>(answer, 'vmta').toSorted((a, b) => collator.compare(a, b));
  const shown = await Promise.all((await cells(page).all()).map((each) => each.getAttribute('aria-label')));
  expect(shown.map((label) => label?.split(' ')[0])).toEqual(names);
  await picture(page, 'pulse-editor');
});
