import { mkdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import { irregular } from '../source';
import { DONE, isHidden, kindOf, nodeOf } from './names';
import type { DropFolderOptions, FolderFile, FollowStep } from './options';
import { putAway } from './put-away';
import { removeOld } from './shelf';
import { decide, DEFAULT_TIMING, finished, handedOver, loaded, resumed } from './state';
import type { Timing } from './state';
import { identityOf, Tracker } from './tracker';
import type { Tracked } from './tracker';
import { lookAt, pathsBelow } from './tree';
import { openForWriting } from './writers';

/** How often .done is searched for what is too old. */
const CLEAN_EVERY_MS = 3_600_000;
/** How long a plain log that was put away is still looked at, in case its writer had it open all the same. */
const WATCH_PUT_AWAY_MS = 86_400_000;

/** Watches the drop folder: says when a file is to be loaded and when to be followed, and puts it away afterwards. */
export class DropFolder {
  private readonly timing: Timing;
  private readonly tracker: Tracker;
  /** Paths of which something was reported since the last look. */
  private touched = new Set<string>();
  /** What was told once and is not told again. */
  private readonly told = new Set<string>();
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** When the timer fires, epoch milliseconds; Infinity while none is set. */
  private due = Infinity;
  private isLooking = false;
  /** How soon after the look under way the next one is wanted. */
  private nextIn = Infinity;
  private looking: Promise<void> = Promise.resolve();
  private closed = false;
  private loading = 0;
  private rescannedAt = 0;
  private cleanedAt = 0;

  constructor(private readonly options: DropFolderOptions) {
    this.timing = { ...DEFAULT_TIMING, ...options.timing };
    this.tracker = new Tracker(options.folder);
  }

  /** Begins to watch, and begins with the files that are there. Rejects where the folder cannot be made. */
  async start(): Promise<void> {
    const { folder } = this.options;
    await mkdir(folder, { recursive: true });
    this.watcher = watch(folder, {
      ignoreInitial: true,
      followSymlinks: false,
      ignorePermissionErrors: true,
      ignored: (path) => path !== folder && relative(folder, path).split(sep).some(isHidden),
    });
    this.watcher.on('all', (_event, path) => {
      this.touched.add(path);
      this.wake(this.timing.pollMs / 4);
    });
    this.watcher.on('error', (error) =>
      this.problem(`The drop folder cannot be watched, only polled: ${String(error)}`),
    );
    this.run();
    await this.looking;
  }

  /** Stops. Callbacks under way are not waited for; their files are handled again after the next start. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.watcher?.close();
    await this.looking;
  }

  private wake(delayMs: number): void {
    if (this.isLooking) {
      this.nextIn = Math.min(this.nextIn, delayMs);
      return;
    }
    const due = Date.now() + delayMs;
    if (this.closed || this.due <= due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => this.run(), delayMs).unref();
  }

  private run(): void {
    this.isLooking = true;
    this.nextIn = this.timing.pollMs;
    this.looking = this.look()
      .catch((error: unknown) => this.problem(`The drop folder cannot be looked through: ${String(error)}`))
      .then(() => {
        this.isLooking = false;
        this.due = Infinity;
        this.wake(this.nextIn);
      });
  }

  private async look(): Promise<void> {
    const rescan = Date.now() - this.rescannedAt >= this.timing.rescanMs;
    const touched = this.touched;
    this.touched = new Set();
    if (!rescan) await this.observe([...touched, ...this.pathsUnderWay()]);
    if (rescan || this.tracker.someMissed) {
      this.rescannedAt = Date.now();
      const below = await pathsBelow(this.options.folder, this.wanted(), (folder, error) =>
        this.problem(`The folder ${folder} cannot be read: ${error.message}`),
      );
      await this.observe([...below, ...this.tracker.files().map((file) => file.path)]);
    }
    if (this.closed) return;
    await this.lookForWriters(rescan);
    await this.act(Date.now());
    if (Date.now() - this.cleanedAt >= CLEAN_EVERY_MS) {
      this.cleanedAt = Date.now();
      await removeOld(join(this.options.folder, DONE), this.options.doneDays, Date.now());
    }
  }

  /** A log that was renamed away may have got any name. */
  private wanted(): (name: string) => boolean {
    const any = this.tracker.someMissed;
    return (name) => any || kindOf(name) !== undefined;
  }

  /** What can change what is to be done. Those that only wait for their turn to be loaded are not looked at again and again. */
  private pathsUnderWay(): string[] {
    const now = Date.now();
    return this.tracker
      .files()
      .filter(({ state, busy, putAwayAt }) => {
        if (state.phase === 'settled') return now - putAwayAt < this.timing.finishMs;
        return busy !== 'load' && decide(state, now, this.timing, false) !== 'load';
      })
      .map((file) => file.path);
  }

  private async observe(paths: string[]): Promise<void> {
    const looks = await lookAt(paths);
    for (const { path, stats } of looks) {
      const what = stats && !stats.isDirectory() ? irregular(stats) : undefined;
      if (!what || this.told.has(path)) continue;
      this.told.add(path);
      this.options.irregular({ path, node: nodeOf(this.options.folder, path) }, `${what} is not a log file`);
    }
    this.tracker.apply(
      looks.filter(({ stats }) => !stats || stats.isFile()),
      Date.now(),
    );
  }

  /** Looks who writes the growing logs: one that was seen open and is closed now has been left by its writer. */
  private async lookForWriters(again: boolean): Promise<void> {
    const growing = this.tracker
      .files()
      .filter(({ state }) => state.growingSince !== undefined || state.phase === 'following')
      .filter(({ state, writer }) => state.kind === 'plain' && (again || writer === undefined));
    if (growing.length === 0) return;
    const open = await openForWriting(new Set(growing.map((file) => basename(file.path))));
    for (const file of growing) {
      const isOpen = open.has(identityOf(file));
      if (!isOpen && file.writer === 'open') file.closedSize = file.state.size;
      const closed = file.writer === 'open' || file.writer === 'closed';
      file.writer = isOpen ? 'open' : closed ? 'closed' : 'unseen';
    }
  }

  private async act(now: number): Promise<void> {
    const leaving: Tracked[] = [];
    const arriving = await this.archivesBeingWritten(now);
    for (const file of this.tracker.files()) {
      if (file.busy) continue;
      if (arriving.has(identityOf(file))) {
        this.later(file);
        continue;
      }
      const { state } = file;
      const gone = this.tracker.isGone(file);
      const forgotten =
        state.putAway && state.phase === 'settled' && now - file.putAwayAt > WATCH_PUT_AWAY_MS;
      if (forgotten || (gone && state.phase !== 'following')) {
        this.tracker.forget(file);
        continue;
      }
      if (file.missed > 0 && !gone) continue;
      const left = state.phase === 'following' && (gone || this.tracker.isLeft(file));
      const action = gone ? 'finish' : decide(state, now, this.timing, left);
      if (action === 'load' && this.loading < this.options.parallelLoads) void this.load(file);
      else if (action === 'follow') void this.follow(file);
      else if (action === 'finish') void this.finish(file, left);
      else if (action === 'put-away') leaving.push(file);
    }
    if (leaving.length === 0) return;
    await putAway(leaving, this.options, this.tracker, (file, error) => {
      this.later(file);
      this.problem(`${file.path} stays in the drop folder: ${error.message}`);
    });
  }

  /** An archive that stalls on its way in has no rows to follow: it is left until its writer closes it. */
  private async archivesBeingWritten(now: number): Promise<ReadonlySet<string>> {
    const ready = this.tracker
      .files()
      .filter(({ busy, state }) => !busy && state.kind === 'packed' && state.phase === 'waiting')
      .filter(({ state }) => decide(state, now, this.timing, false) === 'load');
    if (ready.length === 0) return new Set();
    return openForWriting(new Set(ready.map(({ path }) => basename(path))));
  }

  private async load(file: Tracked): Promise<void> {
    this.loading++;
    file.busy = 'load';
    try {
      const outcome = await this.options.load(fileOf(file));
      const refused = typeof outcome === 'object';
      file.reason = refused ? outcome.refused : '';
      file.state = outcome === 'following' ? resumed(file.state) : loaded(file.state, refused);
    } catch (error) {
      this.later(file);
      this.problem(`${file.path} is loaded later: ${(error as Error).message}`);
    } finally {
      this.loading--;
      file.busy = undefined;
      this.wake(this.timing.pollMs / 10);
    }
  }

  private follow(file: Tracked): Promise<void> {
    const { truncated } = file.state;
    file.state = handedOver(file.state);
    return this.step(file, { finished: false, truncated });
  }

  private async finish(file: Tracked, left: boolean): Promise<void> {
    const given = file.state;
    await this.step(file, { finished: true, truncated: false });
    if (this.tracker.isGone(file)) this.tracker.forget(file);
    else if (file.state === given) file.state = finished(given, left);
  }

  private async step(file: Tracked, step: FollowStep): Promise<void> {
    file.busy = 'follow';
    try {
      await this.options.follow(fileOf(file), step);
    } catch (error) {
      this.later(file);
      // Handed over again, as if it had not been.
      file.state = {
        ...file.state,
        followedSize: undefined,
        truncated: file.state.truncated || step.truncated,
      };
      this.problem(`${file.path} is followed later: ${(error as Error).message}`);
    } finally {
      file.busy = undefined;
    }
  }

  private later(file: Tracked): void {
    file.state = { ...file.state, notBefore: Date.now() + this.timing.retryMs };
  }

  private problem(message: string): void {
    if (this.closed || this.told.has(message)) return;
    this.told.add(message);
    this.options.problem(message);
  }
}

function fileOf({ path, node, dev, ino, state }: Tracked): FolderFile {
  return { path, node, dev, ino, size: state.size, mtimeMs: state.mtimeMs };
}
