import { expect, test } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Grafana } from './grafana';
import { picture } from './picture';
import { scene } from './scene';

const FOLDER = path.resolve(__dirname, '../../provisioning/dashboards/json');

const grafana = Grafana.fromEnvironment();
const { datasource, from, to } = scene();
const saved: string[] = [];

test.afterEach(async () => {
  for (const uid of saved.splice(0)) await grafana.removeDashboard(uid);
});

/** What goes wrong on a page while it is open. */
function faultsOf(page: Page): string[] {
  const faults: string[] = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', (error) => faults.push(error.message));
  return faults;
}

for (const file of readdirSync(FOLDER)) {
  // A copy of its own, as those that are provisioned ask the site's datasource and anew every minute.
  test(`${file} opens without a failed panel or an error of the page`, async ({ page }) => {
    const dashboard = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as object;
    const title = `${path.parse(file).name} ${Date.now()}`;
    const uid = await grafana.saveDashboard({ ...dashboard, uid: undefined, title, refresh: '' });
    saved.push(uid);
    const faults = faultsOf(page);
    await page.goto(`/d/${uid}?kiosk&from=${from}&to=${to}&var-datasource=${datasource.uid}`);
    await page.getByRole('heading', { name: 'Newest event', exact: true }).waitFor();
    // Panels ask when they come into sight.
    const height = await page.evaluate<number>('document.documentElement.scrollHeight');
    await page.setViewportSize({ width: 1280, height });
    await page.waitForLoadState('networkidle');
    await expect(page.getByLabel('Panel loading bar')).toHaveCount(0);
    await picture(page, path.parse(file).name);
    expect(await page.getByTestId('data-testid Panel status error').count()).toBe(0);
    await expect(page.getByText(/Panel plugin not found|An unexpected error happened/)).toHaveCount(0);
    expect(faults).toEqual([]);
  });
}

// Encoded twice, the filter named no dimension: the page showed all mail, as if every message had that answer.
test('a reason among the causes leads to its events, narrowed to it', async ({ page }) => {
  const dashboard = JSON.parse(readFileSync(path.join(FOLDER, 'pmta-cluster.json'), 'utf8')) as object;
  const uid = await grafana.saveDashboard({
    ...dashboard,
    uid: undefined,
    title: `causes ${Date.now()}`,
    refresh: '',
  });
  saved.push(uid);
  await page.goto(`/d/${uid}?kiosk&from=${from}&to=${to}&var-datasource=${datasource.uid}`);
  await page.locator('a[href*="var-filters=reason"]').first().click();
  await expect(page).toHaveURL(/\/d\/pmta-events\b.*[?&]from=/);
  await expect(page.getByLabel('Edit filter with key reason')).toContainText('reason = ');
});
