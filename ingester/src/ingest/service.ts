import { readHeader, type FormatRules } from '../formats';
import type { Store } from '../store';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isBeginning, memberOf, shorterOf } from './copies';
import { Follower } from './follower';
import { Ledger, type LedgerFile } from './ledger';
import { Pipeline, type PipelineOptions } from './pipeline';
import type { Content, KnownContent } from './reader';
import { listErrors, listFiles, recordsOf } from './records';
import { takeBack } from './removal';
import { LogFileError, openLog, type Member } from './source';
import type { StagedFile } from './stager';
import type {
  FileRecord,
  FileStatus,
  IngestError,
  Ingest,
  PageOptions,
  SubmitOptions,
  Submission,
} from './types';

/** What the ingest is told besides its store and rules. */
export interface IngestOptions extends Omit<PipelineOptions, 'rules'> {
  /** What happens to a file whose content is known already. */
  dedupe: 'skip' | 'reject';
  /** Limit of a file's decompressed bytes. */
  maxFileBytes: number;
}

/** A file cannot be changed now; `message` says why. */
export class FileBusyError extends Error {}

const READERS = 2;
const LOADED: readonly FileStatus[] = ['loaded', 'loaded_with_errors', 'following'];

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

/** The ingest room: queue, ledger, pipeline, removal. One at a time works on a store. */
export class IngestService implements Ingest {
  private readonly queue: Queued[] = [];
  private readonly active = new Set<Promise<void>>();
  private reading = 0;
  private concluding: Promise<void> = Promise.resolve();
  private readonly claims = new Map<string, Claim>();
  private readonly idlers: (() => void)[] = [];
  private readonly underWay = new Map<number, Promise<void>>();
  private closed = false;
  /** Follows logs that grow in place. */
  readonly follower: Follower;

  private constructor(
    private readonly store: Store,
    private readonly rules: FormatRules,
    private readonly ledger: Ledger,
    private readonly pipeline: Pipeline,
    private readonly options: IngestOptions,
  ) {
    this.follower = new Follower(store, rules, ledger, pipeline, options.maxFileBytes);
  }

  /** Opens the ingest; what a crash left unfinished is finished, taken back or queued again. */
  static async open(store: Store, rules: FormatRules, options: IngestOptions): Promise<IngestService> {
    const { ledger, open } = await Ledger.open(store);
    const layoutOf = (entry: LedgerFile): StagedFile => {
      const header = readHeader(entry.header, rules);
      if (!header.ok)
        throw new Error(`The header of file ${entry.id} is no longer understood: ${header.message}`);
      return { entry, layout: header.layout };
    };
    const pipeline = await Pipeline.open(store, ledger, open, layoutOf, { ...options, rules });
    const service = new IngestService(store, rules, ledger, pipeline, options);
    await service.resume();
    return service;
  }

  /** Why rows cannot be committed at the moment; empty while all is well. */
  get trouble(): string {
    return this.pipeline.trouble;
  }

  async submit(path: string, options: SubmitOptions): Promise<Submission> {
    const entries: { entry: LedgerFile; done: Promise<void> }[] = [];
    const name = options.name ?? basename(path);
    try {
      const members: Member[] = [];
      for await (const member of openLog(path, { maxBytes: this.options.maxFileBytes })) members.push(member);
      const { size, dev, ino } = await stat(path, { bigint: true });
      for (const member of members) {
        const many = members.length > 1;
        const entry = this.ledger.add({
          ...blank(path, options),
          name: many ? `${name}/${member.name}` : name,
          member: many ? member.name : '',
          size: Number(size),
          device: String(dev),
          inode: String(ino),
        });
        entries.push({ entry, done: this.enqueue(member, entry) });
      }
    } catch (error) {
      const entry = this.ledger.add({
        ...blank(path, options),
        name,
        finishedAt: Date.now(),
        ...refusalOf(error),
      });
      entries.push({ entry, done: Promise.resolve() });
    }
    await this.pipeline.persist();
    const files = entries.map(({ entry }) => entry);
    const done = Promise.all(entries.map((each) => each.done)).then(() => this.records(files));
    done.catch(() => undefined);
    return { files: await this.records(files), done };
  }

  /**
   * What is known of the file that stands at this very path with this device, inode and size: `done` while it is under
   * way; undefined where it has to be loaded.
   */
  knownAt(
    path: string,
    at: { size: number; dev: bigint; ino: bigint },
  ): { status: FileStatus; done: Promise<FileRecord[]> | undefined } | undefined {
    const same = this.ledger
      .all()
      .filter(
        (file) =>
          file.path === path &&
          file.device === String(at.dev) &&
          file.inode === String(at.ino) &&
          !file.removed,
      );
    const underWay = same.flatMap(({ id }) => this.underWay.get(id) ?? []);
    if (underWay.length > 0) {
      return { status: 'loading', done: Promise.all(underWay).then(() => this.records(same)) };
    }
    const known = same.find(
      ({ status, size }) => status === 'following' || (LOADED.includes(status) && size === at.size),
    );
    return known && { status: known.status, done: undefined };
  }

  /** Notes, once, that what stands at a path cannot be a log. */
  async refuse(path: string, options: SubmitOptions): Promise<void> {
    const noted = this.ledger.all().some((file) => file.path === path && file.status === 'rejected');
    if (!noted) await this.submit(path, options);
  }

  /** Notes that a file was moved, so that it can be loaded again from there. */
  relocate(from: string, to: string): void {
    for (const file of this.ledger.all()) if (file.path === from) this.ledger.update(file.id, { path: to });
  }

  list(
    options: PageOptions & { status?: FileStatus | undefined },
  ): Promise<{ files: FileRecord[]; next: string | null }> {
    return listFiles(this.store, this.ledger, options);
  }

  async get(id: string): Promise<FileRecord | undefined> {
    const file = this.find(id);
    return file && (await recordsOf(this.store, [file]))[0];
  }

  async errors(id: string, page: PageOptions): Promise<{ errors: IngestError[]; next: string | null }> {
    const file = this.find(id);
    return file ? listErrors(this.store, file, page) : { errors: [], next: null };
  }

  async retry(id: string): Promise<FileRecord> {
    const entry = this.atRest(id);
    const { status } = entry;
    this.ledger.update(entry.id, { status: 'queued' });
    let member: Member;
    try {
      member = await this.memberOf(entry);
    } catch (error) {
      this.ledger.update(entry.id, { status });
      throw error;
    }
    await this.startAfresh(entry);
    this.ledger.update(entry.id, { queuedAt: Date.now() });
    void this.enqueue(member, entry);
    await this.pipeline.persist();
    return this.record(entry);
  }

  async remove(id: string): Promise<FileRecord> {
    const entry = this.atRest(id);
    this.ledger.update(entry.id, { removed: 1 });
    const record = await this.record(entry);
    await this.pipeline.persist();
    await this.finishRemoval(entry);
    return record;
  }

  async idle(): Promise<void> {
    while (this.queue.length > 0 || this.active.size > 0) {
      await new Promise<void>((resolve) => this.idlers.push(resolve));
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const { settle } of this.queue.splice(0)) settle();
    await this.pipeline.close();
    await Promise.allSettled(this.active);
    await this.pipeline.persist();
  }

  private find(id: string): LedgerFile | undefined {
    const file = /^\d{1,9}$/.test(id) ? this.ledger.get(Number(id)) : undefined;
    return file?.removed === 2 ? undefined : file;
  }

  private atRest(id: string): LedgerFile {
    const entry = this.find(id);
    if (!entry) throw new FileBusyError(`there is no file ${id}`);
    if (['queued', 'loading', 'following'].includes(entry.status) || entry.removed) {
      throw new FileBusyError(
        `file ${id} is ${entry.removed ? 'being removed' : entry.status}: try again when it is done`,
      );
    }
    return entry;
  }

  private async record(entry: LedgerFile): Promise<FileRecord> {
    return (await this.records([entry]))[0] as FileRecord;
  }

  private records(files: readonly LedgerFile[]): Promise<FileRecord[]> {
    return this.pipeline.insist(() => recordsOf(this.store, files));
  }

  private async memberOf(entry: LedgerFile): Promise<Member> {
    const member = await memberOf(entry, this.options.maxFileBytes);
    if (!member) throw new LogFileError('unreadable', `the archive no longer holds ${entry.member}`);
    return member;
  }

  /**
   * Makes a file one of which nothing is loaded. The ledger says so first: a start after a crash takes the rows of a
   * waiting file back that stands at its beginning.
   */
  private async startAfresh(entry: LedgerFile): Promise<void> {
    this.ledger.update(entry.id, { ...FRESH, generation: entry.generation + 1 });
    await this.pipeline.persist();
    await takeBack(this.store, this.pipeline, entry.id);
  }

  private enqueue(member: Member, entry: LedgerFile): Promise<void> {
    const done = new Promise<void>((settle) => this.queue.push({ member, entry, settle })).finally(() =>
      this.underWay.delete(entry.id),
    );
    this.underWay.set(entry.id, done);
    this.advance();
    return done;
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

  private async resume(): Promise<void> {
    for (const entry of [...this.ledger.all()].reverse()) {
      if (entry.removed === 1) await this.finishRemoval(entry);
      else if (entry.status === 'queued' || entry.status === 'loading') await this.resubmit(entry);
    }
    await this.pipeline.persist();
  }

  private async resubmit(entry: LedgerFile): Promise<void> {
    if (entry.offset === 0) await takeBack(this.store, this.pipeline, entry.id);
    try {
      void this.enqueue(await this.memberOf(entry), entry);
    } catch (error) {
      await this.startAfresh(entry);
      this.ledger.update(entry.id, { ...refusalOf(error), finishedAt: Date.now() });
    }
  }

  private async finishRemoval(entry: LedgerFile): Promise<void> {
    await takeBack(this.store, this.pipeline, entry.id);
    await this.pipeline.insist(() =>
      this.store.write(`DELETE FROM watchtower.ingest_errors WHERE file = ${entry.id}`),
    );
    this.ledger.update(entry.id, { removed: 2 });
    await this.pipeline.persist();
  }
}

/** Whether a file's rows are loaded and stay. */
function stands({ status, removed }: LedgerFile): boolean {
  return removed === 0 && LOADED.includes(status);
}

function claimOf({ id }: LedgerFile): Claim {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  return { id, released, release };
}

/** A file of which nothing is loaded. */
const FRESH = {
  offset: 0,
  nextRecord: 1,
  nextLine: 1,
  openRow: null,
  rows: 0,
  errors: 0,
  records: [],
  status: 'queued',
  message: '',
  startedAt: null,
  finishedAt: null,
} satisfies Partial<LedgerFile>;

/** A new ledger entry, waiting. */
export function blank(path: string, { node, origin }: SubmitOptions): Omit<LedgerFile, 'id'> {
  return {
    ...FRESH,
    name: basename(path),
    path,
    member: '',
    node: node ?? '',
    origin,
    sha256: '',
    device: '',
    inode: '',
    size: 0,
    bytes: 0,
    generation: 1,
    header: [],
    seed: '',
    queuedAt: Date.now(),
    removed: 0,
  };
}

/** Rejected: the content is at fault. Failed: anything else, and a retry may help. */
function refusalOf(error: unknown): { status: FileStatus; message: string } {
  const message = error instanceof Error ? error.message : String(error);
  const technical =
    !(error instanceof LogFileError) || ['corrupt', 'unreadable', 'no_space'].includes(error.code);
  return { status: technical ? 'failed' : 'rejected', message: message.slice(0, 1000) };
}
