import { chromium, type Page, type Request } from 'playwright-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { BROWSER_ARGUMENTS, browserPath } from '../../scripts/page.cjs';
import type { Measured } from './measure-load';
import { median } from './stats';

/** Milliseconds until all panels of a dashboard are drawn that was opened before. */
const TARGET = 2000;

/** Pixels: every panel has to be in sight, as only those ask. */
const VIEW = { width: 1280, height: 2800 };

/** Milliseconds without a question, an answer or a panel that loads, after which all is drawn; and at most. */
const QUIET = 600;
const MOST = 120_000;

/** What is measured is opened so often after the first time. */
const RUNS = 3;

const DAY = 86_400_000;

/** One opening: milliseconds until all was drawn, and those of each answer by the title of its panel. */
interface Opened {
  readonly drawn: number;
  readonly answers: readonly { readonly panel: string; readonly ms: number }[];
}

/**
 * How long the dashboards of the Grafana at GRAFANA_URL take until every panel is drawn, over the last 30 days of the store
 * behind the datasource GRAFANA_DATASOURCE (by uid): within the page, as when a person goes from one to another. `only` those
 * with this text in their uid.
 */
export async function measureDashboards(only = ''): Promise<Measured[]> {
  const { GRAFANA_URL: url, GRAFANA_DATASOURCE: datasource = 'pmta-watchtower' } = process.env;
  if (!url) throw new Error('GRAFANA_URL is not set: start a Grafana with npm run grafana');
  const executablePath = browserPath();
  if (executablePath === undefined) throw new Error('Chromium is not installed: set CHROMIUM_PATH');
  const grafana = new Grafana(url.replace(/\/+$/, ''));
  const end = await grafana.newestEvent(datasource);
  const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
  try {
    const page = await browser.newPage({
      viewport: VIEW,
      baseURL: grafana.url,
      extraHTTPHeaders: { Authorization: grafana.authorization },
    });
    // A click before Grafana has started would load it anew.
    await page.goto('/dashboards');
    await page.waitForSelector('main');
    await page.waitForLoadState('networkidle');
    const found: Measured[] = [];
    for (const uid of (await grafana.dashboards()).filter((each) => each.includes(only))) {
      const runs: Opened[] = [];
      // A second more each time: what was asked before is shown again without asking.
      for (let run = 0; run <= RUNS; run++) {
        const to = end + run * 1000;
        const range = `from=${to - 30 * DAY}&to=${to}&timezone=utc`;
        runs.push(await open(page, `/d/${uid}?kiosk&${range}&var-datasource=${datasource}`));
        await follow(page, '/dashboards');
      }
      const [first, ...warm] = runs;
      const drawn = warm.map((each) => each.drawn);
      process.stderr.write(`${uid}: ${slowest(warm)}\n`);
      found.push({
        figures: [
          { name: `${uid}, opened first`, value: first?.drawn ?? 0, unit: 'ms' },
          { name: `${uid}, all drawn`, value: median(drawn), unit: 'ms', target: { atMost: TARGET } },
        ],
        samples: { uid, runs },
      });
    }
    return found;
  } finally {
    await browser.close();
  }
}

/** Goes to a dashboard and waits until all of it is drawn. */
async function open(page: Page, address: string): Promise<Opened> {
  const pending = new Map<Request, number>();
  const answers: { panel: string; ms: number }[] = [];
  const begun = (request: Request) => {
    if (request.url().includes('/api/ds/query')) pending.set(request, Date.now());
  };
  const ended = (request: Request) => {
    const start = pending.get(request);
    if (start === undefined) return;
    pending.delete(request);
    answers.push({ panel: request.headers()['x-panel-title'] ?? 'a variable', ms: Date.now() - start });
  };
  page.on('request', begun).on('requestfinished', ended).on('requestfailed', ended);
  const start = Date.now();
  let busy = start;
  await follow(page, address);
  while (Date.now() - busy < QUIET) {
    if (Date.now() - start > MOST) throw new Error(`${address} is not drawn within ${MOST / 1000} s`);
    const panels = await countOf(page, '[data-viz-panel-key]');
    const loading = await countOf(page, '[aria-label="Panel loading bar"]');
    if (panels === 0 || loading > 0 || pending.size > 0 || answers.length === 0) busy = Date.now();
    await sleep(50);
  }
  page.off('request', begun).off('requestfinished', ended).off('requestfailed', ended);
  return { drawn: busy - start, answers };
}

/** Asked of the page itself: to locate by label, or through shadow roots, takes a tenth of the page's time. */
function countOf(page: Page, selector: string): Promise<number> {
  return page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);
}

/** As a click on a link does: within the page, so that Grafana itself is not loaded anew. */
async function follow(page: Page, address: string): Promise<void> {
  const link = `Object.assign(document.createElement('a'), { href: ${JSON.stringify(address)} })`;
  await page.evaluate(`{ const link = ${link}; document.body.append(link); link.click(); link.remove(); }`);
}

/** The panels that waited longest for an answer, by their median. */
function slowest(runs: readonly Opened[]): string {
  const times = new Map<string, number[]>();
  for (const { panel, ms } of runs.flatMap(({ answers }) => answers))
    times.set(panel, [...(times.get(panel) ?? []), ms]);
  return [...times]
    .map(([panel, all]) => ({ panel, ms: median(all) }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 5)
    .map(({ panel, ms }) => `${panel} ${Math.round(ms)} ms`)
    .join(', ');
}

class Grafana {
  readonly authorization: string;

  constructor(readonly url: string) {
    const { GRAFANA_ADMIN_USER: user = 'admin', GRAFANA_ADMIN_PASSWORD: password = 'admin' } = process.env;
    this.authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  /** Uids of the suite's dashboards. */
  async dashboards(): Promise<string[]> {
    const found = await this.ask<{ uid: string }[]>('/api/search?type=dash-db&tag=pmta-watchtower');
    return found.map(({ uid }) => uid).sort();
  }

  /** When the newest event was logged, epoch ms: where a store of older logs ends. */
  async newestEvent(uid: string): Promise<number> {
    const query = { refId: 'A', queryType: 'service', metrics: ['newestEventAgeSeconds'], format: 'numeric' };
    const { results } = await this.ask<{
      results: { A: { frames: { data: { values: number[][] } }[] } };
    }>('/api/ds/query', { from: 'now-1h', to: 'now', queries: [{ ...query, datasource: { uid } }] });
    const age = results.A.frames[0]?.data.values[0]?.[0];
    if (typeof age !== 'number') throw new Error(`the store behind the datasource ${uid} holds no events`);
    return Math.floor(Date.now() / 1000 - age) * 1000 + 1000;
  }

  private async ask<T>(place: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}${place}`, {
      headers: { Authorization: this.authorization, 'Content-Type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${place} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}
