import type { Timing } from './state';

/** What happens to loaded files: into .done, nothing, or deleted. Refused ones go into .failed unless files are kept. */
export type AfterLoad = 'move' | 'keep' | 'delete';

/** A file in the drop folder as it was when it was last looked at. */
export interface FolderFile {
  path: string;
  /** First-level sub-folder, '' for the drop folder itself. */
  node: string;
  dev: bigint;
  ino: bigint;
  /** Bytes. */
  size: number;
  /** Time of change, epoch milliseconds with fractions. */
  mtimeMs: number;
}

/** What became of a file; a refused one says why, and a live log that was followed before a restart is followed on. */
export type LoadOutcome = 'loaded' | 'duplicate' | 'following' | { refused: string };

/** How a file is followed this time. */
export interface FollowStep {
  /** The writer has left the file, or the file is gone from its path: its last row is as complete as it will ever be. */
  finished: boolean;
  /** The file became shorter since it was last handed over: its content starts anew. */
  truncated: boolean;
}

/** What the drop folder needs of its owner. */
export interface DropFolderOptions {
  /** The drop folder; made if it is missing. */
  folder: string;
  afterLoad: AfterLoad;
  /** Days after which files in .done are deleted. */
  doneDays: number;
  /** Files loaded side by side, started in the order of their time of change. */
  parallelLoads: number;
  timing?: Partial<Timing>;
  /**
   * Loads a file that is complete as far as can be told. A plain one may be a live log in a quiet moment: if it grows
   * afterwards, `follow` is called. A rejected promise means "not now": it is called again later.
   */
  load(file: FolderFile): Promise<LoadOutcome>;
  /**
   * Loads what was added to a live log. Never called twice at a time for one file. After `finished` it is called again if
   * the file grows against expectation. A rejected promise means "not now": it is called again later.
   */
  follow(file: FolderFile, step: FollowStep): Promise<void>;
  /** Told when a file was put away. */
  moved(from: string, to: string): void;
  /** Told once of each link, pipe, socket or device; they are left where they are. */
  irregular(file: { path: string; node: string }, reason: string): void;
  /** Told, once each, of troubles with the folder itself. */
  problem(message: string): void;
}
