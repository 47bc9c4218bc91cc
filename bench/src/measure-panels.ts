import { chromium, type CDPSession, type Page } from 'playwright-core';
import { BROWSER_ARGUMENTS, browserPath, servePage } from '../../scripts/page.cjs';
import { workbenchScript } from '../../scripts/panels.cjs';
import type { Measured } from './measure-load';
import type { Plan } from './plan';
import { median, percentile } from './stats';

/** As much as panels are ever asked to draw; scenes of their workbench.ts. */
const CASES = [
  { what: 'Sankey of 500 links', panel: 'pmta-sankey-panel', scene: '500 links' },
  { what: 'timeline of 5,000 bars', panel: 'pmta-timeline-panel', scene: '5,000 bars' },
  { what: 'pulse board of 500 cells', panel: 'pmta-pulse-panel', scene: '500 cells' },
] as const;

/** Milliseconds until the first picture, and until one with other rows; bytes of growth that are no leak. */
const TARGETS = { paint: 100, update: 30, growth: 2e6 };

/** What the workbench's page offers; see grafana-panels/workbench/host.tsx. */
interface Offered {
  workbench: {
    paint: (chosen: object) => Promise<number>;
    update: (round: number) => Promise<number>;
  };
}

/**
 * How long the built panels take until they are painted, from the frame in which they get their rows, and what they keep of it:
 * the heap after a collection, before and after many updates. Without a browser nothing is measured, and it is said.
 */
export async function measurePanels({ paints, updates }: Plan['panels']): Promise<Measured[]> {
  const executablePath = browserPath();
  if (executablePath === undefined) {
    const why = 'Chromium is not installed (CHROMIUM_PATH): the panels are not measured';
    process.stderr.write(`${why}\n`);
    return [{ figures: [], samples: why }];
  }
  const { url, close } = await servePage({ script: workbenchScript() });
  const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(url);
    const protocol = await page.context().newCDPSession(page);
    const found: Measured[] = [];
    for (const { what, ...chosen } of CASES) {
      const painted = await times(paints, () =>
        page.evaluate((scene) => (globalThis as unknown as Offered).workbench.paint(scene), {
          ...chosen,
          theme: 'dark',
          size: 'large',
        }),
      );
      // Caches fill in the first ones, which is no leak.
      const warm = await updateTimes(page, Math.ceil(updates / 10), 0);
      const before = await heap(protocol);
      const updated = await updateTimes(page, updates, warm.length);
      const growth = (await heap(protocol)) - before;
      found.push({
        figures: [
          {
            name: `${what}, first picture`,
            value: median(painted),
            unit: 'ms',
            target: { atMost: TARGETS.paint },
          },
          { name: `${what}, update`, value: median(updated), unit: 'ms', target: { atMost: TARGETS.update } },
          { name: `${what}, update, p95`, value: percentile(updated, 0.95), unit: 'ms' },
          {
            name: `${what}, heap after ${updates.toLocaleString('en')} updates`,
            value: growth / 1e6,
            unit: 'MB more',
            target: { atMost: TARGETS.growth / 1e6 },
          },
        ],
        samples: { what, painted, updated, growth },
      });
    }
    return found;
  } finally {
    await browser.close();
    close();
  }
}

function updateTimes(page: Page, count: number, from: number): Promise<number[]> {
  return times(count, (i) =>
    page.evaluate((round) => (globalThis as unknown as Offered).workbench.update(round), from + i + 1),
  );
}

async function times<T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let i = 0; i < count; i++) results.push(await work(i));
  return results;
}

/** Bytes in use after everything that nobody needs was collected. */
async function heap(protocol: CDPSession): Promise<number> {
  await protocol.send('HeapProfiler.collectGarbage');
  return (await protocol.send('Runtime.getHeapUsage')).usedSize;
}
