import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Chosen } from '../../grafana-panels/workbench/chosen';
import { BROWSER_ARGUMENTS, browserPath, servePage, type PageOptions } from '../../scripts/page.cjs';
import { workbenchScript } from '../../scripts/panels.cjs';

/** Where pictures are put, for people to look at; nowhere without it. */
const PICTURES = process.env['PICTURES_DIR'];

/** What the workbench's page offers; see grafana-panels/workbench/host.tsx. */
interface Offered {
  workbench: {
    show: (chosen: Chosen) => Promise<void>;
    update: (round: number) => Promise<number>;
    paint: (chosen: Chosen) => Promise<number>;
    done: { kind: string; what: unknown }[];
    barriers: () => Promise<string[]>;
  };
}

/** The workbench in a browser: one page for all panels, as starting one takes seconds. */
export class Workbench {
  /** Errors and warnings of the page that were not taken yet. */
  #complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly closePage: () => void,
  ) {
    page.on('pageerror', ({ message }) => this.#complaints.push(message));
    page.on('console', (message) => {
      // Grafana's fonts are no part of the packages it shares.
      if (message.location().url.endsWith('.woff2')) return;
      if (message.type() === 'error' || message.type() === 'warning') this.#complaints.push(message.text());
    });
  }

  /** Starts it; where a service is given, live scenes are answered by it. */
  static async open(service: Pick<PageOptions, 'api' | 'key' | 'range'> = {}): Promise<Workbench> {
    const { url, close } = await servePage({ script: workbenchScript(), ...service });
    const browser = await chromium.launch({ executablePath: browserPath() ?? '', args: BROWSER_ARGUMENTS });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    // A picture of a moving thing would be another one each time.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const workbench = new Workbench(page, browser, close);
    await page.goto(url);
    return workbench;
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.closePage();
  }

  /** Shows a scene anew; dark and of medium size where nothing is said. */
  async show(panel: string, scene: string, how: Partial<Chosen> = {}): Promise<void> {
    const chosen: Chosen = { panel, scene, theme: 'dark', size: 'medium', ...how };
    await this.page.mouse.move(0, 0);
    await this.page.evaluate((what) => (globalThis as unknown as Offered).workbench.show(what), chosen);
  }

  /** Gives the shown panel the rows of a round of updates. */
  update(round: number): Promise<number> {
    return this.page.evaluate((which) => (globalThis as unknown as Offered).workbench.update(which), round);
  }

  /** The panel without the page's menu. */
  get panel() {
    return this.page.locator('main');
  }

  /** What is to be read in the panel. */
  text(): Promise<string> {
    return this.panel.innerText();
  }

  /** A picture of the panel; kept for people under this name where they asked for it. */
  async picture(name?: string): Promise<Buffer> {
    const file =
      PICTURES && name && path.join(PICTURES, 'panels', `${name.replaceAll(/[^\w.-]+/g, '-')}.png`);
    if (file) mkdirSync(path.dirname(file), { recursive: true });
    return this.panel
      .locator('> div')
      .first()
      .screenshot({ animations: 'disabled', ...(file && { path: file }) });
  }

  /** What panels asked of Grafana since the scene was shown: filters, places, ranges, toasts. */
  done(): Promise<{ kind: string; what: unknown }[]> {
    return this.page.evaluate(() => (globalThis as unknown as Offered).workbench.done);
  }

  /** What makes the page seriously hard to use without a mouse or without eyes. */
  barriers(): Promise<string[]> {
    return this.page.evaluate(() => (globalThis as unknown as Offered).workbench.barriers());
  }

  /** Whether a script in a text ran. */
  hit(): Promise<boolean> {
    return this.page.evaluate(() => 'hit' in globalThis);
  }

  /** Errors and warnings since they were taken last. */
  takeComplaints(): string[] {
    return this.#complaints.splice(0);
  }
}
