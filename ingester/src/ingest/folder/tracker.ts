import type { BigIntStats } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isLaterInSeries, kindOf, nodeOf, seriesOf } from './names';
import type { Series } from './names';
import { firstSight, seeAgain } from './state';
import type { FileState } from './state';
import type { Look } from './tree';

/** A file that was missed in so many looks running is gone: one look may fall between the two halves of a rename. */
const GONE_AFTER = 3;

/** A file under observation. It is the same file under another name as long as device and inode stay the same. */
export interface Tracked {
  readonly dev: bigint;
  readonly ino: bigint;
  path: string;
  node: string;
  series: Series;
  state: FileState;
  /** A callback is under way. */
  busy: 'load' | 'follow' | undefined;
  /** Looks running that did not find it. */
  missed: number;
  /** Why it was refused. */
  reason: string;
  /** When it was put away, epoch milliseconds. */
  putAwayAt: number;
  /** Whether a process was seen to have it open for writing; undefined before anybody looked. */
  writer: 'unseen' | 'open' | 'closed' | undefined;
  /** The size it had when its writer was seen to have closed it. */
  closedSize: number;
}

/** `dev:ino`, by which a file is known whatever its name. */
export function identityOf(file: { dev: bigint; ino: bigint }): string {
  return `${file.dev}:${file.ino}`;
}

/** Size and time of change as numbers. */
export function sightOf(stats: BigIntStats): { size: number; mtimeMs: number } {
  return { size: Number(stats.size), mtimeMs: Number(stats.mtimeNs) / 1e6 };
}

/** Knows the files of the drop folder by identity, and follows them through renames. */
export class Tracker {
  private readonly byIdentity = new Map<string, Tracked>();
  private readonly byPath = new Map<string, Tracked>();

  constructor(private readonly folder: string) {}

  /** All files, in the order in which they are to be handled: by time of change, then by name. */
  files(): Tracked[] {
    return [...this.byIdentity.values()].sort(
      (a, b) => a.state.mtimeMs - b.state.mtimeMs || (a.path < b.path ? -1 : 1),
    );
  }

  /** Some file is not where it was: the whole folder must be looked through for it. */
  get someMissed(): boolean {
    return [...this.byIdentity.values()].some((file) => file.missed > 0);
  }

  /** Takes in looks at regular files and at nothing. */
  apply(looks: Look[], now: number): void {
    for (const { path, stats } of looks) {
      const known = this.byPath.get(path);
      if (known && (!stats || identityOf(stats) !== identityOf(known))) known.missed++;
    }
    for (const { path, stats } of looks) {
      if (stats) this.found(path, stats, now);
    }
  }

  /** The file is nowhere in the folder any more. */
  isGone(file: Tracked): boolean {
    return file.missed >= GONE_AFTER;
  }

  /** A later log of the same series stands beside it and was written to since. */
  private isSuperseded(file: Tracked): boolean {
    return [...this.byIdentity.values()].some(
      (other) =>
        other.missed === 0 &&
        isLaterInSeries(file.series, other.series) &&
        other.state.mtimeMs >= file.state.mtimeMs &&
        dirname(other.path) === dirname(file.path),
    );
  }

  /** Its writer has left it, as far as can be told while it lies under its name. */
  isLeft(file: Tracked): boolean {
    return (file.writer === 'closed' && file.closedSize === file.state.size) || this.isSuperseded(file);
  }

  /** The file lies elsewhere now. */
  relocate(file: Tracked, path: string): void {
    if (this.byPath.get(file.path) === file) this.byPath.delete(file.path);
    file.path = path;
    file.missed = 0;
    this.byPath.set(path, file);
  }

  /** Nothing more is to be known of the file. */
  forget(file: Tracked): void {
    this.byIdentity.delete(identityOf(file));
    if (this.byPath.get(file.path) === file) this.byPath.delete(file.path);
  }

  private found(path: string, stats: BigIntStats, now: number): void {
    const sight = sightOf(stats);
    const file = this.byIdentity.get(identityOf(stats));
    if (file && file.path !== path) {
      // Where the old name still leads to it, this is a second name of the same file.
      if (file.missed === 0) return;
      if (this.isAnother(file, sight)) this.forget(file);
      else this.renamed(file, path);
    }
    const still = this.byIdentity.get(identityOf(stats));
    if (!still) return this.add(path, stats, now);
    still.missed = 0;
    // What a load was given is what its outcome stands for: changes are taken in afterwards.
    if (still.busy !== 'load') still.state = seeAgain(still.state, sight, now);
  }

  /** A deleted file's inode is soon given to a new one; a file that was just renamed is as it was, unless it is live. */
  private isAnother(file: Tracked, sight: { size: number; mtimeMs: number }): boolean {
    if (file.busy || file.state.phase === 'following') return false;
    return file.state.size !== sight.size && file.state.mtimeMs !== sight.mtimeMs;
  }

  private renamed(file: Tracked, path: string): void {
    this.relocate(file, path);
    file.node = nodeOf(this.folder, path);
    file.series = seriesOf(basename(path));
    file.state = { ...file.state, rotated: true };
  }

  private add(path: string, stats: BigIntStats, now: number): void {
    const kind = kindOf(basename(path));
    if (!kind) return;
    const file: Tracked = {
      dev: stats.dev,
      ino: stats.ino,
      path,
      node: nodeOf(this.folder, path),
      series: seriesOf(basename(path)),
      state: firstSight(kind, sightOf(stats), now),
      busy: undefined,
      missed: 0,
      reason: '',
      putAwayAt: 0,
      writer: undefined,
      closedSize: 0,
    };
    this.byIdentity.set(identityOf(file), file);
    this.byPath.set(path, file);
  }
}
