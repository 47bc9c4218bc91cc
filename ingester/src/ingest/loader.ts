import type { FormatRules } from '../formats';
import type { Store } from '../store';
import type { Copies, Succession } from './copies';
import { badRowsOf, FRESH, isKnown, refusalOf } from './entries';
import type { Ledger, LedgerFile } from './ledger';
import { memberOf } from './originals';
import type { Pipeline } from './pipeline';
import type { Content } from './reader';
import { expiredRows } from './records';
import { startAfresh, takeBack, takeOut } from './removal';
import { LogFileError, type Member } from './source';
import { expiredReason } from './staging';

/** What loading is told besides the rules. */
export interface LoaderOptions {
  /** What happens to a file whose content is known already. */
  dedupe: 'skip' | 'reject';
  /** Limit of a file's decompressed bytes. */
  maxFileBytes: number;
}

const READERS = 2;

/** A content that is being loaded, and the file that loads it. */
interface Claim {
  id: number;
  released: Promise<void>;
  release: () => void;
}

/** A file waiting for a reader. */
interface Queued {
  member: Member;
  entry: LedgerFile;
  settle: () => void;
}

/** Loads whole files: lets them wait for a reader, tells copies from new contents, and notes what became of each. */
export class Loader {
  private readonly queue: Queued[] = [];
  private readonly active = new Set<Promise<void>>();
  private reading = 0;
  private readonly claims = new Map<string, Claim>();
  private readonly idlers: (() => void)[] = [];
  private readonly pending = new Map<number, Promise<void>>();
  private closed = false;

  constructor(
    private readonly store: Store,
    private readonly rules: FormatRules,
    private readonly ledger: Ledger,
    private readonly pipeline: Pipeline,
    private readonly copies: Copies,
    private readonly options: LoaderOptions,
  ) {}

  /** Queues a file; resolves when the ledger says what became of it, or when the loader stops. Never rejects. */
  enqueue(member: Member, entry: LedgerFile): Promise<void> {
    const done = new Promise<void>((settle) => this.queue.push({ member, entry, settle })).finally(() =>
      this.pending.delete(entry.id),
    );
    this.pending.set(entry.id, done);
    this.advance();
    return done;
  }

  /** Queues a file again that was under way when the process ended; what was not yet noted of it is taken back. */
  async resume(entry: LedgerFile): Promise<void> {
    if (entry.offset === 0) await takeBack(this.store, this.pipeline, entry.id);
    try {
      void this.enqueue(await memberOf(entry, this.options.maxFileBytes), entry);
    } catch (error) {
      await this.refuse(entry, error);
    }
  }

  /** Queues a file again whose `member` was seen to be readable; what was loaded of it is taken back. */
  async again(entry: LedgerFile, member: Member, message: string): Promise<void> {
    if (!isKnown(entry)) this.ledger.update(entry.id, { sha256: '' });
    await this.startAfresh(entry);
    this.ledger.update(entry.id, { queuedAt: Date.now(), message });
    void this.enqueue(member, entry);
    await this.pipeline.persist();
  }

  /** Takes a file out whose removal the ledger has noted, and queues what it had shadowed. Can be repeated. */
  remove(entry: LedgerFile): Promise<Succession> {
    return this.copies.exclusively(async () => {
      await takeOut(this.store, this.pipeline, entry);
      return this.succeed(entry, { removed: 2, finishedAt: Date.now() });
    });
  }

  /** Lets a copy take the place of a file; one flush says that the file is out and that the copy is queued. */
  private async succeed(gone: LedgerFile, change: Partial<LedgerFile>): Promise<Succession> {
    const succession = await this.copies.succeed(gone);
    this.ledger.update(gone.id, change);
    await this.pipeline.persist();
    if (succession.heir) void this.enqueue(succession.heir.member, succession.heir.entry);
    return succession;
  }

  private async refuse(entry: LedgerFile, error: unknown): Promise<void> {
    if (entry.offset > 0) await this.startAfresh(entry);
    const refusal = { ...FRESH, ...refusalOf(error), finishedAt: Date.now() };
    await this.copies.exclusively(() => this.succeed(entry, refusal));
  }

  /** What `enqueue` gave for a file that is still under way, else undefined. */
  underWay(id: number): Promise<void> | undefined {
    return this.pending.get(id);
  }

  /** Resolves when nothing is queued or loading. */
  async idle(): Promise<void> {
    while (this.queue.length > 0 || this.active.size > 0) {
      await new Promise<void>((resolve) => this.idlers.push(resolve));
    }
  }

  /** Begins no further file; those that wait stay queued in the ledger for the next start. */
  stop(): void {
    this.closed = true;
    for (const { settle } of this.queue.splice(0)) settle();
  }

  /** Resolves when the files that are being loaded are done with, whatever came of them. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.active);
  }

  private advance(): void {
    while (!this.closed && this.reading < READERS && this.queue.length > 0 && this.pipeline.room > 0) {
      const { member, entry, settle } = this.queue.shift() as Queued;
      this.reading++;
      let isRead = false;
      const read = () => {
        if (isRead) return;
        isRead = true;
        this.reading--;
        this.advance();
      };
      const work = this.load(member, entry, read)
        // Only closing gets here: the next start goes on with the file.
        .catch(() => undefined)
        .finally(() => {
          settle();
          this.active.delete(work);
          read();
          this.advance();
          if (this.active.size === 0 && this.queue.length === 0)
            this.idlers.splice(0).forEach((wake) => wake());
        });
      this.active.add(work);
    }
  }

  /** Loads a file; `read` is called when its reader is free for the next one. */
  private async load(member: Member, entry: LedgerFile, read: () => void): Promise<void> {
    this.ledger.update(entry.id, { status: 'loading', startedAt: Date.now() });
    let content: Content | undefined;
    let rival: Claim | undefined;
    try {
      const { committed } = await this.pipeline.pass(member, entry, {
        rules: this.rules,
        decide: (found) => {
          content = found;
          rival = this.claims.get(found.sha256);
          return Promise.resolve(rival === undefined && this.decide(entry, found));
        },
      });
      read();
      await committed;
      if (content && !rival && entry.status === 'loading') await this.conclude(entry, content);
    } catch (error) {
      if (this.closed) throw error;
      await this.refuse(entry, error);
    } finally {
      const claim = content && this.claims.get(content.sha256);
      if (content && claim?.id === entry.id) {
        this.claims.delete(content.sha256);
        claim.release();
      }
    }
    if (rival) {
      // The same content is on its way: what became of it says what this one is.
      await rival.released;
      return this.load(member, entry, read);
    }
    await this.pipeline.persist();
  }

  /** Whether a content is new; a known one is settled here. */
  private decide(entry: LedgerFile, { sha256, bytes }: Content): boolean {
    if (entry.sha256 !== '' && entry.sha256 !== sha256) {
      throw new LogFileError(
        'unreadable',
        'the file was replaced by another while it was being loaded: drop it again',
      );
    }
    this.ledger.update(entry.id, { sha256, bytes });
    const twin = this.copies.twinOf(entry, sha256);
    if (twin === undefined) {
      this.claims.set(sha256, claimOf(entry));
      return true;
    }
    this.copies.yieldTo(entry, twin);
    if (this.options.dedupe === 'reject') this.ledger.update(entry.id, { status: 'rejected', copyOf: null });
    return false;
  }

  /** One after the other: of two copies that end at the same time the later one sees the earlier. */
  private conclude(entry: LedgerFile, content: Content): Promise<void> {
    return this.copies.exclusively(() => this.finish(entry, content));
  }

  private async finish(entry: LedgerFile, { damage }: Content): Promise<void> {
    if (await this.copies.settle(entry)) return;
    const bad = entry.errors > 0 || damage !== undefined;
    const rows = entry.rows === 0 ? 'only a header line, no rows' : '';
    const message = [damage && `${damage}; what stands before is loaded`, await this.leftOut(entry), rows]
      .filter(Boolean)
      .join('; ');
    this.ledger.update(entry.id, {
      status:
        entry.rows > 0 && entry.errors === entry.rows ? 'failed' : bad ? 'loaded_with_errors' : 'loaded',
      message,
      finishedAt: Date.now(),
    });
  }

  /** How many rows were left out, and how many of them for their age; empty for none. */
  private async leftOut(entry: LedgerFile): Promise<string> {
    const old = entry.errors > 0 ? await this.pipeline.insist(() => expiredRows(this.store, entry)) : 0;
    const age = expiredReason(this.store.retention);
    if (old === 0) return badRowsOf(entry);
    if (old === entry.errors) return `${old} of ${entry.rows} rows are ${age} and were left out`;
    return `${badRowsOf(entry)}; ${old} of those that are kept are ${age}`;
  }

  private startAfresh(entry: LedgerFile): Promise<void> {
    return startAfresh(this.store, this.ledger, this.pipeline, entry);
  }
}

function claimOf({ id }: LedgerFile): Claim {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  return { id, released, release };
}
