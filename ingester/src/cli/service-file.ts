import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** How long a running service may take to answer, in milliseconds. */
const PROBE_DEADLINE = 3_000;

const schema = z.object({ url: z.url(), pid: z.number().int().positive() });

/** Where the service that holds a data directory can be reached. */
export type RunningService = z.infer<typeof schema>;

/** Tells other processes where the service on this data directory answers. */
export async function announce(dataDir: string, service: RunningService): Promise<void> {
  const file = fileOf(dataDir);
  await writeFile(`${file}.part`, JSON.stringify(service) + '\n');
  await rename(`${file}.part`, file);
}

/** Takes the announcement back. */
export async function withdraw(dataDir: string): Promise<void> {
  await rm(fileOf(dataDir), { force: true });
}

/**
 * The service that holds this data directory, or undefined where none does. A file that a killed service left
 * does not count: its process must live and answer.
 */
export async function findService(dataDir: string): Promise<RunningService | undefined> {
  const service = schema.safeParse(await readJson(fileOf(dataDir))).data;
  return service && isAlive(service.pid) && (await answers(service.url)) ? service : undefined;
}

function fileOf(dataDir: string): string {
  return path.join(dataDir, 'service.json');
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(PROBE_DEADLINE) })).ok;
  } catch {
    return false;
  }
}
