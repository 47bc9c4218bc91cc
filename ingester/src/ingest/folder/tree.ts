import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BigIntStats } from 'node:fs';
import { isHidden } from './names';

/** Files looked at side by side: more would only queue up in the thread pool before everybody else's work. */
const PARALLEL = 8;

/** One look at a path; no `stats` where nothing stands there. */
export interface Look {
  path: string;
  stats: BigIntStats | undefined;
}

/** Looks at each path. Where that fails for another reason than that nothing is there, there is no look. */
export async function lookAt(paths: Iterable<string>): Promise<Look[]> {
  const looks: Look[] = [];
  const waiting = new Set(paths).values();
  const worker = async (): Promise<void> => {
    for (const path of waiting) {
      try {
        looks.push({ path, stats: await lstat(path, { bigint: true }) });
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') looks.push({ path, stats: undefined });
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return looks;
}

/**
 * The paths below a folder, hidden names left out: what is no regular file, and regular files whose name `wanted` accepts.
 * `unreadable` is told of folders that cannot be listed.
 */
export async function pathsBelow(
  folder: string,
  wanted: (name: string) => boolean,
  unreadable: (folder: string, error: Error) => void,
): Promise<string[]> {
  const paths: string[] = [];
  const folders = [folder];
  for (let current = folders.pop(); current !== undefined; current = folders.pop()) {
    try {
      for (const entry of await readdir(current, { withFileTypes: true })) {
        if (isHidden(entry.name)) continue;
        const path = join(current, entry.name);
        if (entry.isDirectory()) folders.push(path);
        else if (!entry.isFile() || wanted(entry.name)) paths.push(path);
      }
    } catch (error) {
      unreadable(current, error as Error);
    }
  }
  return paths;
}
