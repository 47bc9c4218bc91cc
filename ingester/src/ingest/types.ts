/** Where a file stands on its way in. */
export type FileStatus =
  | 'queued'
  | 'loading'
  | 'following'
  | 'loaded'
  | 'loaded_with_errors'
  | 'duplicate'
  | 'rejected'
  | 'failed';

/** How a file came in. */
export type Origin = 'folder' | 'upload' | 'cli';

/**
 * Named moments of the way in; tests use them to end the process exactly there. `rows`: a commit's rows are written, and
 * what they change in the ids of others and in complaints is not.
 */
export type Step = 'hash' | 'ledger' | 'rows' | 'chunk' | 'inserted' | 'archive';

/** A file as the API shows it: rows = events + duplicates + errors once it is loaded. Times are ISO 8601, UTC. */
export interface FileRecord {
  id: string;
  name: string;
  kind: string;
  node: string;
  sha256: string;
  bytes: number;
  rows: number;
  events: number;
  duplicates: number;
  errors: number;
  status: FileStatus;
  message: string;
  progress: { bytes: number; rows: number };
  queuedAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  firstEvent: string | null;
  lastEvent: string | null;
}

/** A row that could not be loaded: physical line, reason, the start of its text. */
export interface IngestError {
  line: number;
  reason: string;
  raw: string;
}

/** Files queued by one submission, and what became of them. */
export interface Submission {
  files: FileRecord[];
  done: Promise<FileRecord[]>;
}

/** Options of a submission: the name to show, the node the log came from, how it came in. */
export interface SubmitOptions {
  name?: string;
  node?: string;
  origin: Origin;
}

/** Page of a list: at most `limit` entries after `cursor`. */
export interface PageOptions {
  limit: number;
  cursor?: string | undefined;
}

/** The way in at a glance, from what the ledger holds in memory. */
export interface IngestFigures {
  /** Files by status. */
  files: Partial<Record<FileStatus, number>>;
  /** How long the oldest file waits or loads, in seconds. */
  lagSeconds: number;
  /** Rows and decompressed bytes of all files, and the rows that could not be loaded. */
  rows: number;
  errors: number;
  bytes: number;
  /** What keeps rows from being committed; empty while all is well. */
  trouble: string;
}

/** A commit that is done. */
export interface Committed {
  /** From its first note in the ledger to its last one. */
  seconds: number;
}

/** The ingest room's way in. */
export interface Ingest {
  figures(): IngestFigures;
  /** Calls back after each commit, when its rows answer, until the function it gives is called. */
  onCommit(listener: (committed: Committed) => void): () => void;
  /** Queues a file (a zip becomes a record per member); resolves when it is queued. */
  submit(path: string, options: SubmitOptions): Promise<Submission>;
  list(
    options: PageOptions & { status?: FileStatus | undefined },
  ): Promise<{ files: FileRecord[]; next: string | null }>;
  get(id: string): Promise<FileRecord | undefined>;
  errors(id: string, options: PageOptions): Promise<{ errors: IngestError[]; next: string | null }>;
  /** Loads a failed or rejected file again, or one whose errors were mended by new rules. */
  retry(id: string): Promise<FileRecord>;
  /** Takes a file's events out of everything and brings back what it had shadowed. */
  remove(id: string): Promise<FileRecord>;
  /** Resolves when nothing is queued or loading. */
  idle(): Promise<void>;
  close(): Promise<void>;
}
