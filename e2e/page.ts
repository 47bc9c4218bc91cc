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
  const files = bundled();
  const server = createServer((request, response) => {
    answer(request, response, { api, range, files }).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.closeAllConnections() ?? server.close() };
}

/** What the page loads by name: the shared packages and the page itself, its styles, and the code editor's worker. */
function bundled(): ReadonlyMap<string, Uint8Array> {
  const { outputFiles } = buildSync({
    entryPoints: {
      host: path.join(PLUGIN, 'browser/host.tsx'),
      // The version that Grafana's components bring.
      'editor.worker': require.resolve('monaco-editor/esm/vs/editor/editor.worker.js', {
        paths: [path.join(PLUGIN, 'node_modules/@grafana/ui'), PLUGIN],
      }),
    },
    bundle: true,
    write: false,
    outdir: PLUGIN,
    format: 'iife',
    platform: 'browser',
    // Packages inside the script must not take the loader's `define`, which is for plugins, for their own.
    define: { 'process.env.NODE_ENV': '"production"', define: 'undefined' },
    loader: { '.svg': 'text', '.ttf': 'dataurl' },
    logLevel: 'error',
  });
  return new Map(outputFiles.map(({ path: file, contents }) => [`/${path.basename(file)}`, contents]));
}

/** The types of what was bundled. */
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css' };

interface Page {
  readonly api: string;
  readonly range: { readonly from: number; readonly to: number };
  readonly files: ReadonlyMap<string, Uint8Array>;
}

async function answer(request: IncomingMessage, response: ServerResponse, page: Page): Promise<void> {
  const { pathname, search } = new URL(request.url ?? '/', 'http://page');
  const resource = /^\/api\/datasources\/uid\/[^/]+\/resources(\/.*)$/.exec(pathname)?.[1];
  const file = page.files.get(pathname);
  if (pathname === '/') send(response, 'text/html', PAGE);
  else if (file) send(response, TYPES[path.extname(pathname)] ?? '', file);
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

const PAGE = `<!doctype html><html lang="en"><title>Editors</title><link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/host.css"><body>
<script>
window.grafanaBootData = ${JSON.stringify(BOOT)};
window.MonacoEnvironment = { getWorker: () => new Worker('/editor.worker.js') };
</script><script src="/host.js"></script></body></html>`;
const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"></svg>';
