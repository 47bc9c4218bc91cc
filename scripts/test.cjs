'use strict';

// Runs every test and ends with one line that counts them. Further arguments go to jest.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { SERVICE, build, install, root } = require('./setup.cjs');

install('everything');
build(...SERVICE, 'bench');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'watchtower-test-'));
const report = path.join(folder, 'results.json');
const { status } = spawnSync(
  process.execPath,
  [
    path.join(root, 'node_modules/jest/bin/jest.js'),
    '--json',
    `--outputFile=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
);
const results = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : undefined;
fs.rmSync(folder, { recursive: true });

// A test file that could not even be read counts as one failure; so does a run without results.
const failed = results ? results.numFailedTests + results.numRuntimeErrorTestSuites : 1;
const skipped = results ? results.numPendingTests + results.numTodoTests : 0;
process.exitCode = status === 0 && failed === 0 ? 0 : 1;
console.log(`${results?.numPassedTests ?? 0} passed, ${failed} failed, ${skipped} skipped`);
