import { defineConfig, devices } from '@playwright/test';
import type { PluginOptions } from '@grafana/plugin-e2e';
import path from 'node:path';
import { browserPath } from '../page';

/** What a sign-in leaves, in the folder that the suite is run in. */
const SIGNED_IN = 'playwright/.auth/admin.json';

const executablePath = browserPath();
if (!executablePath) throw new Error('Chromium is not installed: set CHROMIUM_PATH');

export default defineConfig<PluginOptions>({
  globalSetup: './setup.ts',
  forbidOnly: Boolean(process.env['CI']),
  // One after the other: they share one Grafana and one service.
  workers: 1,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  outputDir: 'test-results',
  use: {
    baseURL: process.env['GRAFANA_URL'],
    actionTimeout: 20_000,
    timezoneId: 'UTC',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      // The browser that is installed here: Playwright's own is never downloaded.
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
    },
  },
  projects: [
    {
      name: 'sign-in',
      testDir: path.join(path.dirname(require.resolve('@grafana/plugin-e2e')), 'auth'),
      testMatch: [/auth\.setup\.js$/],
    },
    {
      name: 'grafana',
      testDir: '.',
      dependencies: ['sign-in'],
      use: {
        ...devices['Desktop Chrome'],
        viewport: { width: 1500, height: 1000 },
        storageState: path.join(__dirname, SIGNED_IN),
      },
    },
  ],
});
