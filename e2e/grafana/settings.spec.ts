import { expect, test } from '@grafana/plugin-e2e';
import { Grafana } from './grafana';
import { picture } from './picture';
import { scene } from './scene';

/** Uids of datasources that tests added by hand. */
const added: string[] = [];

test.afterEach(async () => {
  for (const uid of added.splice(0)) await Grafana.fromEnvironment().removeDatasource(uid);
});

test('a datasource is added by hand, and its test says what is wrong until all is right', async ({
  page,
}) => {
  const { api } = scene();
  await page.goto('/connections/datasources/new');
  await page.getByPlaceholder('Filter by name or type').fill('PMTA Watchtower');
  await page.getByRole('button', { name: /PMTA Watchtower/ }).click();
  await page.waitForURL(/datasources\/edit\/[^/?]+/);
  added.push(/edit\/([^/?]+)/.exec(page.url())?.[1] ?? '');
  const save = page.getByRole('button', { name: 'Save & test' });
  // Grafana tells by the second whether a datasource has changed: of two changes within one, the plugin never hears of the other.
  const saveAndTest = async () => {
    await page.waitForTimeout(1000);
    await save.click();
  };

  // Nothing is filled in yet.
  await saveAndTest();
  await expect(page.getByTestId('data-testid Alert error')).toContainText(/URL/);
  await picture(page, 'settings-empty');

  await page.getByRole('textbox', { name: /^URL/ }).fill('http://127.0.0.1:1');
  await saveAndTest();
  await expect(page.getByTestId('data-testid Alert error')).toContainText(/127\.0\.0\.1:1/);

  await page.getByRole('textbox', { name: /^URL/ }).fill(api.url);
  await page.getByLabel(/^Read key/).fill('not the key');
  await saveAndTest();
  await expect(page.getByTestId('data-testid Alert error')).toContainText(/key/i);
  await picture(page, 'settings-wrong-key');

  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByLabel(/^Read key/).fill(api.readKey);
  await saveAndTest();
  await expect(page.getByTestId('data-testid Alert success')).toContainText(
    /Watchtower \S+ answers, schema \d+, newest event .+ ago/,
  );
  await picture(page, 'settings-right');
});
