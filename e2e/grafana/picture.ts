import type { Page } from '@playwright/test';
import path from 'node:path';

/** Where pictures are put, for people to look at; nowhere without it. */
const FOLDER = process.env['PICTURES_DIR'];

/** A picture of what a person sees at this point of a test. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!FOLDER) return;
  // Graphs are drawn a moment after their data came.
  await page.waitForTimeout(1500);
  await page.screenshot({ path: path.join(FOLDER, `grafana-${name}.png`) });
}
