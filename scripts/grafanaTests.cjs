'use strict';

// The tests in a real Grafana: `npm run e2e:grafana` runs them alone, `npm test` with all others. GRAFANA_URL says where it is.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { SERVICE, build, install, root } = require('./setup.cjs');

/** Runs them and counts; where there is no Grafana they are one skipped test. `args` go to Playwright. */
function grafanaTests(args = []) {
  if (!process.env.GRAFANA_URL) {
    console.error('The tests in Grafana are skipped: GRAFANA_URL is not set.');
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'watchtower-grafana-'));
  const report = path.join(scratch, 'results.json');
  const { status } = spawnSync(
    process.execPath,
    [require.resolve('@playwright/test/cli'), 'test', '--reporter=list,json', ...args],
    {
      cwd: path.join(root, 'e2e/grafana'),
      // What it tells goes where errors go: standard output is for counts.
      stdio: ['ignore', 2, 2],
      env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
    },
  );
  const stats = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')).stats : undefined;
  fs.rmSync(scratch, { recursive: true });
  if (!stats) return { passed: 0, failed: 1, skipped: 0 };
  const failed = stats.unexpected + stats.flaky;
  // A set-up that fails is no test of its own.
  return {
    passed: stats.expected,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: stats.skipped,
  };
}

module.exports = { grafanaTests };

if (require.main === module) {
  if (process.env.GRAFANA_URL) {
    install('everything');
    build(...SERVICE);
  }
  const { passed, failed, skipped } = grafanaTests(process.argv.slice(2));
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
}
