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

/** Opens a copy of a dashboard that asks the test's datasource, and not anew every minute, with all its panels in sight. */
async function openCopy(page: Page, name: string): Promise<void> {
  const dashboard = JSON.parse(readFileSync(path.join(FOLDER, `${name}.json`), 'utf8')) as object;
  const title = `${name} ${Date.now()}`;
  const uid = await grafana.saveDashboard({ ...dashboard, uid: undefined, title, refresh: '' });
  saved.push(uid);
  await page.goto(`/d/${uid}?kiosk&from=${from}&to=${to}&var-datasource=${datasource.uid}`);
  await page.getByRole('heading', { name: 'Newest event', exact: true }).waitFor();
  // Panels ask when they come into sight.
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  await page.setViewportSize({ width: 1280, height });
  await page.waitForLoadState('networkidle');
  await expect(page.getByLabel('Panel loading bar')).toHaveCount(0);
}

const panelOf = (page: Page, title: string) => page.getByTestId(`data-testid Panel header ${title}`);

for (const file of readdirSync(FOLDER)) {
  const { name } = path.parse(file);
  test(`${file} opens without a failed panel or an error of the page`, async ({ page }) => {
    const faults = faultsOf(page);
    await openCopy(page, name);
    await picture(page, name);
    expect(await page.getByTestId('data-testid Panel status error').count()).toBe(0);
    await expect(page.getByText(/Panel plugin not found|An unexpected error happened/)).toHaveCount(0);
    expect(faults).toEqual([]);
  });
}

// Encoded twice, the filter named no dimension: the page showed all mail, as if every message had that answer.
test('a reason among the causes leads to its events, narrowed to it', async ({ page }) => {
  await openCopy(page, 'pmta-cluster');
  await page.locator('a[href*="var-filters=reason"]').first().click();
  await expect(page).toHaveURL(/\/d\/pmta-events\b.*[?&]from=/);
  await expect(page.getByLabel('Edit filter with key reason')).toContainText('reason = ');
});

// Without it a dark row would lead nowhere, or to the mail of all VMTAs.
test('a cell of a heatmap leads to the events that it counts, of its row', async ({ page }) => {
  await openCopy(page, 'pmta-latency');
  const cells = panelOf(page, 'p95 by VMTA').locator('.u-over');
  const box = (await cells.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  // Within a cell: of the twelve rows the middle one would be a gap.
  const at = [box.x + box.width * 0.8, box.y + (box.height * 5.5) / 12] as const;
  await page.mouse.move(...at, { steps: 3 });
  // What is told of a cell stays where it is clicked once it is there.
  await page.waitForTimeout(1000);
  await page.mouse.click(...at);
  const link = page.getByRole('link', { name: /^Events of / });
  const vmta = ((await link.textContent()) ?? '').replace('Events of ', '');
  expect(vmta).not.toBe('');
  await link.click();
  await expect(page).toHaveURL(new RegExp(`/d/pmta-events\\b.*[?&]var-vmta=${vmta}&`));
  await expect(page.getByLabel('Edit filter with key outcome')).toContainText('outcome = delivered');
});

// Grafana forgets which fields are hidden when a bar chart gets another size: the edges of the buckets were drawn as bars.
test('a histogram draws its counts alone, whatever its size', async ({ page }) => {
  await openCopy(page, 'pmta-flow');
  const axes = panelOf(page, 'Deliveries by size').locator('.u-axis');
  await expect(axes).toHaveCount(2);
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  await page.setViewportSize({ width: width - 200, height });
  await page.waitForTimeout(1000);
  await expect(axes).toHaveCount(2);
});
