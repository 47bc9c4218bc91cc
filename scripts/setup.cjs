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

/** Becomes the `watchtower` command with these arguments. */
function watchtower(...args) {
  process.argv.splice(1, Infinity, path.join(root, 'ingester/bin/watchtower.cjs'), ...args);
  require(process.argv[1]);
}

module.exports = { root, SERVICE, install, build, run, watchtower };
