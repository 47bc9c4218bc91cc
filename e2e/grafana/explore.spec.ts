import { expect, test } from '@grafana/plugin-e2e';
import type { Locator, Page } from '@playwright/test';
import { picture } from './picture';
import { contentOf, exchange, truthOf, type Exchange } from './query';
import { scene } from './scene';

const { datasource, from, to } = scene();

/** Explore over the generated day, as it begins for this datasource. */
async function explore(page: Page): Promise<Exchange> {
  const range = { from: String(from), to: String(to) };
  const panes = { a: { datasource: datasource.uid, queries: [], range } };
  const address = `/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify(panes))}`;
  return exchange(page, () => page.goto(address), { queryType: 'events', format: 'logs', refId: 'A' });
}

/** The first line that is shown of a log, and what its labels say. */
function firstLine(page: Page, { frames }: Exchange): { line: Locator; labels: Record<string, string> } {
  const [frame] = frames;
  const column = (name: string) =>
    frame?.data.values[frame.schema.fields.findIndex((field) => field.name === name)] ?? [];
  const [text = ''] = column('body') as string[];
  return {
    line: page.getByText(text.slice(0, 40)).first(),
    labels: column('labels')[0] as Record<string, string>,
  };
}

test('Explore begins with log lines, the newest first, and their volume', async ({ page }) => {
  const volume = page.waitForResponse(
    (response) =>
      response.url().includes('/api/ds/query') &&
      (response.request().postData() ?? '').includes('log-volume-A'),
  );
  const answer = await explore(page);
  expect(contentOf(answer.frames)).toEqual(contentOf(await truthOf(answer.asked)));
  expect((await volume).ok()).toBe(true);
  await expect(page.getByText('Logs volume').first()).toBeVisible();
  await expect(firstLine(page, answer).line).toBeVisible();
  await picture(page, 'explore');
});

test('the lines around a line are those of the same VMTA and provider', async ({ page }) => {
  const { line, labels } = firstLine(page, await explore(page));
  await line.hover();
  await page.getByRole('button', { name: 'Log menu' }).first().click();
  await picture(page, 'explore-menu');
  const around = await exchange(page, () => page.getByRole('menuitem', { name: 'Show context' }).click(), {
    queryType: 'events',
    format: 'logs',
    order: 'desc',
    refId: 'context-before',
  });
  expect(around.error).toBeUndefined();
  expect(around.asked['filters']).toEqual(
    ['vmta', 'provider'].map((dimension) => ({ dimension, operator: '=', values: [labels[dimension]] })),
  );
  await page.getByText('Log context').first().waitFor();
  await picture(page, 'explore-context');
});

test('a line leads to the trace of its message', async ({ page }) => {
  const { line } = firstLine(page, await explore(page));
  await line.click();
  await picture(page, 'explore-details');
  const trace = await exchange(page, () => page.getByText('Trace this message').first().click(), {
    queryType: 'trace',
  });
  expect(trace.error).toBeUndefined();
  expect(contentOf(trace.frames)).toEqual(contentOf(await truthOf(trace.asked)));
  await page.waitForLoadState('networkidle');
  await picture(page, 'explore-trace');
});
