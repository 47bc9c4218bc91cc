'use strict';
/* global document, Image -- what runs in the page */

// Takes a picture of every dashboard of the suite in the Grafana at GRAFANA_URL, for docs/dashboards.md, and tells what
// failed on the way: panels, requests, errors of the page. `npm run screenshots [-- uid …]`; PICTURES_DIR keeps them elsewhere.

const fs = require('node:fs');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { BROWSER_ARGUMENTS, browserPath } = require('./page.cjs');
const { root } = require('./setup.cjs');

/** Pixels: what a laptop shows, and the height that a picture is cut to. */
const WIDTH = 1280;
const MOST_HEIGHT = 2600;

/** Quality of WebP, of 1, at which small text is still sharp. */
const QUALITY = 0.8;

/** How long, in milliseconds, a dashboard may take until nothing is loaded any more, and panels to be drawn after it. */
const LOADING = 60_000;
const DRAWING = 1_500;

const url = process.env.GRAFANA_URL?.replace(/\/+$/, '');
const { GRAFANA_ADMIN_USER: user = 'admin', GRAFANA_ADMIN_PASSWORD: password = 'admin' } = process.env;
const Authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const folder = process.env.PICTURES_DIR ?? path.join(root, 'docs', 'dashboards');

async function main() {
  if (!url) throw new Error('GRAFANA_URL is not set: start a Grafana with npm run grafana');
  const wanted = process.argv.slice(2);
  const found = await grafana('/api/search?type=dash-db&tag=pmta-watchtower');
  const uids = found.map(({ uid }) => uid).filter((uid) => wanted.length === 0 || wanted.includes(uid));
  if (uids.length === 0) throw new Error(`the Grafana at ${url} has none of these dashboards`);
  fs.mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({
    executablePath: browserPath(),
    args: [...BROWSER_ARGUMENTS, '--hide-scrollbars'],
  });
  try {
    const viewport = { width: WIDTH, height: 900 };
    const context = await browser.newContext({ viewport, extraHTTPHeaders: { Authorization } });
    for (const uid of uids.sort()) {
      const page = await context.newPage();
      const faults = await takePicture(page, uid);
      await page.close();
      console.log([uid, ...faults].join('\n  '));
      if (faults.length > 0) process.exitCode = 1;
    }
  } finally {
    await browser.close();
  }
}

/** Opens a dashboard, keeps its picture, and gives what went wrong. */
async function takePicture(page, uid) {
  const faults = [];
  page.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`));
  await page.goto(`${url}/d/${uid}?kiosk&${await chosen(uid)}`, { waitUntil: 'domcontentloaded' });
  await page.getByRole('heading', { name: 'Newest event', exact: true }).waitFor({ timeout: LOADING });
  // Grafana draws what is in sight: the whole dashboard has to be.
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: WIDTH, height: Math.min(height, MOST_HEIGHT) });
  await page.waitForLoadState('networkidle', { timeout: LOADING }).catch(() => undefined);
  await page.waitForTimeout(DRAWING);
  for (const text of await page.getByTestId(/^data-testid Panel status error/).allInnerTexts())
    faults.push(`panel: ${text}`);
  for (const text of await page
    .getByText(/Panel plugin not found|An unexpected error happened/)
    .allInnerTexts())
    faults.push(`panel: ${text}`);
  const png = await page.screenshot();
  fs.writeFileSync(path.join(folder, `${uid}.webp`), await webp(page, png));
  return faults;
}

/** What of a dashboard is looked at where it is about one thing. */
async function chosen(uid) {
  if (uid === 'pmta-vmta') return 'var-vmta=VMTA-5';
  if (uid !== 'pmta-message') return '';
  const query = {
    refId: 'A',
    queryType: 'messages',
    limit: 500,
    datasource: { type: 'pmta-watchtower-datasource' },
  };
  const [datasource] = (await grafana('/api/datasources')).filter(
    ({ type }) => type === query.datasource.type,
  );
  const { results } = await grafana('/api/ds/query', {
    from: 'now-24h',
    to: 'now',
    queries: [{ ...query, datasource: { ...query.datasource, uid: datasource.uid } }],
  });
  const { schema, data } = results.A.frames[0];
  const column = (name) => data.values[schema.fields.findIndex((field) => field.name === name)];
  const attempts = column('attempts');
  const most = attempts.indexOf(Math.max(...attempts));
  return `var-event=${column('id')[most]}`;
}

async function grafana(place, body) {
  const response = await fetch(`${url}${place}`, {
    headers: { Authorization, 'Content-Type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${place} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** The browser itself makes WebP of a picture: a third of its size. */
async function webp(page, png) {
  await page.goto('about:blank');
  const encoded = await page.evaluate(
    async ([text, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${text}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      canvas.getContext('2d').drawImage(image, 0, 0);
      return canvas.toDataURL('image/webp', quality).split(',')[1];
    },
    [png.toString('base64'), QUALITY],
  );
  return Buffer.from(encoded, 'base64');
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
