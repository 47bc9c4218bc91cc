import type { Store } from '../store';
import { COMMIT_STEP, type Removal } from './commit';
import type { FileStatus, Origin } from './types';

/** A file as the ledger keeps it. Times are epoch ms or null; `offset` is the end of what is committed (decompressed bytes). */
export interface LedgerFile {
  id: number;
  name: string;
  /** Where the bytes are; `member` is the name inside an archive, else empty. */
  path: string;
  member: string;
  node: string;
  origin: Origin;
  /** Record types seen. */
  records: string[];
  sha256: string;
  /** Device, inode and size on disk of `path` when it was read. */
  device: string;
  inode: string;
  size: number;
  /** Decompressed bytes, known when the whole file was read. */
  bytes: number;
  rows: number;
  errors: number;
  /** Counts the attempts: the errors of an earlier one are no longer shown. */
  generation: number;
  /** The header's fields; empty until they were read. */
  header: string[];
  /** Hash of header and first record: the same for a file, its copies, and its longer copies. */
  seed: string;
  offset: number;
  /** Numbers of the row and the physical line at `offset`. */
  nextRecord: number;
  nextLine: number;
  /**
   * Where an unterminated last row began, if the log ended in one, how it was counted, and at what time (epoch s; not known
   * of an older version's): more of it may come.
   */
  openRow: { offset: number; record: number; line: number; good: number; bad: number; time?: number } | null;
  status: FileStatus;
  message: string;
  /** The file that counts for this one, where its content is the same or begins with it. */
  copyOf: number | null;
  queuedAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
  /** 0 stands, 1 is being removed, 2 removed. */
  removed: 0 | 1 | 2;
}

/** A commit that was begun; `payload` is what repeats it. */
export interface LedgerCommit {
  id: bigint;
  payload: CommitPayload;
}

/** A piece of a file that a commit loads, enough to load it again from the spool. */
export interface ChunkRef {
  file: number;
  generation: number;
  offset: number;
  bytes: number;
  records: number;
  firstRecord: number;
  firstLine: number;
  nextLine: number;
  suspicious: boolean;
  /** The last row has no newline. */
  open: boolean;
}

/** What a commit does. */
export type CommitPayload = { kind: 'load'; chunks: ChunkRef[] } | ({ kind: 'remove' } & Removal);

/** What is known of files and commits: in memory for reading, in the store for surviving a crash. */
export class Ledger {
  private readonly files = new Map<number, LedgerFile>();
  private readonly dirty = new Set<number>();
  private flushing: Promise<void> = Promise.resolve();
  private nextFile = 1;
  private nextCommit = COMMIT_STEP;
  private version = Date.now() * 1000;

  private constructor(private readonly store: Store) {}

  /** Reads the ledger; `open` are the commits that a crash left unfinished, oldest first. */
  static async open(store: Store): Promise<{ ledger: Ledger; open: LedgerCommit[] }> {
    const ledger = new Ledger(store);
    const files = await store.read<{ id: number; entry: string }>(
      'SELECT id, entry FROM watchtower.files FINAL ORDER BY id',
    );
    for (const { id, entry } of files) {
      ledger.files.set(id, JSON.parse(entry) as LedgerFile);
      ledger.nextFile = id + 1;
    }
    const commits = await store.read<{ id: string; payload: string }>(
      `SELECT toString(id) AS id, payload FROM watchtower.commits FINAL WHERE state = 'open' ORDER BY commits.id`,
    );
    const [last] = await store.read<{ id: string; version: number }>(
      `SELECT toString(max(c.id)) AS id, greatest(max(c.version), (SELECT max(f.version) FROM watchtower.files AS f)) AS version
       FROM watchtower.commits AS c`,
    );
    if (last) {
      ledger.nextCommit = BigInt(last.id) + COMMIT_STEP;
      // The clock may have been set back since.
      ledger.version = Math.max(ledger.version, last.version);
    }
    return {
      ledger,
      open: commits.map(({ id, payload }) => ({
        id: BigInt(id),
        payload: JSON.parse(payload) as CommitPayload,
      })),
    };
  }

  /** Adds a file under a new id. */
  add(file: Omit<LedgerFile, 'id'>): LedgerFile {
    const entry: LedgerFile = { ...file, id: this.nextFile++ };
    this.files.set(entry.id, entry);
    this.dirty.add(entry.id);
    return entry;
  }

  /** Changes a file; durable after the next `flush`. */
  update(id: number, change: Partial<LedgerFile>): LedgerFile {
    const entry = Object.assign(this.require(id), change);
    this.dirty.add(id);
    return entry;
  }

  get(id: number): LedgerFile | undefined {
    return this.files.get(id);
  }

  require(id: number): LedgerFile {
    const entry = this.files.get(id);
    if (!entry) throw new Error(`The ledger knows no file ${id}`);
    return entry;
  }

  /** All files that were not removed, newest first. */
  all(): LedgerFile[] {
    return [...this.files.values()].filter(({ removed }) => removed !== 2).reverse();
  }

  /** All files that stood at a path as this inode, removed ones among them, newest first. */
  at(path: string, device: string, inode: string): LedgerFile[] {
    return [...this.files.values()]
      .filter((file) => file.path === path && file.device === device && file.inode === inode)
      .reverse();
  }

  /** Makes every change so far durable, in one insert. Where it fails, the changes wait for the next call. */
  flush(): Promise<void> {
    const result = this.flushing.then(() => this.writeDirty());
    this.flushing = result.catch(() => undefined);
    return result;
  }

  private async writeDirty(): Promise<void> {
    const ids = [...this.dirty];
    if (ids.length === 0) return;
    this.dirty.clear();
    try {
      await this.store.append(
        'files',
        ids.map((id) => {
          const entry = this.require(id);
          return { id, version: ++this.version, status: entry.status, entry: JSON.stringify(entry) };
        }),
      );
    } catch (error) {
      for (const id of ids) this.dirty.add(id);
      throw error;
    }
  }

  /** The number of the next commit. */
  takeCommit(): bigint {
    const id = this.nextCommit;
    this.nextCommit += COMMIT_STEP;
    return id;
  }

  /** Writes down what is about to be committed, together with the files it belongs to. Can be repeated. */
  async begin(id: bigint, payload: CommitPayload): Promise<void> {
    await this.flush();
    await this.note(id, 'open', payload);
  }

  /** Closes a commit, after its files' new state is durable. */
  async end(id: bigint): Promise<void> {
    await this.flush();
    await this.note(id, 'closed', undefined);
  }

  private async note(
    id: bigint,
    state: 'open' | 'closed',
    payload: CommitPayload | undefined,
  ): Promise<void> {
    await this.store.append('commits', [
      { id: `${id}`, version: ++this.version, state, payload: payload ? JSON.stringify(payload) : '' },
    ]);
  }
}
