'use strict';

// Pages made of the packages that Grafana shares, in which built plugins run as Grafana runs them, and the calls that
// Grafana's server would take, answered by a running service.

const fs = require('node:fs');
const path = require('node:path');
const http = require('node:http');
const { Readable } = require('node:stream');
const { PLUGINS, metadataOf } = require('./plugin.cjs');
const { root } = require('./setup.cjs');

/** A browser that is installed here; undefined where there is none. */
function browserPath() {
  return [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find((file) => file && fs.existsSync(file));
}

/** How it is started: without a screen, and without its own calls home. */
const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Serves the page whose script is `script`, TypeScript that imports from the root. Questions are asked of the service at `api`,
 * over `range`.
 */
async function servePage({ script, api, key, range = lastDay(), port = 0 }) {
  const files = await bundled(script);
  const page = { files, api, key, range };
  const server = http.createServer((request, response) => {
    answer(request, response, page).catch((error) => {
      if (!response.headersSent) response.writeHead(502);
      response.end(String(error));
    });
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}/`, close };
}

function lastDay() {
  const to = Date.now();
  return { from: to - 86_400_000, to };
}

/** What the page loads by name: the shared packages and the page itself, its styles, and the code editor's worker. */
async function bundled(script) {
  const { build } = require('esbuild');
  const common = {
    bundle: true,
    write: false,
    outdir: root,
    format: 'iife',
    platform: 'browser',
    loader: { '.svg': 'text', '.ttf': 'dataurl' },
    logLevel: 'error',
    // Packages inside the script must not take the loader's `define`, which is for plugins, for their own.
    define: { 'process.env.NODE_ENV': '"production"', define: 'undefined' },
  };
  const built = await build({
    ...common,
    stdin: { contents: script, resolveDir: root, sourcefile: 'page.ts', loader: 'ts' },
    entryPoints: {
      // The version that Grafana's components bring.
      'editor.worker': require.resolve('monaco-editor/esm/vs/editor/editor.worker.js', {
        paths: [path.join(root, 'node_modules/@grafana/ui')],
      }),
    },
  });
  return new Map(
    built.outputFiles.map(({ path: file, contents }) => [
      `/${path.basename(file).replace('stdin', 'page')}`,
      contents,
    ]),
  );
}

const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

async function answer(request, response, page) {
  const { pathname, search } = new URL(request.url, 'http://page');
  const resource = /^\/api\/datasources\/uid\/[^/]+\/resources(\/.*)$/.exec(pathname)?.[1];
  const file = page.files.get(pathname) ?? shippedFile(pathname);
  if (pathname === '/') send(response, 'text/html', pageOf(page));
  else if (file) send(response, TYPES[path.extname(pathname)] ?? 'application/octet-stream', file);
  else if (pathname.endsWith('.svg')) send(response, 'image/svg+xml', NO_PICTURE);
  else if (pathname === '/api/search') send(response, 'application/json', '[]');
  else if (page.api === undefined) response.writeHead(404).end();
  else if (resource !== undefined) await pass(request, response, page, `/api${resource}${search}`);
  else if (/^\/api\/datasources\/proxy\/uid\/[^/]+\/upload$/.test(pathname))
    await pass(request, response, page, `/api/files/upload${search}`);
  else if (pathname === '/api/ds/query') {
    const { queries } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    await pass(request, response, page, '/api/query', JSON.stringify({ ...page.range, queries }));
  } else response.writeHead(404).end();
}

/** What a plugin was built to, or one of Grafana's icons. */
function shippedFile(pathname) {
  const [, id, name] = /^\/public\/plugins\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
  const plugin = PLUGINS.find((folder) => metadataOf(folder).id === id);
  if (plugin) return within(path.join(root, plugin, 'dist'), name);
  const icon = /^\/public\/build\/(img\/icons\/.+\.svg)$/.exec(pathname)?.[1];
  return icon && within(path.join(root, 'node_modules/@grafana/ui/dist/public'), icon);
}

function within(folder, name) {
  const file = path.join(folder, name);
  return file.startsWith(folder + path.sep) && fs.existsSync(file) ? fs.readFileSync(file) : undefined;
}

/** Passes a call on to the service as it came, uploads as they come in. */
async function pass(request, response, { api, key }, target, body) {
  const bare = request.method === 'GET' || request.method === 'HEAD';
  const type = request.headers['content-type'];
  const answered = await fetch(new URL(target, api), {
    method: request.method,
    headers: { ...(type && { 'Content-Type': type }), ...(key && { Authorization: `Bearer ${key}` }) },
    ...(!bare && { body: body ?? Readable.toWeb(request), duplex: 'half' }),
  });
  response.writeHead(answered.status, {
    'Content-Type': answered.headers.get('content-type') ?? 'application/json',
  });
  response.end(Buffer.from(await answered.arrayBuffer()));
}

function send(response, type, body) {
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(body);
}

/** What Grafana writes into its own page for its packages. */
const BOOT = {
  settings: { featureToggles: {}, buildInfo: { version: '13.1.1' } },
  user: { theme: 'dark', orgRole: 'Admin', isSignedIn: true, timezone: 'utc' },
  navTree: [],
};

const pageOf = ({
  range,
}) => `<!doctype html><html lang="en"><title>Watchtower in the browser</title><link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/page.css"><body>
<script>
window.grafanaBootData = ${JSON.stringify(BOOT)};
window.__grafana_public_path__ = '/public/';
window.MonacoEnvironment = { getWorker: () => new Worker('/editor.worker.js') };
window.rangeOfPage = ${JSON.stringify(range)};
</script><script src="/page.js"></script></body></html>`;
const NO_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"></svg>';

module.exports = { BROWSER_ARGUMENTS, browserPath, servePage };
