'use strict';

// Grafana's plugins: which there are, how their parts for the browser are bundled, how the datasource's backend is built,
// and how it is spoken to as Grafana does.

const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { spawn, spawnSync } = require('node:child_process');
const { root, run } = require('./setup.cjs');

/** Every plugin's folder has tests and types of its own set-up; the panels share theirs. */
const PLUGIN_FOLDERS = ['grafana-datasource', 'grafana-panels'];

/** What is bundled for the browser, each whole in its own dist/. */
const PANELS = fs
  .readdirSync(path.join(root, 'grafana-panels'))
  .map((name) => `grafana-panels/${name}`)
  .filter((folder) => fs.existsSync(path.join(root, folder, 'src/plugin.json')));
const PLUGINS = ['grafana-datasource', ...PANELS];

/** What plugin.json of a plugin's folder says. */
function metadataOf(plugin) {
  return JSON.parse(fs.readFileSync(path.join(root, plugin, 'src/plugin.json'), 'utf8'));
}

/** The bundler's configuration as the scaffold has it, which all plugins share. */
const BUNDLER = path.join(root, 'grafana-datasource/.config/webpack/webpack.config.ts');

/** The browser's part of a plugin, in its dist/ with the files that stand beside it. */
function bundle(plugin) {
  const folder = path.join(root, plugin);
  run(
    process.execPath,
    [path.join(root, 'node_modules/webpack-cli/bin/cli.js'), '-c', BUNDLER, '--env', 'production'],
    {
      cwd: folder,
      // What the bundler says goes where errors go: standard output is for counts.
      stdio: ['ignore', 2, 2],
      // The scaffold's configuration is TypeScript for a module system that Node does not read by itself.
      env: { ...process.env, TS_NODE_COMPILER_OPTIONS: '{"module":"commonjs","moduleResolution":"node"}' },
    },
  );
  if (plugin === PLUGINS[0]) addRunbooks(path.join(folder, 'dist/runbooks'));
}

/** The pages that alerts lead to: Grafana hands out a plugin's files to whoever has the link, as text that a phone shows. */
function addRunbooks(target) {
  const pages = path.join(root, 'docs/runbooks');
  fs.mkdirSync(target, { recursive: true });
  for (const page of fs.readdirSync(pages))
    fs.copyFileSync(path.join(pages, page), path.join(target, page.replace(/\.md$/, '.txt')));
}

/** Whether Go is there, which only the datasource's backend needs. */
function hasGo() {
  return spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;
}

const FOLDER = path.join(root, 'grafana-datasource');

/** What Go calls this machine. */
const HERE = [process.platform, { x64: 'amd64' }[process.arch] ?? process.arch];

function binaryOf(os, arch) {
  const { executable } = metadataOf('grafana-datasource');
  return path.join(FOLDER, 'dist', `${executable}_${os}_${arch}`);
}

/** Builds the backend into the plugin's dist/, for this machine or another. Needs Go. */
function buildBackend(os = HERE[0], arch = HERE[1]) {
  run('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', binaryOf(os, arch), './pkg'], {
    cwd: FOLDER,
    // Standard output is for counts.
    stdio: ['ignore', 2, 2],
    env: { ...process.env, CGO_ENABLED: '0', GOOS: os, GOARCH: arch },
  });
}

/** Starts the built backend under the host of grafana-datasource/host. Throws where it was not built. */
function openHost() {
  const binary = binaryOf(...HERE);
  if (!fs.existsSync(binary)) throw new Error(`${path.relative(root, binary)} is not there: npm run build`);
  return new Host(
    spawn('go', ['run', './host', binary], { cwd: FOLDER, stdio: ['pipe', 'pipe', 'inherit'] }),
  );
}

/** Calls to the backend, as many at a time as one likes. */
class Host {
  #child;
  #ended;
  #waiting = new Map();
  #calls = 0;

  constructor(child) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    // A call that is written after the end is told of by the end itself.
    child.stdin.on('error', () => undefined);
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      const { id, result, error } = JSON.parse(line);
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    });
    void this.#ended.then((code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the host ended with ${code}`));
    });
  }

  /** Makes one call, as host/calls.go has them. Rejects with what the plugin protocol said. */
  call(call, params) {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ id, call, params })}\n`);
    });
  }

  /** Ends the backend; gives how the host ended. */
  close() {
    this.#child.stdin.end();
    return this.#ended;
  }
}

module.exports = { PLUGIN_FOLDERS, PLUGINS, PANELS, metadataOf, bundle, hasGo, buildBackend, openHost };
