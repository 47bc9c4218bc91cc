import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { DropFolder } from './index';
import type { DropFolderOptions, FolderFile, FollowStep, LoadOutcome } from './index';

const TIMING = {
  settleMs: 150,
  followAfterMs: 200,
  moveAfterMs: 200,
  finishMs: 300,
  idleMs: 60_000,
  pollMs: 30,
  rescanMs: 150,
  retryMs: 100,
};

/** What the owner of a drop folder was told, and what it answers. */
class Owner {
  readonly loads: FolderFile[] = [];
  readonly steps: (FollowStep & { file: FolderFile })[] = [];
  readonly irregular: string[] = [];
  readonly problems: string[] = [];
  readonly moves: string[] = [];
  loading = 0;
  mostLoading = 0;
  answer: (file: FolderFile) => LoadOutcome | Promise<LoadOutcome> = () => 'loaded';
}

let drop: string;
let owner: Owner;
let folder: DropFolder | undefined;
const running: (() => void)[] = [];

beforeEach(() => {
  drop = mkdtempSync(join(tmpdir(), 'drop-'));
  owner = new Owner();
});
afterEach(async () => {
  for (const stop of running.splice(0)) stop();
  await folder?.close();
  folder = undefined;
  rmSync(drop, { recursive: true, force: true });
});

async function start(options: Partial<DropFolderOptions> = {}): Promise<void> {
  folder = new DropFolder({
    folder: drop,
    afterLoad: 'move',
    doneDays: 7,
    parallelLoads: 4,
    timing: TIMING,
    async load(file) {
      owner.loads.push(file);
      owner.mostLoading = Math.max(owner.mostLoading, ++owner.loading);
      await pause(5);
      owner.loading--;
      return owner.answer(file);
    },
    async follow(file, step) {
      owner.steps.push({ file, ...step });
      await pause(5);
    },
    irregular: ({ path }, reason) => owner.irregular.push(`${basename(path)}: ${reason}`),
    problem: (message) => owner.problems.push(message),
    moved: (from, to) => owner.moves.push(`${relative(drop, from)} > ${relative(drop, to)}`),
    ...options,
  });
  await folder.start();
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean, ms = 5000): Promise<void> {
  for (const end = Date.now() + ms; !condition() && Date.now() < end; ) await pause(10);
  expect(condition()).toBe(true);
}

/** Writes a file as if it had been changed `age` ms ago. */
function put(name: string, content = 'type\nd\n', age = 60_000): string {
  const path = join(drop, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  const time = (Date.now() - age) / 1000;
  utimesSync(path, time, time);
  return path;
}
const has = (name: string): boolean => existsSync(join(drop, name));
const loadedNames = (): string[] => owner.loads.map(({ path }) => basename(path));

/** Appends like a log writer until told to stop. */
function writer(path: string): { stop(): Promise<void> } {
  let on = true;
  running.push(() => (on = false));
  const done = (async () => {
    while (on) {
      appendFileSync(path, 'd,1,2,3\n');
      await pause(30);
    }
  })();
  return {
    stop: () => {
      on = false;
      return done;
    },
  };
}

describe('DropFolder', () => {
  it('loads what is there at the start, oldest first, a few at a time, and files it by node', async () => {
    for (let i = 0; i < 30; i++) put(`mta${i % 2}/acct-${i}.csv.gz`, 'x', 100_000 - i * 1000);
    put('top.csv', 'x', 200_000);
    put('notes.txt');
    put('.hidden.csv');
    await start();
    await until(() => readdirSync(drop).sort().join() === '.done,.hidden.csv,mta0,mta1,notes.txt');
    await until(() => readdirSync(join(drop, 'mta0')).length + readdirSync(join(drop, 'mta1')).length === 0);
    expect(loadedNames()).toEqual(['top.csv', ...Array.from({ length: 30 }, (_, i) => `acct-${i}.csv.gz`)]);
    expect(owner.loads[1]).toMatchObject({ node: 'mta0', size: 1 });
    expect(owner.mostLoading).toBe(4);
    expect(readdirSync(join(drop, '.done/mta1'))).toHaveLength(15);
    expect(owner.moves).toContain('top.csv > .done/top.csv');
  });

  it('waits until a file that is copied in is complete', async () => {
    await start({ afterLoad: 'keep' });
    const path = join(drop, 'copy.csv.gz');
    for (let i = 0; i < 10; i++) {
      appendFileSync(path, 'x');
      await pause(40);
    }
    await until(() => owner.loads.length === 1);
    expect(owner.loads[0]?.size).toBe(10);
  });

  (process.platform === 'linux' ? it : it.skip)(
    'leaves an archive that stalls until its writer closes it',
    async () => {
      const path = join(drop, 'acct.csv.gz');
      const writer = openSync(path, 'a');
      writeSync(writer, 'first half');
      await start();
      await pause(6 * TIMING.settleMs);
      expect(owner.loads).toEqual([]);
      writeSync(writer, 'second half');
      closeSync(writer);
      await until(() => owner.loads.length === 1);
    },
  );

  it('keeps files in place by setting, and loads none of them twice', async () => {
    put('a.csv');
    put('b.zip');
    put('bad.csv');
    owner.answer = ({ path }) => (path.endsWith('bad.csv') ? { refused: 'no header' } : 'loaded');
    await start({ afterLoad: 'keep' });
    await pause(800);
    expect(loadedNames().sort()).toEqual(['a.csv', 'b.zip', 'bad.csv']);
    expect(readdirSync(drop).sort()).toEqual(['a.csv', 'b.zip', 'bad.csv']);
    expect([owner.steps, owner.problems]).toEqual([[], []]);
    utimesSync(join(drop, 'b.zip'), 1, 1);
    await until(() => owner.loads.length === 4);
  });

  it('puts refused files aside with the reason, and never over another file', async () => {
    put('.failed/bad.csv', 'earlier');
    put('bad.csv');
    put('mta1/bad.csv.gz');
    owner.answer = () => ({ refused: 'no header line' });
    await start();
    await until(() => has('.failed/bad.1.csv.reason.txt') && has('.failed/mta1/bad.csv.gz.reason.txt'));
    expect(readFileSync(join(drop, '.failed/bad.csv'), 'utf8')).toBe('earlier');
    expect(readFileSync(join(drop, '.failed/bad.1.csv.reason.txt'), 'utf8')).toBe('no header line\n');
    expect(has('bad.csv')).toBe(false);
  });

  it('deletes loaded files by setting, but not refused ones', async () => {
    put('good.csv');
    put('bad.csv');
    owner.answer = ({ path }) => (path.endsWith('bad.csv') ? { refused: 'no' } : 'duplicate');
    await start({ afterLoad: 'delete' });
    await until(() => !has('good.csv') && has('.failed/bad.csv.reason.txt'));
    expect(has('.done')).toBe(false);
  });

  it('tells once of links, pipes and directories with a log name, and never opens them', async () => {
    execFileSync('mkfifo', [join(drop, 'pipe.csv')]);
    symlinkSync('/etc/passwd', join(drop, 'link.csv'));
    mkdirSync(join(drop, 'folder.csv'));
    await start();
    await pause(500);
    expect(owner.irregular.sort()).toEqual([
      'link.csv: a symbolic link is not a log file',
      'pipe.csv: a named pipe is not a log file',
    ]);
    expect(owner.loads).toEqual([]);
  });

  it('follows a live log as it grows, through its rename, and puts it away when it is finished', async () => {
    await start();
    const path = put('mta1/acct.csv', 'type\n', 0);
    const first = writer(path);
    await until(() => owner.steps.length >= 3);
    const { ino } = statSync(path, { bigint: true });
    renameSync(path, join(drop, 'mta1/acct-2026-09-15.csv'));
    appendFileSync(join(drop, 'mta1/acct-2026-09-15.csv'), 'd,last\n');
    await first.stop();
    await until(() => has('.done/mta1/acct-2026-09-15.csv'));
    const steps = owner.steps.filter(({ file }) => file.ino === ino);
    expect(steps.at(-1)).toMatchObject({ finished: true, truncated: false });
    expect(steps.filter(({ finished }) => finished)).toHaveLength(1);
    const handedOver = steps.filter(({ finished }) => !finished).at(-1)?.file;
    expect(handedOver?.size).toBe(statSync(join(drop, '.done/mta1/acct-2026-09-15.csv')).size);
  });

  it('finds a live log again under a name that is no log name', async () => {
    await start();
    const path = put('acct.csv', 'type\n', 0);
    const live = writer(path);
    await until(() => owner.steps.length >= 2);
    await live.stop();
    renameSync(path, join(drop, 'acct.csv.1'));
    appendFileSync(join(drop, 'acct.csv.1'), 'd,last\n');
    await until(() => has('.done/acct.csv.1'));
    expect(owner.steps.at(-1)).toMatchObject({ finished: true, file: { path: join(drop, 'acct.csv.1') } });
  });

  it('finishes a live log once a later one of its series is written to, never the log of another node', async () => {
    await start();
    const path = put('acct-2026-09-15-0000.csv', 'type\n', 0);
    const live = writer(path);
    await until(() => owner.steps.length >= 2);
    await live.stop();
    await pause(2 * TIMING.finishMs);
    expect([has('acct-2026-09-15-0000.csv'), owner.steps.at(-1)?.finished]).toEqual([true, false]);
    const next = writer(put('acct-2026-09-15-0001.csv', 'type\n', 0));
    await until(() => has('.done/acct-2026-09-15-0000.csv'));
    await next.stop();
    expect(has('acct-2026-09-15-0001.csv')).toBe(true);
  });

  it('finishes a slow copy when the process that wrote it has closed it', async () => {
    await start();
    const path = join(drop, 'copy.csv');
    const fd = openSync(path, 'w');
    for (let i = 0; i < 20; i++) {
      writeSync(fd, 'd,1\n');
      await pause(30);
    }
    await pause(2 * TIMING.finishMs);
    expect(owner.steps.length).toBeGreaterThan(1);
    expect(owner.steps.filter(({ finished }) => finished)).toEqual([]);
    closeSync(fd);
    await until(() => has('.done/copy.csv'));
    expect(owner.steps.at(-1)).toMatchObject({ finished: true, file: { size: 80 } });
  });

  it('says when a live log was cut and begins anew', async () => {
    await start();
    const path = put('acct.csv', 'type\n', 0);
    const live = writer(path);
    await until(() => owner.steps.length >= 2);
    await live.stop();
    await pause(100);
    truncateSync(path, 0);
    appendFileSync(path, 'type\n');
    await until(() => owner.steps.at(-1)?.truncated === true);
    appendFileSync(path, 'd\n');
    await until(() => owner.steps.at(-1)?.truncated === false && owner.steps.at(-1)?.file.size === 7);
  });

  it('follows a log that grows after it was loaded, also when it has been put away already', async () => {
    const path = put('acct.csv');
    await start();
    await until(() => has('.done/acct.csv'));
    appendFileSync(join(drop, '.done/acct.csv'), 'd,late\n');
    await until(() => owner.steps.length >= 2);
    expect(owner.steps[0]).toMatchObject({
      finished: false,
      file: { size: 14, path: join(drop, '.done/acct.csv') },
    });
    expect(existsSync(path)).toBe(false);
  });

  it('does not put a log away that a process has open for writing', async () => {
    const path = put('acct.csv');
    const fd = openSync(path, 'a');
    await start();
    await until(() => owner.problems.length === 1);
    await pause(300);
    expect([owner.loads.length, has('acct.csv')]).toEqual([1, true]);
    closeSync(fd);
    await until(() => has('.done/acct.csv'));
  });

  it('loads an overwritten file again', async () => {
    const path = put('acct.csv', 'a long file\n');
    await start({ afterLoad: 'keep' });
    await until(() => owner.loads.length === 1);
    writeFileSync(path, 'short\n');
    await until(() => owner.loads.length === 2);
    expect(owner.loads[1]?.size).toBe(6);
  });

  it('tries again when its owner cannot load now', async () => {
    put('acct.csv');
    let attempts = 0;
    owner.answer = () => (++attempts < 3 ? Promise.reject(new Error('store is away')) : 'loaded');
    await start();
    await until(() => has('.done/acct.csv'));
    expect(owner.problems).toEqual([expect.stringContaining('store is away')]);
  });

  it('deletes from .done what is too old', async () => {
    put('.done/mta1/old.csv');
    put('.done/mta1/.part');
    await start({ doneDays: -1 });
    await until(() => readdirSync(join(drop, '.done')).length === 0);
  });

  it('stops when it is closed, without waiting for a load', async () => {
    put('acct.csv');
    owner.answer = () => new Promise(() => undefined);
    await start();
    await until(() => owner.loads.length === 1);
    await folder?.close();
    put('later.csv');
    await pause(300);
    expect(owner.loads).toHaveLength(1);
  });
});
