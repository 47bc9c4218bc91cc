import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { literal, openStore, RETAINED, type Store } from '../../store';
import { CONTENT_COLUMNS } from './columns';
import { Committer } from './committer';
import type { Removal } from './identity';
import { COMMIT_STEP, stageTable } from './work';

/** A source row of a test: what a log line says, and where it stood. */
export interface TestRow {
  record?: string;
  time: number;
  orig?: string;
  rcpt?: string;
  job?: string;
  messageId?: string;
  queued?: number;
  destinationIp?: string;
  vmta?: string;
  node?: string;
  latency?: number;
  senderDomain?: string;
  ref?: number;
  /** An id of the event that its source gave. */
  eventId?: string;
  file: number;
  line: number;
  rank?: number;
}

const DERIVED: Record<string, string> = {
  time: "toDateTime(time_, 'UTC')",
  record: 'record_',
  queued: "toDateTime(queued_, 'UTC')",
  latency: 'latency_',
  size: '0',
  bounceClass: "''",
  headers: 'map()',
  base: "if(eventId_ != '', cityHash64(node_, record_, time_, eventId_), cityHash64(node_, record_, time_, lower(orig_), if(rcpt_ = '', vmta_, lower(rcpt_))))",
  triple: "if(queued_ = 0 OR rcpt_ = '', 0, cityHash64(lower(orig_), lower(rcpt_), toUInt32(queued_)))",
  message:
    "multiIf(messageId_ != '', cityHash64(messageId_, lower(rcpt_)), job_ != '', cityHash64(job_, lower(rcpt_), toUInt32(queued_)), cityHash64(lower(orig_), lower(rcpt_), toUInt32(queued_)))",
  ref: 'toUInt64(ref_)',
  lacks:
    "toUInt8((job_ = '') + 2 * (messageId_ = '') + 128 * (eventId_ != '') + if(record_ IN ('f', 'remote'), 4 * (vmta_ = '') + 8 + 16 * (rcpt_ = '') + 32 * (senderDomain_ = '') + 64 * (rcpt_ = ''), 0))",
  domain: "if(rcpt_ = '', '', lower(substring(rcpt_, position(rcpt_, '@') + 1)))",
  provider: "if(rcpt_ = '', '', lower(substring(rcpt_, position(rcpt_, '@') + 1)))",
};

const GIVEN = [
  'orig',
  'rcpt',
  'job',
  'messageId',
  'destinationIp',
  'vmta',
  'node',
  'senderDomain',
  'eventId',
];

/** All rows of a file. */
export function wholeFile(file: number): Removal {
  return { file, fromLine: 0, from: 0, to: 2 ** 32 - 1 };
}

/** A store, and a committer that tests drive themselves, without files and ledger. */
export class CommitBench {
  /** Number of the newest commit. */
  commit = COMMIT_STEP;
  committer!: Committer;

  private constructor(
    readonly store: Store,
    private readonly dir: string,
  ) {}

  static async open(): Promise<CommitBench> {
    const dir = mkdtempSync(join(tmpdir(), 'watchtower-'));
    const bench = new CommitBench(await openStore({ dataDir: dir }), dir);
    await bench.restart();
    return bench;
  }

  /** Another committer on the same store, as after a crash. */
  async restart(store: Store = this.store): Promise<void> {
    this.committer = await Committer.open(store, 1);
  }

  /** Takes everything out of the store that commits write. */
  async empty(): Promise<void> {
    for (const table of WRITTEN) await this.store.write(`TRUNCATE TABLE watchtower.${table}`);
    await this.restart();
  }

  /** Loads rows in one commit: a new one, or that of a number. */
  async load(rows: readonly TestRow[], number = (this.commit += COMMIT_STEP)): Promise<void> {
    await stageRows(this.store, stageTable(0), rows);
    await this.committer.load(number, stageTable(0));
  }

  /** Takes a file back in one commit. */
  async remove(file: number): Promise<void> {
    this.commit += COMMIT_STEP;
    await this.committer.remove(this.commit, wholeFile(file));
  }

  async close(): Promise<void> {
    await this.store.close();
    rmSync(this.dir, { recursive: true });
  }
}

const WRITTEN = [...RETAINED.raw, ...RETAINED.lookup, ...RETAINED.rollup, 'file_totals', 'touched'];

/** Puts rows into a stage table as a chunk load would. */
export async function stageRows(store: Store, table: string, rows: readonly TestRow[]): Promise<void> {
  await store.write(`TRUNCATE TABLE ${table}`);
  // A statement may have 256 kB.
  for (let start = 0; start < rows.length; start += 300)
    await appendRows(store, table, rows.slice(start, start + 300));
}

async function appendRows(store: Store, table: string, rows: readonly TestRow[]): Promise<void> {
  const json = rows
    .map((row) =>
      JSON.stringify({
        record_: row.record ?? 'd',
        time_: row.time,
        queued_: row.queued ?? 0,
        latency_: row.latency ?? -1,
        ref_: row.ref ?? 0,
        ...Object.fromEntries(GIVEN.map((name) => [`${name}_`, row[name as keyof TestRow] ?? ''])),
        file_: row.file,
        line_: row.line,
        rank_: row.rank ?? row.file,
      }),
    )
    .join('\n');
  const structure = `record_ String, time_ UInt32, queued_ UInt32, latency_ Int32, ref_ UInt64, ${GIVEN.map((name) => `${name}_ String`).join(', ')}, file_ UInt32, line_ UInt32, rank_ UInt64`;
  const content = CONTENT_COLUMNS.map(
    (column) => `${DERIVED[column] ?? (GIVEN.includes(column) ? `${column}_` : "''")} AS ${column}`,
  );
  await store.write(
    `INSERT INTO ${table} SELECT ${content.join(', ')}, 0, 0, '', 0, rank_, file_, line_, 0, 0, 1, '', ''
     FROM format(JSONEachRow, ${literal(structure)}, ${literal(json)}) SETTINGS async_insert = 0`,
  );
}

/** The counted events, in a form that two stores can be compared by. */
export async function standing(store: Store): Promise<string[]> {
  const rows = await store.read<Record<string, unknown>>(
    `SELECT toString(record) AS record, toUInt32(time) AS time, orig, rcpt, domain, job, messageId, destinationIp, vmta, toUInt32(queued) AS queued,
       node, toString(message) AS message, provider, senderDomain, method, round(confidence, 2) AS sure, completed, file, line, sum(sign) AS n
     FROM watchtower.events WHERE role = 0
     GROUP BY ALL HAVING n != 0 ORDER BY ALL`,
  );
  return rows.map((row) => JSON.stringify(row));
}
