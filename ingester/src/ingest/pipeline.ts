import type { Store } from '../store';
import { Batches } from './batches';
import { Committer, type Removal } from './commit';
import { Commits } from './commits';
import type { ChunkRef, Ledger, LedgerCommit, LedgerFile } from './ledger';
import { Patience } from './patience';
import { chunkOf, readLog, seedOf, type ReadOptions } from './reader';
import type { Member, Piece } from './source';
import { Spool } from './spool';
import { Stager, type StagedRows } from './stager';
import type { StagedFile, StageOptions } from './staging';
import type { Committed, Step } from './types';

/** What a pipeline is given besides the store. */
export interface PipelineOptions extends StageOptions {
  dataDir: string;
  /** Called at named moments. */
  onStep?: ((step: Step) => void) | undefined;
  /** Called after each commit. */
  onCommit?: ((committed: Committed) => void) | undefined;
}

/**
 * Reads files side by side, parses their chunks side by side, commits them one after the other. What goes wrong with
 * the store is tried again until it works.
 */
export class Pipeline {
  private readonly batches: Batches;
  /** Files that have chunks on their way. */
  private readonly files = new Map<number, StagedFile>();
  private readonly patience = new Patience();
  private readonly commits: Commits;
  private readonly onStep: PipelineOptions['onStep'];

  private constructor(
    private readonly store: Store,
    private readonly ledger: Ledger,
    committer: Committer,
    private readonly stager: Stager,
    private readonly spool: Spool,
    { onStep, onCommit }: PipelineOptions,
  ) {
    this.onStep = onStep;
    this.commits = new Commits(store, ledger, committer, this.patience, onStep, onCommit);
    this.batches = new Batches(store.workers, this.commits, this.patience, spool, (slot, chunks) =>
      this.stage(slot, chunks),
    );
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
    const committer = await Committer.open(store, store.workers, () => options.onStep?.('rows'));
    const pipeline = new Pipeline(store, ledger, committer, stager, spool, options);
    for (const commit of open) await pipeline.finish(commit, layoutOf);
    await committer.forgetAll();
    await spool.clean();
    return pipeline;
  }

  private async finish(commit: LedgerCommit, layoutOf: (file: LedgerFile) => StagedFile): Promise<void> {
    await this.commits.finish(commit, async (chunks) => {
      for (const { file } of chunks) this.files.set(file, layoutOf(this.ledger.require(file)));
      return this.stage(0, chunks);
    });
    this.files.clear();
  }

  /** What keeps the work from going on, for people; empty while all is well. */
  get trouble(): string {
    return this.patience.trouble;
  }

  /** How many more bytes may be read ahead of the commits; readers of new files wait while it is not positive. */
  get room(): number {
    return this.batches.room;
  }

  /**
   * Takes a log in; resolves when it is read, `committed` when its rows are committed, or were not wanted. Chunks that
   * end at or before the ledger's offset were committed earlier and are passed over.
   */
  async pass(member: Member, entry: LedgerFile, options: ReadOptions): Promise<{ committed: Promise<void> }> {
    const reading = await readLog(member, entry, {
      ...options,
      decide: (content) => {
        this.onStep?.('hash');
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
        committed.push(this.batches.queue(chunk, reading.wanted, decided));
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
        committed.push(this.batches.queue(chunk, Promise.resolve(true), true));
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
    const loaded = this.store.load();
    const settle = async () => {
      await Promise.allSettled(queued);
      loaded();
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

  private stage(slot: number, chunks: readonly ChunkRef[]): Promise<Map<number, StagedRows>> {
    return this.stager.stage(slot, chunks, (id) => {
      const file = this.files.get(id);
      if (!file) throw new Error(`File ${id} is not being loaded`);
      return file;
    });
  }

  /** Takes rows of a file back, in a commit of its own. */
  remove(removal: Removal): Promise<void> {
    return this.commits.remove(removal).finally(this.store.load());
  }

  /** Makes the ledger's changes durable. */
  persist(): Promise<void> {
    return this.insist(() => this.ledger.flush());
  }

  /** Tries until the store takes it: it may be away, or its disk full. Throws what does not pass. */
  insist<T>(work: () => Promise<T>): Promise<T> {
    return this.patience.insist(work);
  }

  /** Waits for the commits that were begun; what else is queued fails, nothing new is begun. */
  async close(): Promise<void> {
    this.patience.close();
    this.batches.close();
    await this.commits.settled();
  }
}
