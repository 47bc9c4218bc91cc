import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';

/** The access mode within the open flags of a file descriptor; 0 is read-only. */
const ACCESS_MODE = 0o3;

/**
 * The files among `names` (base names) that some process has open for writing, as `dev:ino`. Sees what /proc shows to
 * this user: processes of others, of other containers and hosts stay unseen, and so does everything where there is no /proc.
 */
export async function openForWriting(names: ReadonlySet<string>): Promise<Set<string>> {
  const found = new Set<string>();
  for (const pid of (await list('/proc')).filter((name) => /^\d+$/.test(name))) {
    for (const fd of await list(`/proc/${pid}/fd`)) {
      try {
        const link = `/proc/${pid}/fd/${fd}`;
        // Compared by name first: in another mount namespace the folder's path is another one.
        if (!names.has(basename(await readlink(link)))) continue;
        const flags = /^flags:\s*([0-7]+)/m.exec(await readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1];
        if (flags === undefined || (parseInt(flags, 8) & ACCESS_MODE) === 0) continue;
        const { dev, ino } = await stat(link, { bigint: true });
        found.add(`${dev}:${ino}`);
      } catch {
        continue; // Closed or ended meanwhile.
      }
    }
  }
  return found;
}

async function list(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch {
    return [];
  }
}
