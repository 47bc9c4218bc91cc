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
  { folder, afterLoad }: Pick<DropFolderOptions, 'folder' | 'afterLoad'>,
  tracker: Tracker,
  failed: (file: Tracked, error: Error) => void,
): Promise<void> {
  if (afterLoad === 'keep') return files.forEach(settle);
  const plain = files.filter((file) => file.state.kind === 'plain');
  const written =
    plain.length > 0 ? await openForWriting(new Set(plain.map((file) => basename(file.path)))) : new Set();
  for (const file of files) {
    if (written.has(identityOf(file))) {
      failed(file, new Error('a process has it open for writing'));
      continue;
    }
    try {
      await putOneAway(file, folder, afterLoad, tracker);
    } catch (error) {
      if (isReadOnly(error)) settle(file);
      else failed(file, error as Error);
    }
  }
}

async function putOneAway(
  file: Tracked,
  folder: string,
  afterLoad: 'move' | 'delete',
  tracker: Tracker,
): Promise<void> {
  if (!(await isUnchanged(file))) return;
  const refused = file.state.phase === 'refused';
  if (afterLoad === 'delete' && !refused) {
    await unlink(file.path);
    tracker.forget(file);
    return;
  }
  const path = await moveInto(join(folder, refused ? FAILED : DONE, file.node), file.path);
  file.putAwayAt = Date.now();
  settle(file);
  file.state = { ...file.state, putAway: true };
  const moved = await lstat(path, { bigint: true });
  // An archive does not grow, and a copy on another device is not what a writer would have open.
  if (file.state.kind === 'plain' && identityOf(moved) === identityOf(file)) tracker.relocate(file, path);
  else tracker.forget(file);
  if (refused) await writeReason(path, file.reason);
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
