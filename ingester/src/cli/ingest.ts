import { Presets, SingleBar } from 'cli-progress';
import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileRecord, FileStatus } from '../ingest';
import type { Connection } from './connection';
import { fileTable } from './files';
import type { Io } from './io';

/** How often progress is asked for, in milliseconds. */
const INTERVAL = 200;

const UNDER_WAY: FileStatus[] = ['queued', 'loading'];

const REFUSED: FileStatus[] = ['rejected', 'failed'];

/** Loads logs with a progress bar and prints what became of each. False where one was refused. */
export async function loadFiles(connection: Connection, io: Io, paths: readonly string[]): Promise<boolean> {
  const queued: FileRecord[] = [];
  for (const path of paths) await access(path, constants.R_OK);
  for (const path of paths) queued.push(...(await connection.submit(resolve(path))));
  const loaded = await follow(connection, io, queued);
  io.stdout.write(fileTable(loaded));
  return !loaded.some(({ status }) => REFUSED.includes(status));
}

async function follow(connection: Connection, io: Io, queued: readonly FileRecord[]): Promise<FileRecord[]> {
  const bar = new SingleBar(
    {
      stream: io.stderr as NodeJS.WritableStream,
      format: '{bar} {percentage}% | {done}/{files} files | {rows} rows | {duration_formatted}',
    },
    Presets.shades_classic,
  );
  const shown = io.stderr.isTTY === true;
  let files = [...queued];
  if (shown) bar.start(1, 0, progressOf(files));
  while (files.some(isUnderWay)) {
    await sleep(INTERVAL);
    files = await Promise.all(
      files.map(async (file) => (isUnderWay(file) ? ((await connection.get(file.id)) ?? file) : file)),
    );
    if (shown) bar.update(fraction(files), progressOf(files));
  }
  if (shown) bar.stop();
  return files;
}

function isUnderWay({ status }: FileRecord): boolean {
  return UNDER_WAY.includes(status);
}

/** The loaded part of all bytes; a file that is done counts whole, whatever its progress said last. */
function fraction(files: readonly FileRecord[]): number {
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const done = files.reduce(
    (sum, file) => sum + (isUnderWay(file) ? Math.min(file.progress.bytes, file.bytes) : file.bytes),
    0,
  );
  return total === 0 ? 1 : done / total;
}

function progressOf(files: readonly FileRecord[]): { done: number; files: number; rows: number } {
  return {
    done: files.filter((file) => !isUnderWay(file)).length,
    files: files.length,
    rows: files.reduce((sum, file) => sum + (isUnderWay(file) ? file.progress.rows : file.rows), 0),
  };
}
