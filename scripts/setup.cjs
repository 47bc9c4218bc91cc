'use strict';

// What the other scripts share: install what is missing, build what is out of date. Nothing but Node and npm is
// needed, and nothing asynchronous happens here.

const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

const root = path.join(__dirname, '..');

/** Workspaces the service runs from; the others are for tests, benchmarks and plugins. */
const SERVICE = ['generator', 'ingester'];

/** Runs a program with this terminal and ends this process with its exit code where it fails. */
function run(file, args, options = {}) {
  const { status, signal, error } = spawnSync(file, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
  if (error) throw error;
  if (status !== 0) process.exit(signal ? 1 : status);
}

function npm(...args) {
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.[cm]?js$/.test(cli)) run(process.execPath, [cli, ...args]);
  else run('npm', args, { shell: process.platform === 'win32' });
}

/**
 * Installs packages where what stands in node_modules is not what the lockfile says.
 * @param {'service' | 'everything'} scope
 */
function install(scope) {
  const installed = readJson('node_modules/.package-lock.json')?.packages ?? {};
  const locked = readJson('package-lock.json').packages;
  const wanted = scope === 'service' ? closure(locked, SERVICE) : Object.keys(locked);
  const missing = wanted.filter((place) => !isInstalled(place, locked[place], installed[place]));
  if (missing.length === 0) return;
  console.error(`Installing packages (${missing.length} missing or out of date) ...`);
  const whole = scope === 'everything' || Object.values(installed).some((entry) => entry.dev);
  if (whole) npm('ci', '--include=dev');
  else
    npm(
      'ci',
      ...SERVICE.map((name) => `--workspace=${name}`),
      '--include-workspace-root=false',
      '--omit=dev',
    );
}

/** Optional packages are those of other platforms; an entry that is not under node_modules is a workspace itself. */
function isInstalled(place, wanted, found) {
  if (wanted.optional || !place.includes('node_modules/')) return true;
  if (wanted.link) return fs.existsSync(path.join(root, place));
  return (
    found !== undefined &&
    found.version === wanted.version &&
    fs.existsSync(path.join(root, place, 'package.json'))
  );
}

/** Places in the lockfile of everything that workspaces need to run. */
function closure(locked, workspaces) {
  const seen = new Set();
  const visit = (place) => {
    if (seen.has(place)) return;
    seen.add(place);
    const entry = locked[place];
    if (entry.link) visit(entry.resolved);
    for (const name of Object.keys(entry.dependencies ?? {})) visit(resolve(locked, place, name));
  };
  workspaces.forEach(visit);
  return [...seen];
}

/** Where a package finds another one: in its own node_modules, else in those of the folders above. */
function resolve(locked, place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const candidate = (folder === '' ? '' : folder + '/') + 'node_modules/' + name;
    if (locked[candidate]) return candidate;
    if (folder === '') throw new Error(`package-lock.json has no entry for ${name}, which ${place} needs`);
  }
}

function readJson(file) {
  const full = path.join(root, file);
  return fs.existsSync(full) ? JSON.parse(fs.readFileSync(full, 'utf8')) : undefined;
}

/** Compiles the given projects and those they refer to, where their sources are newer than what was built. */
function build(...projects) {
  for (const project of projects) {
    const dist = path.join(root, project, 'dist');
    // The compiler trusts its own notes; without them it builds anew.
    if (!fs.existsSync(dist)) fs.rmSync(path.join(root, project, 'tsconfig.tsbuildinfo'), { force: true });
  }
  run(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '--build', ...projects]);
}

/** Every plugin's folder has tests and types of its own set-up; the panels share theirs. */
const PLUGIN_FOLDERS = ['grafana-datasource', 'grafana-panels'];

/** What is bundled for the browser, each whole in its own dist/. */
const PLUGINS = ['grafana-datasource', ...panels()];

function panels() {
  return fs
    .readdirSync(path.join(root, 'grafana-panels'))
    .map((name) => `grafana-panels/${name}`)
    .filter((folder) => fs.existsSync(path.join(root, folder, 'src/plugin.json')));
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

/** Becomes the `watchtower` command with these arguments. */
function watchtower(...args) {
  process.argv.splice(1, Infinity, path.join(root, 'ingester/bin/watchtower.cjs'), ...args);
  require(process.argv[1]);
}

module.exports = { root, SERVICE, PLUGINS, PLUGIN_FOLDERS, install, build, bundle, hasGo, run, watchtower };
