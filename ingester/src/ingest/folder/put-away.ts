import { lstat, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DONE, FAILED } from './names';
import type { DropFolderOptions } from './options';
import { isReadOnly, moveInto, writeReason } from './shelf';
import { identityOf, sightOf } from './tracker';
import type { Tracked, Tracker } from './tracker';
import { openForWriting } from './writers';

/** Puts loaded and refused files away, as the setting says; those that somebody writes to stay until they are closed. */
export async function putAway(
  files: Tracked[],
  options: Pick<DropFolderOptions, 'folder' | 'afterLoad' | 'moved'>,
  tracker: Tracker,
  failed: (file: Tracked, error: Error) => void,
): Promise<void> {
  if (options.afterLoad === 'keep') return files.forEach(settle);
  const written = await openForWriting(new Set(files.map((file) => basename(file.path))));
  for (const file of files) {
    if (written.has(identityOf(file))) {
      failed(file, new Error('a process has it open for writing'));
      continue;
    }
    try {
      await putOneAway(file, options, tracker);
    } catch (error) {
      if (isReadOnly(error)) settle(file);
      else failed(file, error as Error);
    }
  }
}

async function putOneAway(
  file: Tracked,
  { folder, afterLoad, moved }: Pick<DropFolderOptions, 'folder' | 'afterLoad' | 'moved'>,
  tracker: Tracker,
): Promise<void> {
  if (!(await isUnchanged(file))) return;
  const refused = file.state.phase === 'refused';
  if (afterLoad === 'delete' && !refused) {
    await unlink(file.path);
    tracker.forget(file);
    return;
  }
  const from = file.path;
  const to = await moveInto(join(folder, refused ? FAILED : DONE, file.node), from);
  file.putAwayAt = Date.now();
  settle(file);
  file.state = { ...file.state, putAway: true };
  const stats = await lstat(to, { bigint: true });
  // An archive does not grow, and a copy on another device is not what a writer would have open.
  if (file.state.kind === 'plain' && identityOf(stats) === identityOf(file)) tracker.relocate(file, to);
  else tracker.forget(file);
  moved(from, to);
  if (refused) await writeReason(to, file.reason);
}

/** The last look before the rename: the next look takes up what has changed. */
async function isUnchanged(file: Tracked): Promise<boolean> {
  const stats = await lstat(file.path, { bigint: true });
  const { size, mtimeMs } = sightOf(stats);
  return identityOf(stats) === identityOf(file) && size === file.state.size && mtimeMs === file.state.mtimeMs;
}

function settle(file: Tracked): void {
  file.state = { ...file.state, phase: 'settled' };
}
