'use strict';

// Runs every test and ends with one line that counts them. With arguments, which go to jest, only the service's.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { grafanaTests } = require('./grafanaTests.cjs');
const { PLUGINS, PLUGIN_FOLDERS, buildBackend, bundle, hasGo } = require('./plugin.cjs');
const { SERVICE, build, install, root } = require('./setup.cjs');

const wanted = process.argv.slice(2);
install('everything');
build(...SERVICE, 'bench');
// The browser's tests, and those of what is shipped, look at what was built.
PLUGINS.forEach(bundle);
if (hasGo()) buildBackend();

const counts = [jest('.', wanted)];
if (wanted.length === 0) {
  for (const folder of PLUGIN_FOLDERS) counts.push(jest(folder, []));
  counts.push(go('grafana-datasource'));
  counts.push(grafanaTests());
}
const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((name) =>
  counts.reduce((sum, count) => sum + count[name], 0),
);
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);

/** A test file that could not even be read counts as one failure; so does a run without results, or one that says it failed. */
function jest(folder, args) {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'watchtower-test-'));
  const report = path.join(scratch, 'results.json');
  const cwd = path.join(root, folder);
  const { status } = spawnSync(
    process.execPath,
    [
      path.join(path.dirname(require.resolve('jest/package.json', { paths: [cwd] })), 'bin/jest.js'),
      '--json',
      `--outputFile=${report}`,
      ...args,
    ],
    { cwd, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const results = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : undefined;
  fs.rmSync(scratch, { recursive: true });
  if (!results) return { passed: 0, failed: 1, skipped: 0 };
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

/** The backend's tests, each with its cases; where Go is missing they are one skipped test. */
function go(folder) {
  if (!hasGo()) {
    console.error(`Go is not installed: the tests of ${folder}/pkg are skipped.`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const { status, stdout } = spawnSync('go', ['test', '-json', './...'], {
    cwd: path.join(root, folder),
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 256 * 1024 * 1024,
    encoding: 'utf8',
  });
  const events = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const ended = (action) => events.filter(({ Action, Test }) => Action === action && Test !== undefined);
  const broken = new Set(ended('fail').map(({ Package, Test }) => `${Package} ${Test}`));
  for (const { Action, Package, Test, Output } of events) {
    const own = broken.has(`${Package} ${Test}`) || Action === 'build-output';
    // The plugin's own log lines say nothing about a test.
    if (own && Output && !Output.startsWith('{')) process.stderr.write(Output);
  }
  return {
    passed: ended('pass').length,
    failed: status !== 0 && broken.size === 0 ? 1 : broken.size,
    skipped: ended('skip').length,
  };
}
