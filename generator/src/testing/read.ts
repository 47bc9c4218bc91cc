import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { LogOptions } from '../options';
import type { Truth } from '../truth';
import { writeLogs } from '../write';

/** One row of a file by column. */
export type Row = Record<string, string>;

/** Start of the days in the tests, epoch seconds. */
export const START = 1789430400;
/** What the tests write unless they say otherwise. */
export const base: LogOptions = { messages: 3000, seed: '21', start: START };
const folders: string[] = [];

/** Writes logs into a folder of its own. */
export async function write(options: Partial<LogOptions> = {}): Promise<{ folder: string; truth: Truth }> {
  const folder = mkdtempSync(join(tmpdir(), 'logs-'));
  folders.push(folder);
  const { truth } = await writeLogs(folder, { ...base, ...options });
  return { folder, truth };
}

/** Removes the folders. */
export function cleanUp(): void {
  folders.forEach((folder) => rmSync(folder, { recursive: true }));
}

/** A reader of CSV that knows nothing of the writer. */
export function parse(text: string): string[][] {
  const lines: string[][] = [];
  for (const line of text
    .replace(/^\ufeff/, '')
    .matchAll(/((?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,|\r?\n))+?(?<=\n)/g)) {
    const cells = [...line[0].matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(?:,|\r?\n)/g)].map(([, cell = '']) =>
      cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
    );
    lines.push(cells);
  }
  return lines;
}

/** A file's text, decompressed. */
export function content(folder: string, name: string): string {
  const bytes = readFileSync(join(folder, name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** All rows of one kind of file. */
export function rowsOf(folder: string, kind: string): Row[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => basename(name).startsWith(kind))
    .sort()
    .flatMap((name) => {
      const [header = [], ...lines] = parse(content(folder, name));
      return lines.map((cells) => {
        if (cells.length !== header.length)
          throw new Error(`${name}: ${cells.length} cells: ${cells.join()}`);
        return Object.fromEntries(header.map((column, i) => [column, cells[i] as string]));
      });
    });
}

/** Every event once: d and b from acct, the other types from their own files (or from acct where that holds all). */
export function eventsOf(folder: string): Row[] {
  const acct = rowsOf(folder, 'acct');
  const tran = rowsOf(folder, 'tran').filter(({ type }) => type === 't');
  return [...acct, ...tran, ...rowsOf(folder, 'fbl'), ...rowsOf(folder, 'rb')];
}

/** Epoch seconds of a logged time. */
export const seconds = (text: string | undefined): number =>
  /^\d+$/.test(text ?? '')
    ? Number(text)
    : Date.parse(`${(text ?? '').slice(0, 19).replace(' ', 'T')}Z`) / 1000;

/** Mailbox provider by recipient domain; others are corporate. */
export const providers: Record<string, string> = {
  'gmail.com': 'gmail',
  ...Object.fromEntries(['yahoo.com', 'aol.com', 'ymail.com'].map((name) => [name, 'yahoo'])),
  ...Object.fromEntries(
    ['hotmail.com', 'outlook.com', 'live.com', 'msn.com'].map((name) => [name, 'microsoft']),
  ),
  'comcast.net': 'comcast',
  ...Object.fromEntries(['gmx.de', 'gmx.net', 'web.de'].map((name) => [name, 'gmx'])),
  ...Object.fromEntries(['icloud.com', 'me.com'].map((name) => [name, 'apple'])),
};

const metricOf: Record<string, string> = {
  d: 'delivered',
  b: 'bounced',
  t: 'deferrals',
  f: 'complaints',
  rb: 'rb',
};

/** Figures by a key, counted from rows; rows whose key is empty are left out. */
export function tally(rows: Row[], key: (row: Row) => string): Record<string, Record<string, number>> {
  const counted: Record<string, Record<string, number>> = {};
  const add = (name: string, metric: string): void => {
    const figures = (counted[name] ??= {});
    figures[metric] = (figures[metric] ?? 0) + 1;
  };
  const deferred = new Set<string>();
  for (const row of rows) {
    const name = key(row);
    if (name === '') continue;
    add(name, metricOf[row.type ?? ''] as string);
    const hard = /^(bad-mailbox|inactive-mailbox|bad-domain)$/.test(row.bounceCat ?? '');
    if (row.type === 'b') add(name, hard ? 'hard' : 'soft');
    if (row.type === 'd' || row.type === 'b') add(name, 'injected');
    const message = row['header_Message-Id'] ?? '';
    if (row.type === 't' && !deferred.has(message)) add(name, 'deferred_messages');
    if (row.type === 't') deferred.add(message);
  }
  return counted;
}

/** Figures without those that are 0, without some metrics. */
export function compact(figures: Record<string, object>, without: string[] = []): Record<string, object> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, values]) => [
      name,
      Object.fromEntries(
        Object.entries(values).filter(([metric, n]) => n !== 0 && !without.includes(metric)),
      ),
    ]),
  );
}

/** Recipient domain of a row. */
export const domainOf = (row: Row): string => row.domain || (row.rcpt ?? '').split('@')[1] || '';
