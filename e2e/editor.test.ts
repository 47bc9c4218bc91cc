import { writeLogs } from '@pmta-watchtower/generator';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { BROWSER_ARGUMENTS, browserPath, servePage } from '../scripts/page.cjs';
import { Site, type Service } from './service';

const START = Date.UTC(2026, 8, 15);
const executablePath = browserPath();
if (!executablePath) {
  process.stderr.write(
    'Chromium is not installed (CHROMIUM_PATH): the tests of the built editors are skipped.\n',
  );
}

/** Where pictures of the editors are put, for people to look at; nowhere without it. */
const PICTURES = process.env['PICTURES_DIR'];

// The built plugin, loaded as Grafana loads it, against the real service with real logs.
(executablePath ? describe : describe.skip)('the built plugin in a browser', () => {
  let site: Site;
  let service: Service;
  let pages: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    site = new Site();
    service = await site.serve();
    const folder = path.join(site.folder, 'logs');
    mkdirSync(folder);
    const { files } = await writeLogs(folder, { messages: 300, seed: 'editor', start: START / 1000 });
    const queued = await service.upload(files.map(({ name }) => path.join(folder, name)));
    await service.settled(queued.length);
    pages = await servePage({
      script: "import './grafana-datasource/browser/host';",
      api: service.url,
      range: { from: START, to: START + 2 * 86_400_000 },
    });
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: BROWSER_ARGUMENTS,
    });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    pages?.close();
    await service?.stop();
    site?.remove();
  });

  afterEach(async () => {
    await page?.close();
    expect(complaints).toEqual([]);
  });

  async function open(what: 'query' | 'config', saved: object, theme: 'light' | 'dark' = 'dark') {
    complaints = [];
    page = await browser.newPage({ viewport: { width: 1100, height: 620 } });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      // Grafana's fonts are no part of the packages it shares.
      if (message.location().url.endsWith('.woff2')) return;
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await page.goto(pages.url);
    await page.evaluate(
      ([kind, mode, start]) => (globalThis as unknown as Host).host.open(kind, mode, start),
      [what, theme, saved] as const,
    );
  }

  const saved = () => page.evaluate(() => (globalThis as unknown as Host).host.saved);
  const answered = (text: RegExp) => page.locator('output', { hasText: text }).waitFor();
  /** Enter takes the option that the list has marked by then: whoever types sees the mark first. */
  const marked = (text: RegExp) =>
    page
      .locator('[role=option][data-highlighted], [role=option][aria-selected=true]', { hasText: text })
      .waitFor();
  const picture = async (name: string) => {
    if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}.png`) });
  };

  it('makes a query by clicks, and the service answers it', async () => {
    await open('query', {
      refId: 'A',
      queryType: 'metrics',
      metrics: ['delivered'],
      format: 'table',
      filters: [],
    });
    await page.getByRole('combobox', { name: 'Group by' }).click();
    await page.getByRole('option', { name: /^provider/ }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Metrics' }).fill('bounceRate');
    await page.getByRole('option', { name: /^bounceRate/ }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByRole('combobox', { name: 'Values of provider' }).click();
    await page.getByRole('option', { name: 'gmail', exact: true }).click();
    await page.keyboard.press('Escape');
    await answered(/^1 rows$/);
    expect(await saved()).toEqual({
      refId: 'A',
      schemaVersion: 1,
      queryType: 'metrics',
      metrics: ['delivered', 'bounceRate'],
      groupBy: ['provider'],
      format: 'table',
      filters: [{ dimension: 'provider', operator: '=', values: ['gmail'] }],
    });
  });

  it('makes a query by keyboard alone', async () => {
    await open('query', {
      refId: 'A',
      queryType: 'metrics',
      metrics: ['delivered'],
      format: 'table',
      filters: [],
    });
    await page.getByRole('combobox', { name: 'Question' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type('Log files');
    await marked(/^Log files/);
    await page.keyboard.press('Enter');
    await answered(/rows/);
    expect(await saved()).toEqual({ refId: 'A', schemaVersion: 1, queryType: 'files' });
    // On to the limit: presets come first.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('1');
    await page.keyboard.press('Enter');
    await answered(/^1 rows$/);
    expect(await saved()).toEqual({ refId: 'A', schemaVersion: 1, queryType: 'files', limit: 1 });
  });

  // The code editor is Grafana's own; that its suggestions, keys and changes arrive here can be seen in a browser alone.
  it('completes SQL, and runs it by Ctrl+S and when the editor is left', async () => {
    await open('query', { refId: 'A', queryType: 'sql', sql: '' });
    await page.getByRole('textbox', { name: 'SQL' }).focus();
    await page.keyboard.type('SELECT deliv');
    await page.getByRole('option', { name: /^delivered/ }).waitFor();
    await picture('sql-dark');
    await page.keyboard.press('Enter');
    await page.keyboard.type(' FROM watchtower.totals');
    await page.getByRole('option', { name: /^watchtower\.totals_minute/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type(' LIMIT 1');
    await page.keyboard.press('Control+S');
    await answered(/^1 rows$/);
    const sql = 'SELECT delivered FROM watchtower.totals_minute LIMIT 1';
    expect(await saved()).toEqual({ refId: 'A', schemaVersion: 1, queryType: 'sql', sql });
    await page.keyboard.type('0');
    await page.getByRole('combobox', { name: 'Question' }).focus();
    await answered(/^10 rows$/);
    expect(await saved()).toMatchObject({ sql: `${sql}0` });
  });

  it('keeps keys out of sight once they are saved', async () => {
    const options = {
      jsonData: { apiUrl: 'ftp://x' },
      secureJsonFields: { readKey: true },
      secureJsonData: {},
    };
    await open('config', options);
    await page.getByText('Must begin with http:// or https:// and name a host').waitFor();
    await page.getByRole('textbox', { name: /^URL/ }).fill('http://127.0.0.1:8686');
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.locator('input[type=password]').first().fill('secret');
    expect(await saved()).toMatchObject({
      jsonData: { apiUrl: 'http://127.0.0.1:8686' },
      secureJsonFields: { readKey: false },
      secureJsonData: { readKey: 'secret' },
    });
  });

  const filters = [{ dimension: 'provider', operator: '!=', values: ['other'] }];
  const metrics = { queryType: 'metrics', metrics: ['delivered', 'bounceRate'], groupBy: ['vmta'], filters };
  it.each([
    ['query', 'metrics', 'dark', { refId: 'A', ...metrics, format: 'timeseries', limit: 10 }],
    ['query', 'metrics', 'light', { refId: 'A', ...metrics, format: 'timeseries', limit: 10 }],
    ['query', 'events', 'dark', { refId: 'A', queryType: 'events', format: 'logs', filters }],
    ['query', 'trace', 'light', { refId: 'A', queryType: 'trace' }],
    [
      'config',
      'settings',
      'dark',
      { jsonData: { tlsAuth: true, tlsAuthWithCACert: true }, secureJsonFields: {} },
    ],
    ['config', 'settings', 'light', { jsonData: {}, secureJsonFields: { readKey: true } }],
  ] as const)(
    'the %s editor (%s, %s) can be used without a mouse and without eyes',
    async (what, name, theme, start) => {
      await open(what, start, theme);
      await page
        .getByRole(what === 'query' ? 'combobox' : 'textbox')
        .first()
        .waitFor();
      await picture(`${name}-${theme}`);
      expect(await page.evaluate(() => (globalThis as unknown as Host).host.barriers())).toEqual([]);
    },
  );
});

/** What the page offers; see grafana-datasource/browser/host.tsx. */
interface Host {
  host: {
    open: (what: 'query' | 'config', theme: 'light' | 'dark', saved: object) => Promise<void>;
    saved: unknown;
    barriers: () => Promise<string[]>;
  };
}
