import { expect, test } from '@grafana/plugin-e2e';
import type { Browser, Page } from '@playwright/test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FileRecord } from '../../ingester/src/ingest';
import { Grafana, type Role } from './grafana';
import { picture } from './picture';
import { scene, service } from './scene';

const admin = Grafana.fromEnvironment();
const { datasource: ds } = scene();
const datasource = { type: 'pmta-watchtower-datasource', uid: ds.uid };
const folder = mkdtempSync(path.join(tmpdir(), 'watchtower-grafana-files-'));
let dashboard: string;

/** Well before the day that the other tests look at. */
const WHEN = '2026-01-16 12:00:00+0000';
const HEADER = 'type,timeLogged,timeQueued,orig,rcpt,dsnStatus,dsnDiag,jobId,vmta';
const ROWS = 3000;
const HOSTILE = '<img src=x onerror="window.hit=1">';

/** A log of a few megabytes; two rows of it have no time. */
function log(job: string): string {
  const row = (time: string, i: number) =>
    `d,${time},${WHEN},news@sender.example,u${i}@gmail.com,2.0.0 (success),"smtp;250 ${'ok '.repeat(500)}",${job},VMTA-1`;
  const rows = Array.from({ length: ROWS }, (_, i) => row(WHEN, i));
  return [HEADER, ...rows, row('never', ROWS), row(HOSTILE, ROWS + 1), ''].join('\n');
}

/** A file of this content to choose, under a name that no other has. */
function fileOf(kind: string, content: (name: string) => string): { name: string; file: string } {
  const name = `${kind}-${Date.now()}`;
  const file = path.join(folder, `${name}.csv`);
  writeFileSync(file, content(name));
  return { name: `${name}.csv`, file };
}

test.beforeAll(async () => {
  const panel = {
    id: 1,
    type: 'pmta-files-panel',
    title: 'Log files',
    datasource,
    gridPos: { x: 0, y: 0, w: 24, h: 16 },
    targets: [{ refId: 'A', datasource, queryType: 'files', limit: 200 }],
  };
  dashboard = await admin.saveDashboard({ title: `Files ${Date.now()}`, panels: [panel] });
});

test.afterAll(async () => {
  await admin.removeDashboard(dashboard);
  rmSync(folder, { recursive: true });
});

/** Looks at the panel as a new person of a role, who is gone afterwards. */
async function as(
  role: Role,
  browser: Browser,
  work: (page: Page, grafana: Grafana) => Promise<void>,
): Promise<void> {
  const { grafana, remove } = await admin.addPerson(role);
  const context = await browser.newContext({
    baseURL: admin.url,
    extraHTTPHeaders: { Authorization: grafana.authorization },
  });
  try {
    const page = await context.newPage();
    await page.goto(`/d/${dashboard}`);
    await page.getByRole('columnheader', { name: 'File', exact: true }).waitFor();
    await work(page, grafana);
  } finally {
    await context.close();
    await remove();
  }
}

const row = (page: Page, name: string) =>
  page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });
const choose = (page: Page, file: string) => page.locator('input[type=file]').setInputFiles(file);

async function find(name: string): Promise<FileRecord | undefined> {
  const { files } = await service().get<{ files: FileRecord[] }>('/api/files?limit=1000');
  return files.find((each) => each.name === name);
}

test('an Editor uploads a log and follows it to its errors; an Admin takes it out again', async ({
  browser,
  page,
}) => {
  const { name, file } = fileOf('upload', log);
  await as('Editor', browser, async (editor) => {
    const { send } = await editor
      .context()
      .newCDPSession(editor)
      .then((session) => ({ send: session.send.bind(session) }));
    await send('Network.enable');
    // A line of a megabyte a second, on which an upload is seen to go on.
    const line = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 1e6 };
    await send('Network.emulateNetworkConditions', line);
    await choose(editor, file);
    const sent = editor.getByRole('progressbar', { name: `Sent of ${name}` });
    await expect.poll(async () => Number(await sent.getAttribute('aria-valuenow'))).toBeGreaterThan(20);
    await expect(editor.getByRole('list', { name: 'Uploads' })).toContainText(/[\d.]+ MiB of 4\.\d MiB/);
    await picture(editor, 'files-upload');
    await expect(row(editor, name)).toContainText('loaded, with errors');
    await expect(sent).toHaveCount(0);
    await expect(row(editor, name)).toContainText((ROWS + 2).toLocaleString('en'));
    // What an Editor may not is not offered.
    await expect(row(editor, name).getByRole('button', { name: `Load ${name} again` })).toBeVisible();
    await expect(editor.getByRole('button', { name: /^Delete / })).toHaveCount(0);

    await row(editor, name)
      .getByRole('button', { name: `Errors of ${name}: 2` })
      .click();
    const lines = editor.locator('tr:has(> td > pre)');
    await expect(lines).toHaveCount(2);
    await expect(lines.nth(0)).toContainText(`${ROWS + 2}`);
    await expect(lines.nth(1)).toContainText(HOSTILE);
    expect(await editor.evaluate(`'hit' in window`)).toBe(false);
    await picture(editor, 'files-errors');
  });
  const loaded = await find(name);
  expect(loaded).toMatchObject({ status: 'loaded_with_errors', rows: ROWS + 2, events: ROWS, errors: 2 });

  await page.goto(`/d/${dashboard}`);
  await row(page, name)
    .getByRole('button', { name: `Delete ${name}` })
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(`${ROWS.toLocaleString('en')} events from 2026-01-16 12:00`);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(row(page, name)).toBeVisible();
  expect(await find(name)).toBeDefined();
  await row(page, name)
    .getByRole('button', { name: `Delete ${name}` })
    .click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(row(page, name)).toHaveCount(0);
  await expect(page.getByText(`${name} is deleted`)).toBeVisible();
  expect(await find(name)).toBeUndefined();
});

test('what is no log is refused with a reason, and can be tried again', async ({ browser, page }) => {
  const { name, file } = fileOf('notes', () => 'of no use');
  await as('Editor', browser, async (editor) => {
    await choose(editor, file);
    await expect(row(editor, name)).toContainText('refused');
    await row(editor, name)
      .getByRole('button', { name: `Load ${name} again` })
      .click();
    await expect(editor.getByText(new RegExp(`${name} (could not be|is being) loaded again`))).toBeVisible();
  });
  await page.goto(`/d/${dashboard}`);
  await row(page, name)
    .getByRole('button', { name: `Delete ${name}` })
    .click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('None of its rows count: no figure changes.');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(row(page, name)).toHaveCount(0);
  expect(await find(name)).toBeUndefined();
});

// What is not offered must be refused too: a page can be made to send anything.
test('a Viewer sees the list and can change nothing', async ({ browser }) => {
  const { files } = await service().get<{ files: FileRecord[] }>('/api/files?limit=1');
  const [first] = files;
  await as('Viewer', browser, async (viewer, grafana) => {
    await expect(row(viewer, first?.name ?? '').first()).toBeVisible();
    for (const name of [/^Choose files/, /^Load .* again$/, /^Delete /])
      await expect(viewer.getByRole('button', { name })).toHaveCount(0);
    await expect(viewer.locator('input[type=file]')).toHaveCount(0);
    const upload = `/api/datasources/proxy/uid/${ds.uid}/upload?name=viewer.csv`;
    const resource = `/api/datasources/uid/${ds.uid}/resources/files/${first?.id}`;
    const answers = await Promise.all([
      grafana.call('POST', upload, {}),
      grafana.call('POST', `${resource}/retry`),
      grafana.call('DELETE', resource),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
  expect(await find('viewer.csv')).toBeUndefined();
  expect(await find(first?.name ?? '')).toBeDefined();
});
