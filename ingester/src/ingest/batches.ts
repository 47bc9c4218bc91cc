import type { Commits } from './commits';
import type { ChunkRef } from './ledger';
import type { Patience } from './patience';
import { CHUNK_BYTES } from './reader';
import type { Spool } from './spool';
import type { StagedRows } from './stager';

/** A chunk on its way, with what must be known before it may be committed. */
interface Job {
  chunk: ChunkRef;
  /** False: the file turned out not to be wanted, its chunks are dropped. */
  wanted: Promise<boolean>;
  decided: boolean;
  /** Set when a batch it was in failed. */
  alone: boolean;
  settle: (error?: Error) => void;
}

const MAX_BATCH_CHUNKS = 256;
const SPOOL_AHEAD_BYTES = 512_000_000;

/**
 * Chunks waiting for a slot: each slot has a stage table, into which one batch is parsed while others are committed.
 * Small chunks share a batch and so a commit; the commits come in the order of the batches.
 */
export class Batches {
  private readonly jobs: Job[] = [];
  private readonly free: number[];
  private ahead = 0;

  /** `stage` parses chunks into the stage table of a slot. */
  constructor(
    slots: number,
    private readonly commits: Commits,
    private readonly patience: Patience,
    private readonly spool: Spool,
    private readonly stage: (slot: number, chunks: readonly ChunkRef[]) => Promise<Map<number, StagedRows>>,
  ) {
    this.free = Array.from({ length: slots }, (_, slot) => slot);
  }

  /** How many more bytes may be queued ahead of the commits; not positive when there are enough. */
  get room(): number {
    return SPOOL_AHEAD_BYTES - this.ahead;
  }

  /**
   * Queues a chunk that lies in the spool; resolves when it is committed or dropped. `decided` says that `wanted` is
   * settled already.
   */
  queue(chunk: ChunkRef, wanted: Promise<boolean>, decided: boolean): Promise<void> {
    if (this.patience.closed) throw new ClosingError();
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
          else reject(error);
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

  /** Lets what has no slot yet fail; to be called when patience has ended. */
  close(): void {
    for (const { settle } of this.jobs.splice(0)) settle(new ClosingError());
  }

  private pump(): void {
    while (!this.patience.closed && this.free.length > 0 && this.jobs.length > 0) {
      const slot = this.free.shift() as number;
      const batch = this.take();
      const staged = this.patience.insist(() => this.stageWanted(slot, batch));
      staged.catch(() => undefined);
      void this.commits.exclusive(async () => {
        try {
          await this.commitWanted(slot, batch, await staged);
          await this.release(batch);
        } catch (error) {
          if (batch.length > 1 && !this.patience.closed) this.requeue(batch);
          else await this.release(batch, error instanceof Error ? error : new Error(String(error)));
        } finally {
          this.free.push(slot);
          this.pump();
        }
      });
    }
  }

  private async release(batch: readonly Job[], error?: Error): Promise<void> {
    for (const { chunk } of batch) if (!this.commits.mayNeed(chunk)) await this.spool.drop(chunk);
    for (const { settle } of batch) settle(error);
  }

  /** One file's fault must not be its neighbours': each chunk is tried again by itself. */
  private requeue(batch: readonly Job[]): void {
    for (const job of batch) job.alone = true;
    this.jobs.unshift(...batch);
  }

  /** The next chunks up to a chunk's size in all; one whose file is not decided yet goes alone. */
  private take(): Job[] {
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

  private async stageWanted(slot: number, batch: readonly Job[]): Promise<Map<number, StagedRows>> {
    const chunks: ChunkRef[] = [];
    for (const job of batch) {
      if (!job.decided || (await job.wanted.catch(() => false))) chunks.push(job.chunk);
    }
    if (chunks.length === 0) return new Map();
    return this.stage(slot, chunks);
  }

  private async commitWanted(
    slot: number,
    batch: readonly Job[],
    staged: Map<number, StagedRows>,
  ): Promise<void> {
    const verdicts = await Promise.all(batch.map(({ wanted }) => wanted.catch(() => false)));
    const chunks = batch.filter((_, i) => verdicts[i]).map(({ chunk }) => chunk);
    if (chunks.length === 0) return;
    await this.commits.load(slot, chunks, staged);
  }
}

/** The service stops before a chunk could be committed. */
class ClosingError extends Error {
  constructor() {
    super('the service is closing');
  }
}
