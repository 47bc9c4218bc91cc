import { existsSync } from 'node:fs';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { writeAcctLog } from './logs';
import type { Plan } from './plan';
import { withProcess } from './process';

/** Days of logs that are generated; their events are repeated over thirty. */
const LOGGED_DAYS = 3;

/** Stands in a folder whose store is complete. */
const BUILT = 'built';

/** The data directory of the store of so many events. */
export function storeOf(folder: string, size: number): string {
  return join(folder, String(size));
}

/** Builds the stores that are not there, before anything is asked; what building them took, by size. */
export async function buildAll(folder: string, plan: Plan['queries']): Promise<Map<number, unknown>> {
  const builds = new Map<number, unknown>();
  const isBuilt = (size: number) => existsSync(join(storeOf(folder, size), BUILT));
  for (const size of [...plan.sizes].sort((a, b) => a - b)) {
    if (isBuilt(size)) continue;
    const smaller = plan.sizes.filter((other) => other < size && isBuilt(other));
    builds.set(size, await build(folder, size, plan, smaller.length > 0 ? Math.max(...smaller) : undefined));
  }
  return builds;
}

/**
 * Builds a store of about so many events, out of a smaller one where there is one, and merges it, so that no merge runs
 * beside the questions.
 */
async function build(folder: string, size: number, plan: Plan['queries'], smaller: number | undefined) {
  const dataDir = storeOf(folder, size);
  const start = performance.now();
  await mkdir(dataDir, { recursive: true });
  if (smaller !== undefined)
    await cp(join(storeOf(folder, smaller), 'store'), join(dataDir, 'store'), { recursive: true });
  return withProcess(dataDir, async (subject) => {
    const paths: string[] = [];
    for (let day = 0; day < LOGGED_DAYS && smaller === undefined; day++)
      paths.push((await writeAcctLog(folder, plan.bytesPerDay, day, 'mixed')).path);
    const loaded = paths.length > 0 ? await subject.call('load', { paths }) : undefined;
    for (const path of paths) await rm(path);
    const events = await subject.call('multiply', { events: size });
    const tables = await subject.call('storage', { optimise: true });
    await writeFile(join(dataDir, BUILT), '');
    return { loaded, events, tables, seconds: (performance.now() - start) / 1000 };
  });
}
