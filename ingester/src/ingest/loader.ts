import type { FormatRules } from '../formats';
import type { Store } from '../store';
import { isBeginning, memberOf, shorterOf } from './copies';
import { FRESH, refusalOf, stands } from './entries';
import type { Ledger, LedgerFile } from './ledger';
import type { Pipeline } from './pipeline';
import type { Content, KnownContent } from './reader';
import { startAfresh, takeBack } from './removal';
import { LogFileError, type Member } from './source';

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
  private concluding: Promise<void> = Promise.resolve();
  private readonly claims = new Map<string, Claim>();
  private readonly idlers: (() => void)[] = [];
  private readonly pending = new Map<number, Promise<void>>();
  private closed = false;

  constructor(
    private readonly store: Store,
    private readonly rules: FormatRules,
    private readonly ledger: Ledger,
    private readonly pipeline: Pipeline,
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
      await this.startAfresh(entry);
      this.ledger.update(entry.id, { ...refusalOf(error), finishedAt: Date.now() });
    }
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
        known: (header) => this.known(entry, header),
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
      if (entry.offset > 0) await this.startAfresh(entry);
      this.ledger.update(entry.id, { ...FRESH, ...refusalOf(error), finishedAt: Date.now() });
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

  private known(entry: LedgerFile, header: string[]): KnownContent[] {
    const text = JSON.stringify(header);
    return this.ledger
      .all()
      .filter((file) => file.id !== entry.id && file.sha256 !== '' && stands(file))
      .filter((file) => file.node === entry.node && JSON.stringify(file.header) === text);
  }

  /** Whether a content is new; a known one is settled here. */
  private decide(entry: LedgerFile, { sha256, bytes }: Content): boolean {
    if (entry.offset > 0 && entry.sha256 !== sha256) {
      throw new LogFileError(
        'unreadable',
        'the file was replaced by another while it was being loaded: drop it again',
      );
    }
    // A log without rows is no copy of another: every quiet day has one.
    const twin = this.ledger
      .all()
      .find((file) => file.id !== entry.id && file.sha256 === sha256 && file.rows > 0 && stands(file));
    if (twin === undefined) {
      this.claims.set(sha256, claimOf(entry));
      this.ledger.update(entry.id, { sha256, bytes });
      return true;
    }
    const message = `the same content as ${twin.name} (file ${twin.id}), which is loaded already`;
    const status = this.options.dedupe === 'reject' ? 'rejected' : 'duplicate';
    this.ledger.update(entry.id, { sha256, bytes, status, message, finishedAt: Date.now() });
    return false;
  }

  /** One after the other: of two copies that end at the same time the later one sees the earlier. */
  private conclude(entry: LedgerFile, content: Content): Promise<void> {
    const result = this.concluding.then(() => this.finish(entry, content));
    this.concluding = result.catch(() => undefined);
    return result;
  }

  private async finish(entry: LedgerFile, { prefixes, damage }: Content): Promise<void> {
    for (const { id } of prefixes) {
      const shorter = this.ledger.get(id);
      if (shorter && stands(shorter) && shorter.status !== 'following') await this.supersede(shorter, entry);
    }
    for (const other of this.ledger.all()) {
      if (other.id === entry.id || !stands(other) || other.status === 'following') continue;
      const short = shorterOf(entry, other);
      const long = short === entry ? other : entry;
      if (!short || !(await isBeginning(short, long, this.options.maxFileBytes))) continue;
      await this.supersede(short, long);
      if (short === entry) return;
    }
    const bad = entry.errors > 0 || damage !== undefined;
    const rows = entry.rows === 0 ? 'only a header line, no rows' : '';
    const errors = entry.errors > 0 ? `${entry.errors} of ${entry.rows} rows could not be loaded` : '';
    const message = [damage && `${damage}; what stands before is loaded`, errors, rows]
      .filter(Boolean)
      .join('; ');
    this.ledger.update(entry.id, {
      status:
        entry.rows > 0 && entry.errors === entry.rows ? 'failed' : bad ? 'loaded_with_errors' : 'loaded',
      message,
      finishedAt: Date.now(),
    });
  }

  /** Takes a partial copy out: its last row may be cut. */
  private async supersede(short: LedgerFile, long: LedgerFile): Promise<void> {
    await this.startAfresh(short);
    const message = `the beginning of ${long.name} (file ${long.id}), which has taken its place`;
    this.ledger.update(short.id, { status: 'duplicate', message, finishedAt: Date.now() });
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
