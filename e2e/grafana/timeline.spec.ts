import { expect, test } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';
import { Grafana } from './grafana';
import { picture } from './picture';
import { scene, service } from './scene';

const grafana = Grafana.fromEnvironment();
const HOUR = 3_600_000;
const INCIDENTS = { queryType: 'incidents', format: 'table' };
let dashboard: string;

test.afterEach(async () => grafana.removeDashboard(dashboard));

/** Opens a dashboard with one timeline of what is asked, over the generated day. */
async function open(page: Page, query: object): Promise<void> {
  const { datasource: ds, from, to } = scene();
  const datasource = { type: 'pmta-watchtower-datasource', uid: ds.uid };
  const panel = {
    id: 1,
    type: 'pmta-timeline-panel',
    title: 'Timeline',
    datasource,
    gridPos: { x: 0, y: 0, w: 24, h: 12 },
    targets: [{ refId: 'A', datasource, ...query }],
  };
  dashboard = await grafana.saveDashboard({ title: `Timeline ${Date.now()}`, panels: [panel] });
  await page.goto(`/d/${dashboard}?from=${from}&to=${to}`);
}

/** Values of a field of what the service itself answers. */
async function valuesOf(query: object, name: string): Promise<unknown[]> {
  const { from, to } = scene();
  const [frame] = await service().ask({ from, to, ...query } as Parameters<
    ReturnType<typeof service>['ask']
  >[0]);
  const index = frame?.schema.fields.findIndex((field) => field.name === name) ?? -1;
  return [...(frame?.data.values[index] ?? [])];
}

test('incidents are drawn, opened with what explains them, and acknowledged', async ({ page }) => {
  // They are found a moment after the day was loaded.
  await expect.poll(() => valuesOf(INCIDENTS, 'id'), { timeout: 60_000 }).not.toEqual([]);
  const sentences = await valuesOf(INCIDENTS, 'sentence');
  await open(page, INCIDENTS);
  const bar = page.getByRole('group', { name: /^Timeline/ }).getByRole('button');
  await bar.focus();
  const label = (await bar.getAttribute('aria-label')) ?? '';
  expect(sentences.some((sentence) => label.startsWith(String(sentence)))).toBe(true);
  await page.keyboard.press('Enter');
  const card = page.getByRole('dialog', { name: label.slice(0, 20) });
  await expect(card.getByRole('listitem').first()).toContainText('% sure');
  await picture(page, 'timeline-incident');
  await card.getByRole('textbox', { name: 'Note' }).fill('<b>on it</b>');
  await card.getByRole('button', { name: /^(Acknowledge|Replace the note)$/ }).click();
  await expect(card).toContainText('Acknowledged by admin: <b>on it</b>');
  expect(await valuesOf(INCIDENTS, 'note')).toContain('<b>on it</b>');
});

// The panel asks Grafana for the time; that the dashboard takes it is Grafana's part, and seen here alone.
test('a part that is dragged over becomes the time of the dashboard', async ({ page }) => {
  await open(page, INCIDENTS);
  const box = await page.getByRole('group', { name: /^Timeline/ }).boundingBox();
  const [x, y, width] = [box?.x ?? 0, (box?.y ?? 0) + (box?.height ?? 0) - 5, box?.width ?? 0];
  await page.mouse.move(x + width / 4, y);
  await page.mouse.down();
  await page.mouse.move(x + width / 2, y, { steps: 4 });
  await page.mouse.up();
  const { from, to } = scene();
  await expect
    .poll(() => {
      const { searchParams } = new URL(page.url());
      return Math.round((timeOf(searchParams.get('to')) - timeOf(searchParams.get('from'))) / HOUR);
    })
    .toBe(Math.round((to - from) / 4 / HOUR));
});

test('a message is told from its first attempt to its end', async ({ page }) => {
  const ids = await valuesOf({ queryType: 'events', format: 'table', limit: 200 }, 'messageId');
  const messageId = ids.find((id) => id !== '');
  const query = { queryType: 'trace', messageId };
  const steps = await valuesOf(query, 'step');
  await open(page, query);
  const drawing = page.getByRole('group', { name: /^Steps of a message/ });
  const step = drawing.getByRole('button');
  await step.focus();
  await page.keyboard.press('Home');
  for (let i = 0; i < steps.length; i++) await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('tooltip')).toContainText(String(steps.at(-1)));
  await picture(page, 'timeline-message');
});

function timeOf(text: string | null): number {
  return /^\d+$/.test(text ?? '') ? Number(text) : Date.parse(text ?? '');
}
