import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadRules } from '../formats';
import { openStore, type Store } from '../store';
import { openIngest } from '.';
import type { CrashPlan, CrashReport } from './crash.testkit';
import { countedEvents, doubledLines, driftOfRollups } from './recount.testkit';

/** Loads files and perhaps deletes some, as the service would, and ends itself where the plan says. */
async function main(plan: CrashPlan): Promise<void> {
  const { kill } = plan;
  const die = (where: string) => {
    writeFileSync(plan.marker, where);
    process.kill(process.pid, 'SIGKILL');
  };
  let left = kill?.n ?? 0;
  if (kill?.afterMs !== undefined && kill.step === undefined) setTimeout(() => die('timer'), kill.afterMs);
  const store = await openStore({ dataDir: plan.dataDir });
  const [losing] = await store.read<{ path: string }>(
    `SELECT data_paths[1] AS path FROM system.tables WHERE database = 'watchtower' AND name = '${kill?.losing ?? ''}'`,
  );
  if (losing) await store.write('SYSTEM STOP MERGES');
  const merged = plan.merging ? await mergeEvents(store) : 0;
  const ingest = await openIngest(store, loadRules(), {
    dataDir: plan.dataDir,
    timezone: 'UTC',
    keepHeaders: undefined,
    dedupe: 'skip',
    maxFileBytes: 1_000_000_000,
    onStep(step) {
      if (step !== kill?.step || --left !== 0) return;
      if (losing) rmSync(newestPart(losing.path), { recursive: true });
      if (kill.afterMs === undefined) die(step);
      else setTimeout(() => die(`${step} + ${kill.afterMs} ms`), kill.afterMs);
    },
  });
  await ingest.idle();
  const known = async () => (await ingest.list({ limit: 1000 })).files;
  for (const wave of plan.waves) {
    const names = new Set((await known()).map(({ name }) => name));
    const missing = wave.filter((path) => !names.has(basename(path)));
    await Promise.all(missing.map((path) => ingest.submit(path, { origin: 'cli' })));
    await ingest.idle();
  }
  for (const name of plan.deletions) {
    const file = (await known()).find((each) => each.name === name);
    if (file) await ingest.remove(file.id);
    await ingest.idle();
  }
  for (const name of plan.retries) {
    const file = (await known()).find((each) => each.name === name);
    if (file) await ingest.retry(file.id);
    await ingest.idle();
  }
  const [commits] = await store.read<{ open: number }>(
    `SELECT countIf(state = 'open') AS open FROM watchtower.commits FINAL`,
  );
  const report: CrashReport = {
    merged,
    events: await countedEvents(store),
    drift: await driftOfRollups(store),
    doubled: await doubledLines(store),
    openCommits: commits?.open ?? 0,
    files: (await known())
      .map(({ name, status, rows, events, duplicates, errors }) => ({
        name,
        status,
        rows,
        events,
        duplicates,
        errors,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
  await ingest.close();
  await store.close();
  writeFileSync(plan.report, JSON.stringify(report));
}

/** How many rows went away. */
async function mergeEvents(store: Store): Promise<number> {
  const rows = async () => {
    const [row] = await store.read<{ n: number }>('SELECT count() AS n FROM watchtower.events');
    return row?.n ?? 0;
  };
  const before = await rows();
  await store.write('OPTIMIZE TABLE watchtower.events FINAL');
  return before - (await rows());
}

function newestPart(table: string): string {
  const block = (part: string) => Number(part.split('_')[1]);
  const parts = readdirSync(table).filter((name) => /^\w+_\d+_\d+_0$/.test(name) && !name.startsWith('tmp'));
  return join(table, parts.sort((a, b) => block(b) - block(a))[0] ?? 'none');
}

main(JSON.parse(process.argv[2] ?? '') as CrashPlan).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
