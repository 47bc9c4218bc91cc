import { defineConfig, devices } from '@playwright/test';
import type { PluginOptions } from '@grafana/plugin-e2e';
import { BROWSER_ARGUMENTS, browserPath } from '../../scripts/page.cjs';
import { Grafana } from './grafana';

const executablePath = browserPath();
if (!executablePath) throw new Error('Chromium is not installed: set CHROMIUM_PATH');

export default defineConfig<PluginOptions>({
  globalSetup: './setup.ts',
  forbidOnly: Boolean(process.env['CI']),
  // One after the other: they share one Grafana and one service.
  workers: 1,
  retries: 0,
  // What takes longer is broken; a busy machine is not.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: 'list',
  outputDir: 'test-results',
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1500, height: 1000 },
    // Not a cookie: Grafana turns one over every ten minutes, and the next test would come with an old one.
    extraHTTPHeaders: { Authorization: Grafana.fromEnvironment().authorization },
    baseURL: process.env['GRAFANA_URL'],
    actionTimeout: 60_000,
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      // The browser that is installed here: Playwright's own is never downloaded.
      executablePath,
      args: BROWSER_ARGUMENTS,
    },
  },
});
