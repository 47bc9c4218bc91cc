import { setTimeout as wait } from 'node:timers/promises';
import type { Store } from '../store';
import { Committer, stageTable, type Removal } from './commit';
import {
  COMMIT_STEP,
  type ChunkRef,
  type CommitPayload,
  type Ledger,
  type LedgerCommit,
  type LedgerFile,
} from './ledger';
import { CHUNK_BYTES, chunkOf, readLog, seedOf, type ReadOptions } from './reader';
import { reconcile } from './reconcile';
import { Spool } from './spool';
import { Stager, type StagedFile, type StagedRows, type StageOptions } from './stager';
import type { Member, Piece } from './source';

/** Named moments of the way in; tests use them to end the process exactly there. */
export type Step = 'hash' | 'ledger' | 'chunk' | 'inserted' | 'archive';

/** What a pipeline is given besides the store. */
export interface PipelineOptions extends StageOptions {
  dataDir: string;
  /** Called at named moments. */
  onStep?: ((step: Step) => void) | undefined;
}

/** A chunk on its way, with what must be known before it may be committed. */
interface Job {
  chunk: ChunkRef;
  /** False: the file turned out not to be wanted, its chunks are dropped. */
  wanted: Promise<boolean>;
  decided: boolean;
  /** Set when a batch it was in failed. */
  alone: boolean;
  settle: (error?: unknown) => void;
}

const MAX_BATCH_CHUNKS = 256;
const SPOOL_AHEAD_BYTES = 512_000_000;

/**
 * Reads files side by side, parses their chunks side by side, commits them one after the other. Small chunks share a
 * commit. What goes wrong with the store is tried again until it works: a commit that was begun is never given up.
 */
export class Pipeline {
  private readonly jobs: Job[] = [];
  private readonly free: number[];
  private tail: Promise<void> = Promise.resolve();
  private ahead = 0;
  private readonly files = new Map<number, StagedFile>();
  private readonly closing = new AbortController();
  private readonly troubles = new Map<symbol, string>();
  /** Chunks of commits that were begun and not ended: the next start may need them. */
  private readonly begun = new Set<ChunkRef>();

  private constructor(
    private readonly store: Store,
    private readonly ledger: Ledger,
    private readonly committer: Committer,
    private readonly stager: Stager,
    private readonly spool: Spool,
    private readonly options: PipelineOptions,
  ) {
    this.free = Array.from({ length: store.workers }, (_, slot) => slot);
  }

  /** Opens the pipeline and finishes the commits that a crash left open. */
  static async open(
    store: Store,
    ledger: Ledger,
    open: readonly LedgerCommit[],
    layoutOf: (file: LedgerFile) => StagedFile,
    options: PipelineOptions,
  ): Promise<Pipeline> {
    const spool = new Spool(options.dataDir);
    const stager = new Stager(store, spool, options);
    const committer = await Committer.open(store, store.workers);
    const pipeline = new Pipeline(store, ledger, committer, stager, spool, options);
    for (const commit of open) await pipeline.finish(commit, layoutOf);
    await spool.clean();
    return pipeline;
  }

  private async finish(
    { id, payload }: LedgerCommit,
    layoutOf: (file: LedgerFile) => StagedFile,
  ): Promise<void> {
    try {
      if (payload.kind === 'remove') {
        await this.committer.repeat(() => this.committer.remove(id, payload));
        await reconcile(this.store, id, payload);
      } else {
        for (const { file } of payload.chunks) this.files.set(file, layoutOf(this.ledger.require(file)));
        const staged = await this.stager.stage(0, payload.chunks, (file) => this.staged(file));
        await this.committer.repeat(() => this.apply(id, 0, payload.chunks, staged));
        await reconcile(this.store, id);
      }
    } catch (error) {
      // Where nothing was written there is nothing to finish: its files are read again from the ledger's offset.
      if (await this.wroteRows(id)) throw error;
    }
    this.files.clear();
    await this.ledger.end(id);
  }

  /** What keeps the work from going on, for people; empty while all is well. */
  get trouble(): string {
    return [...this.troubles.values()][0] ?? '';
  }

  private get closed(): boolean {
    return this.closing.signal.aborted;
  }

  /** How many more bytes may be read ahead of the commits; readers of new files wait while it is not positive. */
  get room(): number {
    return SPOOL_AHEAD_BYTES - this.ahead;
  }

  /**
   * Takes a log in; resolves when it is read, `committed` when its rows are committed, or were not wanted. Chunks that
   * end at or before the ledger's offset were committed earlier and are passed over.
   */
  async pass(member: Member, entry: LedgerFile, options: ReadOptions): Promise<{ committed: Promise<void> }> {
    const reading = await readLog(member, entry, {
      ...options,
      decide: (content) => {
        this.options.onStep?.('hash');
        return options.decide(content);
      },
    });
    this.ledger.update(entry.id, { header: reading.header });
    const file = { entry, layout: reading.layout };
    return this.hold(file, async (committed) => {
      for await (const { chunk, parts, decided } of reading.chunks) {
        if (chunk.offset + chunk.bytes <= entry.offset) continue;
        if (!entry.seed) this.ledger.update(entry.id, { seed: seedOf(entry.header, parts) });
        await this.spool.write(chunk, parts);
        committed.push(this.queue(chunk, reading.wanted, decided));
      }
    });
  }

  /** Takes pieces of a log that is followed; their rows are committed when it resolves. */
  async add(file: StagedFile, pieces: readonly Piece[]): Promise<void> {
    const { committed } = await this.hold(file, async (committed) => {
      for (const piece of pieces) {
        const { chunk, parts } = chunkOf(file.entry, piece);
        if (!file.entry.seed) this.ledger.update(file.entry.id, { seed: seedOf(file.entry.header, parts) });
        await this.spool.write(chunk, parts);
        committed.push(this.queue(chunk, Promise.resolve(true), true));
      }
    });
    await committed;
  }

  /** Keeps a file at hand until the chunks that `work` queues are settled. */
  private async hold(
    file: StagedFile,
    work: (queued: Promise<void>[]) => Promise<void>,
  ): Promise<{ committed: Promise<void> }> {
    const queued: Promise<void>[] = [];
    const settle = async () => {
      await Promise.allSettled(queued);
      this.files.delete(file.entry.id);
      await Promise.all(queued);
    };
    this.files.set(file.entry.id, file);
    try {
      await work(queued);
    } catch (error) {
      await settle().catch(() => undefined);
      throw error;
    }
    const committed = settle();
    committed.catch(() => undefined);
    return { committed };
  }

  /** Queues a chunk; resolves when it is committed or dropped. */
  private queue(chunk: ChunkRef, wanted: Promise<boolean>, decided: boolean): Promise<void> {
    if (this.closed) throw new ClosingError();
    this.ahead += chunk.bytes;
    const committed = new Promise<void>((resolve, reject) => {
      const job: Job = {
        chunk,
        wanted,
        decided,
        alone: false,
        settle: (error) => {
          this.ahead -= chunk.bytes;
          if (error === undefined) resolve();
          else reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      const decide = () => {
        job.decided = true;
        this.pump();
      };
      wanted.then(decide, decide);
      this.jobs.push(job);
      this.pump();
    });
    committed.catch(() => undefined);
    return committed;
  }

  /** Runs work that must not meet a commit. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** Takes rows of a file back, in a commit of its own. */
  remove(removal: Removal): Promise<void> {
    return this.exclusive(() =>
      this.commit({ kind: 'remove', ...removal }, (id) => this.committer.remove(id, removal)),
    );
  }

  /** Makes the ledger's changes durable. */
  persist(): Promise<void> {
    return this.insist(() => this.ledger.flush());
  }

  /** Waits for the commits that were begun; what else is queued fails, nothing new is begun. */
  async close(): Promise<void> {
    this.closing.abort();
    for (const { settle } of this.jobs.splice(0)) settle(new ClosingError());
    await this.tail;
  }

  private pump(): void {
    while (!this.closed && this.free.length > 0 && this.jobs.length > 0) {
      const slot = this.free.shift() as number;
      const batch = this.takeBatch();
      const staged = this.insist(() => this.stageBatch(slot, batch));
      staged.catch(() => undefined);
      void this.exclusive(async () => {
        try {
          await this.commitBatch(slot, batch, await staged);
          await this.release(batch);
        } catch (error) {
          if (batch.length > 1 && !this.closed) this.requeue(batch);
          else await this.release(batch, error);
        } finally {
          this.free.push(slot);
          this.pump();
        }
      });
    }
  }

  private async release(batch: readonly Job[], error?: unknown): Promise<void> {
    for (const { chunk } of batch) if (!this.begun.has(chunk)) await this.spool.drop(chunk);
    for (const { settle } of batch) settle(error);
  }

  /** One file's fault must not be its neighbours': each chunk is tried again by itself. */
  private requeue(batch: readonly Job[]): void {
    for (const job of batch) job.alone = true;
    this.jobs.unshift(...batch);
  }

  /** The next chunks up to a chunk's size in all; one whose file is not decided yet goes alone. */
  private takeBatch(): Job[] {
    const batch = [this.jobs.shift() as Job];
    let bytes = (batch[0] as Job).chunk.bytes;
    while (batch.length < MAX_BATCH_CHUNKS && batch.every(({ decided, alone }) => decided && !alone)) {
      const next = this.jobs[0];
      if (!next?.decided || next.alone || bytes + next.chunk.bytes > CHUNK_BYTES) break;
      batch.push(next);
      bytes += next.chunk.bytes;
      this.jobs.shift();
    }
    return batch;
  }

  private async stageBatch(slot: number, batch: readonly Job[]): Promise<Map<number, StagedRows>> {
    const chunks: ChunkRef[] = [];
    for (const job of batch) {
      if (!job.decided || (await job.wanted.catch(() => false))) chunks.push(job.chunk);
    }
    if (chunks.length === 0) return new Map();
    return this.stager.stage(slot, chunks, (file) => this.staged(file));
  }

  private async commitBatch(
    slot: number,
    batch: readonly Job[],
    staged: Map<number, StagedRows>,
  ): Promise<void> {
    const verdicts = await Promise.all(batch.map(({ wanted }) => wanted.catch(() => false)));
    const chunks = batch.filter((_, i) => verdicts[i]).map(({ chunk }) => chunk);
    if (chunks.length === 0) return;
    await this.commit({ kind: 'load', chunks }, (id) => this.apply(id, slot, chunks, staged));
  }

  /** Runs a commit. One that fails before it wrote a row is given up; any other is tried until it works. */
  private async commit(payload: CommitPayload, work: (id: bigint) => Promise<void>): Promise<void> {
    const id = this.ledger.takeCommit();
    const chunks = payload.kind === 'load' ? payload.chunks : [];
    for (const chunk of chunks) this.begun.add(chunk);
    await this.insist(() => this.ledger.begin(id, payload));
    this.options.onStep?.('ledger');
    let failure: { error: unknown } | undefined;
    try {
      await this.insist(() => work(id));
      this.options.onStep?.('inserted');
    } catch (error) {
      if (this.closed) throw error;
      if (await this.insist(() => this.wroteRows(id)))
        await this.insist(
          () => work(id),
          () => true,
        );
      else failure = { error };
    }
    await this.insist(() => this.ledger.end(id));
    for (const chunk of chunks) this.begun.delete(chunk);
    if (failure) throw failure.error;
    this.options.onStep?.('chunk');
  }

  private async wroteRows(id: bigint): Promise<boolean> {
    const [row] = await this.store.read<{ rows: number }>(
      `SELECT count() AS rows FROM watchtower.events WHERE commit BETWEEN ${id} AND ${id + COMMIT_STEP - 1n}`,
    );
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
    const errors = [...staged].flatMap(([file, rows]) =>
      rows.errors.map(({ line, reason, raw }) => ({
        file,
        generation: this.ledger.require(file).generation,
        line,
        reason,
        raw,
      })),
    );
    await this.store.append('ingest_errors', errors, `errors:${id}`);
    for (const [file, rows] of staged) {
      const own = chunks.filter((chunk) => chunk.file === file);
      const end = Math.max(...own.map(({ offset, bytes }) => offset + bytes));
      const entry = this.ledger.require(file);
      if (end <= entry.offset) continue;
      this.ledger.update(file, {
        offset: end,
        rows: entry.rows + rows.good + rows.errors.length,
        errors: entry.errors + rows.errors.length,
        records: [...new Set([...entry.records, ...rows.records])],
        nextRecord: Math.max(...own.map(({ firstRecord, records }) => firstRecord + records)),
        nextLine: Math.max(...own.map(({ nextLine }) => nextLine)),
        openRow: openRowOf(own),
      });
    }
  }

  private staged(file: number): StagedFile {
    const staged = this.files.get(file);
    if (!staged) throw new Error(`File ${file} is not being loaded`);
    return staged;
  }

  /** Tries until the store takes it: it may be away, or its disk full. */
  async insist<T>(work: () => Promise<T>, passes: (error: unknown) => boolean = isPassing): Promise<T> {
    const attempts = Symbol();
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          return await work();
        } catch (error) {
          if (this.closed || !passes(error)) throw error;
          this.report(attempts, error);
          await wait(Math.min(30_000, 500 * 2 ** attempt), undefined, { signal: this.closing.signal }).catch(
            () => undefined,
          );
        }
      }
    } finally {
      this.troubles.delete(attempts);
    }
  }

  private report(attempts: symbol, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.troubles.set(attempts, `the store does not take rows: ${message.slice(0, 300)}`);
  }
}

/** The service stops before a chunk could be committed. */
class ClosingError extends Error {
  constructor() {
    super('the service is closing');
  }
}

function openRowOf(chunks: readonly ChunkRef[]): LedgerFile['openRow'] {
  const open = chunks.find((chunk) => chunk.open);
  if (!open) return null;
  return { offset: open.offset, record: open.firstRecord, line: open.firstLine, records: open.records };
}

function isPassing(error: unknown): boolean {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  return /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|socket hang up|timeout|no space|NOT_ENOUGH_SPACE|ENOSPC|memory limit|MEMORY_LIMIT|TOO_MANY_PARTS/i.test(
    `${code} ${message}`,
  );
}
