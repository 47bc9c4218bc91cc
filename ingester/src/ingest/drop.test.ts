import { appendFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { watchFolder, type FileRecord } from '.';
import { COLUMNS, csv, deliveries, freshHour, line, openRoom, type Room } from './ingest.testkit';
import { closeSound, expectAtRest } from './room.testkit';

/** The drop folder over restarts: what changed while the service was down is neither lost nor forgotten. */

const TIMING = {
  settleMs: 100,
  followAfterMs: 150,
  moveAfterMs: 100_000,
  finishMs: 100_000,
  idleMs: 100_000,
  pollMs: 20,
  rescanMs: 60,
  retryMs: 50,
};

let room: Room;
let folder: { close(): Promise<void> } | undefined;

beforeAll(async () => {
  room = await openRoom();
});

beforeEach(() => mkdirSync(join(room.dir, 'logs'), { recursive: true }));

afterEach(async () => {
  await folder?.close();
  folder = undefined;
  rmSync(join(room.dir, 'logs'), { recursive: true });
  await room.ingest.idle();
  await expectAtRest(room);
});

afterAll(() => closeSound(room));

async function start(): Promise<void> {
  const settings = {
    dropDir: join(room.dir, 'logs'),
    afterLoad: 'keep',
    doneDays: 7,
    timing: TIMING,
  } as const;
  folder = await watchFolder(room.ingest, settings, () => undefined);
}

async function stop(): Promise<void> {
  await folder?.close();
  folder = undefined;
  await room.restart();
}

async function files(name: string): Promise<FileRecord[]> {
  return (await room.ingest.list({ limit: 1000 })).files.filter((file) => file.name === name);
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const rows = (hour: number, from: number, to: number) =>
  deliveries(hour, to, from)
    .map((row) => `${line(row)}\n`)
    .join('');

/** A log that the service follows and has read to its third row. */
async function followed(name: string, hour: number): Promise<string> {
  const path = room.put(name, `${COLUMNS.join(',')}\n${rows(hour, 0, 1)}`);
  await start();
  const writer = setInterval(() => appendFileSync(path, '\n'), 30);
  await until(async () => (await files(name))[0]?.status === 'following');
  clearInterval(writer);
  appendFileSync(path, rows(hour, 1, 3));
  await until(async () => (await files(name))[0]?.rows === 3);
  return path;
}

describe('a followed log, while the service is down,', () => {
  it('stays: it is followed on', async () => {
    const hour = freshHour();
    const path = await followed('stays.csv', hour);
    await stop();
    appendFileSync(path, rows(hour, 3, 5));
    await start();
    await until(async () => (await files('stays.csv'))[0]?.rows === 5);
    expect(await files('stays.csv')).toMatchObject([{ status: 'following', events: 5 }]);
    expect(await room.count(hour, hour + 3600)).toBe(5);
  });

  for (const to of ['rotated-2026-09-15.csv', 'rotated.csv.1']) {
    it(`is written on and renamed to ${to}: its rest is read there, once`, async () => {
      const hour = freshHour();
      const name = `at-${hour}.csv`;
      const path = await followed(name, hour);
      await stop();
      appendFileSync(path, rows(hour, 3, 6));
      renameSync(path, join(room.dir, 'logs', to));
      room.put(name, `${COLUMNS.join(',')}\n${rows(hour, 10, 12)}`);
      await start();
      await until(async () => (await files(name))[0]?.rows === 2);
      await room.ingest.idle();
      expect(await room.count(hour, hour + 3600)).toBe(8);
      expect((await files(name)).map(({ status, rows }) => [status, rows])).toEqual([
        ['loaded', 2],
        ['loaded', 6],
      ]);
      expect(await files(to)).toEqual([]);
    });
  }

  it('is removed: what had been read is kept, and the file says so', async () => {
    const hour = freshHour();
    const path = await followed('removed.csv', hour);
    await stop();
    rmSync(path);
    await start();
    expect(await files('removed.csv')).toMatchObject([
      { status: 'loaded', rows: 3, message: expect.stringContaining('gone when the service started') },
    ]);
    expect(await room.count(hour, hour + 3600)).toBe(3);
  });
});

describe('files that are kept in the folder', () => {
  it('are not taken for new ones at the next start: loaded, copies, deleted; written again they are', async () => {
    const hour = freshHour();
    const text = csv(deliveries(hour, 4));
    const other = csv(deliveries(hour, 9, 6));
    room.put('kept.csv', text);
    room.put('kept-too.csv', text);
    room.put('deleted.csv', other);
    await start();
    const all = async () =>
      (await Promise.all(['kept.csv', 'kept-too.csv', 'deleted.csv'].map(files))).flat();
    await until(async () => (await all()).filter(({ finishedAt }) => finishedAt !== null).length === 3);
    await room.ingest.remove((await files('deleted.csv'))[0]?.id ?? '');
    const before = await all();
    await stop();
    room.put('new.csv', csv(deliveries(hour, 12, 10)));
    await start();
    await until(async () => (await files('new.csv'))[0]?.status === 'loaded');
    expect(await all()).toEqual(before);
    expect(await room.count(hour, hour + 3600)).toBe(6);
    room.put('deleted.csv', other);
    await until(async () => (await files('deleted.csv'))[0]?.status === 'loaded');
    expect(await room.count(hour, hour + 3600)).toBe(9);
  });
});
