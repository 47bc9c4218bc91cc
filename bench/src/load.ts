import { stat } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import type { CommitResult, LoadResult } from './protocol';
import type { FileRecord, Parts, Store } from './service';

/** Measures `work`, which loads these files into the store. */
export async function measureLoad(
  store: Store,
  paths: readonly string[],
  work: () => Promise<void>,
): Promise<LoadResult> {
  let bytes = 0;
  for (const path of paths) bytes += (await stat(path)).size;
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const [events] = await store.read<{ n: number }>(
    'SELECT sum(sign) AS n FROM watchtower.events WHERE role = 0',
  );
  const [rollup] = await store.read<{ n: number }>(
    `SELECT sum(delivered) AS n FROM watchtower.dimension_hour WHERE dimension = 'all'`,
  );
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    bytes,
    events: events?.n ?? 0,
    rolledUp: rollup?.n ?? 0,
  };
}

/** Submits every file at once and waits until all are committed. Rejects where one is not loaded. */
export function loadAsService({ ingest, store }: Parts, paths: readonly string[]): Promise<LoadResult> {
  return measureLoad(store, paths, async () => {
    const submissions = await Promise.all(paths.map((path) => ingest.submit(path, { origin: 'folder' })));
    for (const { done } of submissions) allLoaded(await done);
  });
}

/** Loads a file; when its first commit was done. Rejects where it is not loaded. */
export async function commitAsService({ ingest }: Parts, path: string): Promise<CommitResult> {
  const commits: number[] = [];
  const stop = ingest.onCommit(() => commits.push(performance.timeOrigin + performance.now()));
  try {
    const files = await (await ingest.submit(path, { origin: 'folder' })).done;
    allLoaded(files);
    const [at] = commits;
    if (at === undefined) throw new Error(`${path} was loaded without a commit`);
    // Not the record's own count of events: repeated events stand under numbers that files get later.
    return { at, events: files.reduce((sum, { rows, duplicates }) => sum + rows - duplicates, 0) };
  } finally {
    stop();
  }
}

function allLoaded(files: readonly FileRecord[]): void {
  const refused = files.find(({ status }) => status !== 'loaded');
  if (refused) throw new Error(`${refused.name} is ${refused.status}: ${refused.message}`);
}
