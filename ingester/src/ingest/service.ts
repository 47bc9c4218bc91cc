import { readHeader, type FormatRules } from '../formats';
import type { Store } from '../store';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Copies, nameOf, type Succession } from './copies';
import { blank, isLoaded, refusalOf } from './entries';
import { Follower } from './follower';
import { Ledger, type LedgerFile } from './ledger';
import { Loader, type LoaderOptions } from './loader';
import { originalOf } from './originals';
import { Pipeline, type PipelineOptions } from './pipeline';
import { figuresOf, listErrors, listFiles, recordsOf } from './records';
import { closedPart } from './removal';
import { openLog, type Member } from './source';
import type { StagedFile } from './staging';
import type {
  Committed,
  FileRecord,
  FileStatus,
  IngestError,
  IngestFigures,
  Ingest,
  PageOptions,
  SubmitOptions,
  Submission,
} from './types';

/** What the ingest is told besides its store and rules. */
export interface IngestOptions extends LoaderOptions, Omit<PipelineOptions, 'rules' | 'onCommit'> {}

/** A file cannot be changed now; `message` says why. */
export class FileBusyError extends Error {}

/** The ingest room: queue, ledger, pipeline, removal. One at a time works on a store. */
export class IngestService implements Ingest {
  private readonly loader: Loader;
  /** Files that are looked at, to be loaded again. */
  private readonly looking = new Set<number>();
  /** Follows logs that grow in place. */
  readonly follower: Follower;

  private constructor(
    private readonly store: Store,
    private readonly rules: FormatRules,
    private readonly ledger: Ledger,
    private readonly pipeline: Pipeline,
    private readonly options: IngestOptions,
    private readonly listeners: Set<(committed: Committed) => void>,
  ) {
    const copies = new Copies(store, rules, ledger, pipeline, options.maxFileBytes);
    this.loader = new Loader(store, rules, ledger, pipeline, copies, options);
    this.follower = new Follower(store, rules, ledger, pipeline, copies, options.maxFileBytes);
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
    const listeners = new Set<(committed: Committed) => void>();
    const onCommit = (committed: Committed): void => listeners.forEach((listener) => listener(committed));
    const pipeline = await Pipeline.open(store, ledger, open, layoutOf, { ...options, rules, onCommit });
    const service = new IngestService(store, rules, ledger, pipeline, options, listeners);
    await service.resume();
    return service;
  }

  /** Why rows cannot be committed at the moment; empty while all is well. */
  get trouble(): string {
    return this.pipeline.trouble;
  }

  figures(): IngestFigures {
    return figuresOf(this.ledger.all(), this.trouble);
  }

  onCommit(listener: (committed: Committed) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
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
        entries.push({ entry, done: this.loader.enqueue(member, entry) });
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
   * What is known of the file that stands at this very path with this device, inode and size, unchanged since `ctimeMs`:
   * `done` while it is under way; undefined where it has to be loaded. One that was deleted stays out until it is dropped again.
   */
  knownAt(
    path: string,
    at: { size: number; dev: bigint; ino: bigint; ctimeMs: number },
  ): { status: FileStatus; done: Promise<FileRecord[]> | undefined } | undefined {
    const standing = this.ledger.at(path, String(at.dev), String(at.ino));
    const same = standing.filter(({ removed }) => !removed);
    const underWay = same.flatMap(({ id }) => this.loader.underWay(id) ?? []);
    if (underWay.length > 0) {
      return { status: 'loading', done: Promise.all(underWay).then(() => this.records(same)) };
    }
    const known =
      same.find(({ status }) => status === 'following') ??
      standing.find(
        ({ status, size, removed, finishedAt }) =>
          size === at.size &&
          (removed ? (finishedAt ?? 0) > at.ctimeMs : isLoaded(status) || status === 'duplicate'),
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
    this.looking.add(entry.id);
    try {
      const member = await originalOf(entry, this.rules, this.options.maxFileBytes);
      const message = await this.pipeline.insist(() => closedPart(this.store, entry.id));
      this.refuseUnlessStill(entry);
      await this.loader.again(entry, member, message);
    } finally {
      this.looking.delete(entry.id);
    }
    return this.record(entry);
  }

  async remove(id: string): Promise<FileRecord> {
    const entry = this.atRest(id);
    this.ledger.update(entry.id, { removed: 1 });
    const message = await this.pipeline.insist(() => closedPart(this.store, entry.id));
    if (message) this.ledger.update(entry.id, { message });
    const record = await this.record(entry);
    await this.pipeline.persist();
    const outcome = outcomeOf(await this.loader.remove(entry));
    return { ...record, message: [message, outcome].filter(Boolean).join('; ') };
  }

  idle(): Promise<void> {
    return this.loader.idle();
  }

  async close(): Promise<void> {
    this.loader.stop();
    await this.pipeline.close();
    await this.loader.settled();
    await this.pipeline.persist();
  }

  private find(id: string): LedgerFile | undefined {
    const file = /^\d{1,9}$/.test(id) ? this.ledger.get(Number(id)) : undefined;
    return file?.removed === 2 ? undefined : file;
  }

  private atRest(id: string): LedgerFile {
    const entry = this.find(id);
    if (!entry) throw new FileBusyError(`there is no file ${id}`);
    if (this.looking.has(entry.id)) throw new FileBusyError(`file ${id} is being read again`);
    this.refuseUnlessStill(entry);
    return entry;
  }

  private refuseUnlessStill({ id, status, removed }: LedgerFile): void {
    if (removed || ['queued', 'loading', 'following'].includes(status)) {
      const state = removed ? 'being removed' : status;
      throw new FileBusyError(`file ${id} is ${state}: try again when it is done`);
    }
  }

  private async record(entry: LedgerFile): Promise<FileRecord> {
    return (await this.records([entry]))[0] as FileRecord;
  }

  private records(files: readonly LedgerFile[]): Promise<FileRecord[]> {
    return this.pipeline.insist(() => recordsOf(this.store, files));
  }

  private async resume(): Promise<void> {
    const files = [...this.ledger.all()].reverse();
    // Before removals queue their copies.
    const underWay = files.filter(({ status, removed }) => !removed && isUnderWay(status));
    for (const entry of files) if (entry.removed === 1) await this.loader.remove(entry);
    for (const entry of underWay) await this.loader.resume(entry);
    await this.pipeline.persist();
  }
}

function isUnderWay(status: FileStatus): boolean {
  return status === 'queued' || status === 'loading';
}

/** What became of the copies of a file that was deleted, for people; empty where it had none. */
function outcomeOf({ heir, lost }: Succession): string {
  const gone = lost.map(nameOf).join(', ');
  return [
    heir && `${nameOf(heir.entry)} takes its place`,
    gone && `${gone} had its content and cannot be read any more: drop it again to have it back`,
  ]
    .filter(Boolean)
    .join('; ');
}
