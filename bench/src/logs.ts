import { writeLogs } from '@pmta-watchtower/generator';
import { createReadStream } from 'node:fs';
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Epoch seconds of day number 0, 2026-09-15: its events are in the past for every clock that runs this. */
export const START = Date.UTC(2026, 8, 15) / 1000;
const DAY = 86_400;

type Layout = 'files' | 'mixed';

/** An acct log and how many rows it has, its header not counted. */
export interface AcctLog {
  path: string;
  bytes: number;
  rows: number;
}

/**
 * Writes the acct log of day number `day` with about so many bytes (within a few per cent); `mixed`: with deferrals,
 * complaints and blocks among its rows.
 */
export async function writeAcctLog(
  folder: string,
  bytes: number,
  day = 0,
  layout: Layout = 'files',
): Promise<AcctLog> {
  const sample = await acctOf(folder, 2000, day, layout);
  await rm(sample.path);
  return acctOf(folder, Math.max(1, Math.round((bytes / sample.bytes) * 2000)), day, layout);
}

async function acctOf(folder: string, messages: number, day: number, layout: Layout): Promise<AcctLog> {
  const own = await mkdtemp(join(folder, 'logs-'));
  const start = START + day * DAY;
  const { files } = await writeLogs(own, { messages, start, seed: `bench ${day}`, layout });
  const acct = files.find(({ type }) => type === 'acct');
  if (!acct) throw new Error('The generator wrote no acct log');
  const path = join(folder, `acct-${day}.csv`);
  await rename(join(own, acct.name), path);
  await rm(own, { recursive: true });
  return { path, bytes: (await stat(path)).size, rows: acct.rows };
}

/** Cuts a log whose rows are a line each into `count` files of about equal size, each with the header; their paths. */
export async function splitLog(log: AcctLog, folder: string, count: number): Promise<string[]> {
  const perFile = Math.ceil(log.rows / count);
  const paths: string[] = [];
  let header: string | undefined;
  let lines: string[] = [];
  const flush = async () => {
    const path = join(folder, `part-${String(paths.length).padStart(4, '0')}.csv`);
    await writeFile(path, [header, ...lines, ''].join('\n'));
    paths.push(path);
    lines = [];
  };
  for await (const line of createInterface({ input: createReadStream(log.path), crlfDelay: Infinity })) {
    if (header === undefined) header = line;
    else lines.push(line);
    if (lines.length === perFile) await flush();
  }
  if (lines.length > 0) await flush();
  return paths;
}
