import { lstat } from 'node:fs/promises';
import type { AfterLoad } from './folder';
import { DropFolder, type FolderFile, type LoadOutcome, type Timing } from './folder';
import type { IngestService } from './service';
import type { FileRecord } from './types';

/** Where logs are dropped and what becomes of them. */
export interface DropSettings {
  dropDir: string;
  afterLoad: AfterLoad;
  /** Days that .done keeps files. */
  doneDays: number;
  timing?: Partial<Timing>;
}

/** Loads are only queued side by side, and small files share commits, so many are better than few. */
const PARALLEL_LOADS = 500;

/** Watches the drop folder and loads what comes in; `log` is told of troubles. */
export async function watchFolder(
  service: IngestService,
  settings: DropSettings,
  log: (line: string) => void,
): Promise<{ close(): Promise<void> }> {
  const folder = new DropFolder({
    folder: settings.dropDir,
    afterLoad: settings.afterLoad,
    doneDays: settings.doneDays,
    parallelLoads: PARALLEL_LOADS,
    ...(settings.timing && { timing: settings.timing }),
    load: (file) => load(service, file),
    follow: (file, { finished, truncated }) => service.follower.follow(file, { finished, truncated }),
    moved: (from, to) => service.relocate(from, to),
    irregular: ({ path, node }) => void service.refuse(path, { node, origin: 'folder' }),
    problem: log,
  });
  await service.follower.concludeVanished(settings.dropDir);
  await folder.start();
  return folder;
}

async function load(service: IngestService, file: FolderFile): Promise<LoadOutcome> {
  const { ctimeMs } = await lstat(file.path);
  const before = service.knownAt(file.path, { ...file, ctimeMs });
  if (before?.status === 'following') return 'following';
  if (before && before.done === undefined) return 'loaded';
  const records = before?.done
    ? await before.done
    : await (
        await service.submit(file.path, { node: file.node, origin: 'folder' })
      ).done;
  return outcomeOf(records);
}

/** An archive counts as loaded when any of its members does. */
function outcomeOf(records: readonly FileRecord[]): LoadOutcome {
  const statuses = records.map(({ status }) => status);
  if (statuses.some((status) => status === 'queued' || status === 'loading'))
    throw new Error('the service stops');
  if (statuses.some((status) => status === 'loaded' || status === 'loaded_with_errors')) return 'loaded';
  if (statuses.every((status) => status === 'duplicate')) return 'duplicate';
  return { refused: records.map(({ name, status, message }) => `${name}: ${status}: ${message}`).join('\n') };
}
