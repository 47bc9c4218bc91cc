import { constants } from 'node:fs';
import {
  copyFile,
  lstat,
  mkdir,
  readdir,
  rename,
  rm,
  rmdir,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const DAY_MS = 86_400_000;
const READ_ONLY = new Set(['EACCES', 'EPERM', 'EROFS']);

/** True for the error of a folder that may only be read, where files simply stay. */
export function isReadOnly(error: unknown): boolean {
  return READ_ONLY.has((error as NodeJS.ErrnoException).code ?? '');
}

/**
 * Moves a file into a folder, which is made if needed, and never over another file: a taken name gets a number before its
 * extension. Over a device border the file is copied, then removed.
 *
 * @returns the new path
 */
export async function moveInto(folder: string, path: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const target = await freeName(folder, basename(path));
  try {
    await rename(path, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await moveAcross(path, target);
  }
  return target;
}

/** Writes the reason of a refusal beside the refused file. */
export async function writeReason(path: string, reason: string): Promise<void> {
  await writeFile(`${path}.reason.txt`, `${reason}\n`);
}

/** Deletes files that were put into the folder more than `days` days ago, and sub-folders that are empty then. */
export async function removeOld(folder: string, days: number, now: number): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      await removeOld(path, days, now);
      await rmdir(path).catch(() => undefined); // Not empty: fails, as it should.
    } else {
      // The inode's own time of change is when it was moved here; the time of change of its content is the log's.
      const { ctimeMs } = await lstat(path);
      if (now - ctimeMs > days * DAY_MS) await rm(path, { force: true });
    }
  }
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function freeName(folder: string, name: string): Promise<string> {
  const [, stem, extension] = /^(.+?)((?:\.csv)?(?:\.[^.]*)?)$/i.exec(name) as RegExpExecArray;
  for (let number = 0; ; number++) {
    const path = join(folder, number === 0 ? name : `${stem}.${number}${extension}`);
    if (!(await exists(path)) && !(await exists(`${path}.reason.txt`))) return path;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Copies under a hidden name first, so that a crash or a full disk leaves no half file under the real one. */
async function moveAcross(path: string, target: string): Promise<void> {
  const partial = join(dirname(target), `.${basename(target)}.part`);
  try {
    const before = await lstat(path);
    await copyFile(path, partial, constants.COPYFILE_FICLONE);
    await utimes(partial, before.atime, before.mtime);
    const after = await lstat(path);
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs)
      throw new Error('the file changed while it was copied');
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  await unlink(path);
}
