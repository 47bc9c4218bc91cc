import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ZipFile } from 'yazl';
import { loadRules } from '../formats';
import { openStore, type Retention, type Store } from '../store';
import { openIngest, type FileRecord, type IngestOptions, type IngestService, type SubmitOptions } from '.';

/** Columns of a small acct log, with every kind of column that PowerMTA writes. */
export const COLUMNS = [
  'type',
  'timeLogged',
  'timeQueued',
  'orig',
  'rcpt',
  'dsnStatus',
  'dsnDiag',
  'bounceCat',
  'dlvSourceIp',
  'dlvSize',
  'vmta',
  'vmtaPool',
  'jobId',
  'header_Message-Id',
] as const;

/** Cells of a row by column; what is left out is empty. */
export type Cells = Partial<Record<string, string>>;

/** Epoch seconds at which the tests' own hours begin. */
const EPOCH = 1_789_430_400;
let hours = 0;

/** An hour that no other test of the process uses, epoch seconds: no event of one test is a copy of another's. */
export function freshHour(): number {
  return EPOCH + 3600 * hours++;
}

/** A time as PowerMTA writes it. */
export function stamp(epoch: number): string {
  return `${new Date(epoch * 1000).toISOString().slice(0, 19).replace('T', ' ')}+0000`;
}

/** A delivery: row `i` of an hour. */
export function delivery(hour: number, i: number, more: Cells = {}): Cells {
  return {
    type: 'd',
    timeLogged: stamp(hour + i),
    timeQueued: stamp(hour + i - 5),
    orig: 'news@sender.example',
    rcpt: `user${i}@gmail.com`,
    dsnStatus: '2.0.0 (success)',
    dsnDiag: 'smtp;250 OK',
    dlvSourceIp: '10.0.0.1',
    dlvSize: '2000',
    vmta: `vmta${i % 3}`,
    vmtaPool: 'pool1',
    jobId: 'J1',
    'header_Message-Id': `<m${hour}-${i}@sender.example>`,
    ...more,
  };
}

/** Deliveries `from` to `to - 1` of an hour. */
export function deliveries(hour: number, to: number, from = 0): Cells[] {
  return Array.from({ length: to - from }, (_, i) => delivery(hour, from + i));
}

/** A CSV text: header and rows, the last one terminated. */
export function csv(rows: readonly Cells[], columns: readonly string[] = COLUMNS, newline = '\n'): string {
  return [columns.join(','), ...rows.map((row) => line(row, columns))].map((text) => text + newline).join('');
}

/** A row without its line end. */
export function line(row: Cells, columns: readonly string[] = COLUMNS): string {
  return columns.map((column) => cell(row[column] ?? '')).join(',');
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A zip archive with these entries. */
export async function zipped(entries: Record<string, string | Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(entries)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const parts: Buffer[] = [];
  for await (const part of zip.outputStream as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/** A store with an ingest on it, in a folder of its own. */
export interface Room {
  readonly dir: string;
  readonly dataDir: string;
  store: Store;
  ingest: IngestService;
  /** Writes a file and gives its path. */
  put(name: string, content: string | Buffer): string;
  /** Writes a file, loads it, and gives what became of it (of an archive: of its members). */
  load(name: string, content: string | Buffer, options?: Partial<SubmitOptions>): Promise<FileRecord>;
  loadAll(name: string, content: string | Buffer, options?: Partial<SubmitOptions>): Promise<FileRecord[]>;
  /** The file's state now. */
  now(file: { id: string }): Promise<FileRecord>;
  /** Closes the ingest and opens another one on the same store, as a restart does. */
  restart(options?: Partial<IngestOptions>): Promise<void>;
  /** Counted events between two times (epoch seconds). */
  count(from: number, to: number): Promise<number>;
  /** Chunks that lie in the spool. */
  spooled(): string[];
  /** What the ledger of commits says: how many were begun, how many of them are open. */
  commits(): Promise<{ begun: number; open: number }>;
  close(): Promise<void>;
}

/** Opens a room; `wrap` may stand between the ingest and the store, `retention` says how long that keeps what. */
export async function openRoom(
  options: Partial<IngestOptions> = {},
  wrap: (store: Store) => Store = (store) => store,
  retention: Retention = {},
): Promise<Room> {
  const dir = mkdtempSync(join(tmpdir(), 'watchtower-ingest-'));
  const dataDir = options.dataDir ?? join(dir, 'data');
  const rules = loadRules();
  const settings = {
    dataDir,
    timezone: 'UTC',
    keepHeaders: undefined,
    dedupe: 'skip' as const,
    maxFileBytes: 1_000_000_000,
    ...options,
  };
  const store = await openStore({ dataDir, ...retention });
  const room: Room = {
    dir,
    dataDir,
    store,
    ingest: await openIngest(wrap(store), rules, settings),
    put(name, content) {
      const path = join(dir, 'logs', name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
    async load(name, content, how) {
      const [record] = await room.loadAll(name, content, how);
      return record as FileRecord;
    },
    async loadAll(name, content, how) {
      const submission = await room.ingest.submit(room.put(name, content), { origin: 'cli', ...how });
      return submission.done;
    },
    async now({ id }) {
      return (await room.ingest.get(id)) as FileRecord;
    },
    async restart(more) {
      await room.ingest.close();
      room.ingest = await openIngest(wrap(store), rules, { ...settings, ...more });
    },
    async count(from, to) {
      const [row] = await store.read<{ n: number }>(
        `SELECT sum(sign) AS n FROM watchtower.events WHERE role = 0 AND time >= fromUnixTimestamp(${from}) AND time < fromUnixTimestamp(${to})`,
      );
      return row?.n ?? 0;
    },
    spooled: () => readdirSync(join(dataDir, 'spool')),
    async commits() {
      const [row] = await store.read<{ begun: number; open: number }>(
        `SELECT count() AS begun, countIf(state = 'open') AS open FROM watchtower.commits FINAL`,
      );
      return row ?? { begun: 0, open: 0 };
    },
    async close() {
      await room.ingest.close();
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return room;
}
