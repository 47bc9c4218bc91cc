import { performance } from 'node:perf_hooks';
import type { Store } from '../store';
import { ownRows, stageTable, TOUCHED_BY_COMMIT, type Committer, type Removal } from './commit';
import { KEPT_ERRORS } from './entries';
import { type ChunkRef, type CommitPayload, type Ledger, type LedgerCommit, type LedgerFile } from './ledger';
import type { Patience } from './patience';
import { reconcile } from './reconcile';
import type { StagedRows } from './stager';
import type { Committed, Step } from './types';

const EVENTS = 'watchtower.events';

/**
 * The protocol of a commit: noted in the ledger, applied, closed in the ledger, each step such that it can be repeated.
 * One that wrote a row is never given up.
 */
export class Commits {
  private tail: Promise<void> = Promise.resolve();
  /** Chunks of commits that were begun and not ended. */
  private readonly begun = new Set<ChunkRef>();

  constructor(
    private readonly store: Store,
    private readonly ledger: Ledger,
    private readonly committer: Committer,
    private readonly patience: Patience,
    private readonly onStep: ((step: Step) => void) | undefined,
    private readonly onCommit: ((committed: Committed) => void) | undefined,
  ) {}

  /** Finishes a commit that a crash left open; `stage` fills the first stage table with its chunks. */
  async finish(
    { id, payload }: LedgerCommit,
    stage: (chunks: readonly ChunkRef[]) => Promise<Map<number, StagedRows>>,
  ): Promise<void> {
    try {
      if (payload.kind === 'remove') {
        await this.committer.repeat(() => this.committer.remove(id, payload));
      } else {
        const staged = await stage(payload.chunks);
        await this.committer.repeat(() => this.apply(id, 0, payload.chunks, staged));
      }
      await reconcile(this.store, id);
    } catch (error) {
      // Where nothing was written there is nothing to finish: its files are read again from the ledger's offset.
      if (await this.wroteRows(id, payload)) throw error;
    }
    await this.end(id);
  }

  /** Runs work that must not meet a commit, after all that was asked for before. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** Resolves when all exclusive work asked for so far is over, whatever came of it. */
  settled(): Promise<void> {
    return this.tail;
  }

  /** Commits chunks that stand in the stage table of a slot. To be run as exclusive work. */
  load(slot: number, chunks: ChunkRef[], staged: Map<number, StagedRows>): Promise<void> {
    return this.commit({ kind: 'load', chunks }, (id) => this.apply(id, slot, chunks, staged));
  }

  /** Takes rows of a file back, in a commit of its own. */
  remove(removal: Removal): Promise<void> {
    return this.exclusive(() =>
      this.commit({ kind: 'remove', ...removal }, (id) => this.committer.remove(id, removal)),
    );
  }

  /** Whether a chunk belongs to a commit that was begun and not ended: the next start may need it. */
  mayNeed(chunk: ChunkRef): boolean {
    return this.begun.has(chunk);
  }

  /** Runs a commit. One that fails before it wrote a row is given up; any other is tried until it works. */
  private async commit(payload: CommitPayload, work: (id: bigint) => Promise<void>): Promise<void> {
    const id = this.ledger.takeCommit();
    const start = performance.now();
    const chunks = payload.kind === 'load' ? payload.chunks : [];
    for (const chunk of chunks) this.begun.add(chunk);
    await this.patience.insist(() => this.ledger.begin(id, payload));
    this.onStep?.('ledger');
    let failure: { error: unknown } | undefined;
    let attempts = 0;
    // What a lost connection, or a server that was killed, left of an earlier attempt is not told by tokens.
    const attempt = async (): Promise<void> => {
      if (attempts++ === 0) return work(id);
      await this.committer.repeat(() => work(id));
      await reconcile(this.store, id);
    };
    try {
      await this.patience.insist(attempt);
      this.onStep?.('inserted');
    } catch (error) {
      if (this.patience.closed) throw error;
      if (await this.patience.insist(() => this.wroteRows(id, payload)))
        await this.patience.insist(attempt, () => true);
      else failure = { error };
    }
    await this.patience.insist(() => this.end(id));
    for (const chunk of chunks) this.begun.delete(chunk);
    if (failure) throw failure.error;
    this.onStep?.('chunk');
    this.onCommit?.({ seconds: (performance.now() - start) / 1000 });
  }

  private async end(id: bigint): Promise<void> {
    await this.ledger.end(id);
    await this.committer.forget(id);
  }

  /** Rows that are loaded stay to be seen; those that take others back may be merged away with them. */
  private async wroteRows(id: bigint, { kind }: CommitPayload): Promise<boolean> {
    const tables = kind === 'remove' ? [EVENTS, TOUCHED_BY_COMMIT] : [EVENTS];
    const counts = tables.map((table) => `(SELECT count() FROM ${table} WHERE ${ownRows(id)})`);
    const [row] = await this.store.read<{ rows: number }>(`SELECT ${counts.join(' + ')} AS rows`);
    return (row?.rows ?? 0) > 0;
  }

  /** Rows, errors, then the ledger: each can be repeated. */
  private async apply(
    id: bigint,
    slot: number,
    chunks: readonly ChunkRef[],
    staged: Map<number, StagedRows>,
  ): Promise<void> {
    await this.committer.load(id, stageTable(slot));
    const errors = [...staged].flatMap(([file, rows]) => {
      const { generation, errors: before } = this.ledger.require(file);
      const kept = rows.errors.slice(0, Math.max(0, KEPT_ERRORS - before));
      return kept.map(({ line, reason, raw }) => ({ file, generation, line, reason, raw }));
    });
    await this.store.append('ingest_errors', errors, `errors:${id}`);
    for (const [file, rows] of staged) {
      const own = chunks.filter((chunk) => chunk.file === file);
      const end = Math.max(...own.map(({ offset, bytes }) => offset + bytes));
      const entry = this.ledger.require(file);
      if (end <= entry.offset) continue;
      this.ledger.update(file, {
        offset: end,
        rows: entry.rows + rows.good + rows.bad,
        errors: entry.errors + rows.bad,
        records: [...new Set([...entry.records, ...rows.records])],
        nextRecord: Math.max(...own.map(({ firstRecord, records }) => firstRecord + records)),
        nextLine: Math.max(...own.map(({ nextLine }) => nextLine)),
        openRow: openRowOf(own, rows),
      });
    }
  }
}

function openRowOf(chunks: readonly ChunkRef[], { open }: StagedRows): LedgerFile['openRow'] {
  const chunk = chunks.find((each) => each.open);
  return chunk ? { offset: chunk.offset, record: chunk.firstRecord, line: chunk.firstLine, ...open } : null;
}
