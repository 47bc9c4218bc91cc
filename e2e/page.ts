import { buildSync } from 'esbuild';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const PLUGIN = path.resolve(__dirname, '../grafana-datasource');
const ASSETS = '/public/plugins/pmta-watchtower-datasource/';

/** A browser that is installed here; undefined where there is none. */
export function browserPath(): string | undefined {
  return [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find((file) => file && existsSync(file));
}

/** The page that holds the plugin's editors, and the calls that Grafana's backend would take, answered by the service at `api`. */
export async function servePage(
  api: string,
  range: { from: number; to: number },
): Promise<{ url: string; close: () => void }> {
  const script = bundled();
  const server = createServer((request, response) => {
    answer(request, response, { api, range, script }).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.closeAllConnections() ?? server.close() };
}

/** The shared packages and the page itself as one script. */
function bundled(): Uint8Array {
  const { outputFiles } = buildSync({
    entryPoints: [path.join(PLUGIN, 'browser/host.tsx')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    // Packages inside the script must not take the loader's `define`, which is for plugins, for their own.
    define: { 'process.env.NODE_ENV': '"production"', define: 'undefined' },
    // Styles and fonts in files are those of the code editor and of graphs, which are not shown here.
    loader: { '.svg': 'text', '.css': 'empty', '.ttf': 'empty' },
    logLevel: 'error',
  });
  const [script] = outputFiles;
  if (!script) throw new Error('the page was not bundled');
  return script.contents;
}

interface Page {
  readonly api: string;
  readonly range: { readonly from: number; readonly to: number };
  readonly script: Uint8Array;
}

async function answer(request: IncomingMessage, response: ServerResponse, page: Page): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://page');
  const resource = /^\/api\/datasources\/uid\/[^/]+\/resources(\/.*)$/.exec(pathname)?.[1];
  if (pathname === '/') send(response, 'text/html', PAGE);
  else if (pathname === '/host.js') send(response, 'text/javascript', page.script);
  else if (pathname.startsWith(ASSETS)) send(response, 'text/javascript', asset(pathname));
  // Grafana's icons are no part of the packages it shares.
  else if (pathname.endsWith('.svg')) send(response, 'image/svg+xml', ICON);
  else if (pathname === '/api/search') send(response, 'application/json', '[]');
  else if (resource !== undefined) await pass(response, `${page.api}/api${resource}${search}`);
  else if (pathname === '/api/ds/query') {
    const { queries } = JSON.parse(await bodyOf(request)) as { queries: object[] };
    const body = JSON.stringify({ ...page.range, queries });
    await pass(response, `${page.api}/api/query`, { method: 'POST', body });
  } else response.writeHead(404).end();
}

function asset(pathname: string): Uint8Array {
  return readFileSync(path.join(PLUGIN, 'dist', path.basename(pathname)));
}

async function pass(response: ServerResponse, url: string, init?: RequestInit): Promise<void> {
  const answered = await fetch(url, init);
  response.writeHead(answered.status, { 'Content-Type': 'application/json' });
  response.end(await answered.text());
}

function send(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.writeHead(200, { 'Content-Type': type }).end(body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** What Grafana writes into its own page for its packages. */
const BOOT = {
  settings: { featureToggles: {}, buildInfo: { version: '13.1.1' } },
  user: { theme: 'dark' },
  navTree: [],
};

const PAGE = `<!doctype html><html lang="en"><title>Editors</title><link rel="icon" href="/icon.svg"><body>
<script>window.grafanaBootData = ${JSON.stringify(BOOT)}</script><script src="/host.js"></script></body></html>`;
const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"></svg>';
