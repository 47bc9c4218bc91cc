import { appendFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import type { FileRecord } from '.';
import { COLUMNS, deliveries, delivery, freshHour, line, openRoom, type Room } from './ingest.testkit';
import { doubledLines, driftOfRollups } from './recount.testkit';

/** A log that PowerMTA still writes is loaded as it grows: every row once, never half of one. */

let room: Room;

beforeAll(async () => {
  room = await openRoom();
});

afterEach(async () => {
  expect(room.spooled()).toEqual([]);
  expect((await room.commits()).open).toBe(0);
});

afterAll(async () => {
  expect(await driftOfRollups(room.store)).toEqual([]);
  expect(await doubledLines(room.store)).toEqual([]);
  await room.close();
});

const header = `${COLUMNS.join(',')}\n`;

async function follow(path: string, finished = false, truncated = false): Promise<void> {
  const { dev, ino } = statSync(path, { bigint: true });
  await room.ingest.follower.follow({ path, node: '', dev, ino }, { finished, truncated });
}

async function files(name: string): Promise<FileRecord[]> {
  return (await room.ingest.list({ limit: 1000 })).files.filter((file) => file.name === name);
}

const rows = (hour: number, from: number, to: number) =>
  deliveries(hour, to, from)
    .map((row) => `${line(row)}\n`)
    .join('');

describe('a live log', () => {
  it('gives its rows as they are complete, and its last one when it is finished', async () => {
    const hour = freshHour();
    const path = room.put('grows.csv', '');
    const text = header + rows(hour, 0, 5).slice(0, -1);
    const seen: number[] = [];
    for (let end = 0; end <= text.length; end += 97) {
      appendFileSync(path, text.slice(end, end + 97));
      await follow(path);
      seen.push(await room.count(hour, hour + 3600));
      const complete = text.slice(0, end + 97).split('\n').length - 2;
      expect(seen.at(-1)).toBe(Math.max(0, complete));
    }
    expect(seen.at(-1)).toBe(4);
    await follow(path, true);
    expect(await room.count(hour, hour + 3600)).toBe(5);
    const [file] = await files('grows.csv');
    expect(file).toMatchObject({ status: 'loaded', rows: 5, events: 5, errors: 0 });
    expect(await files('grows.csv')).toHaveLength(1);
  });

  it('is the same one after a restart and under another name', async () => {
    const hour = freshHour();
    const path = room.put('acct.csv', header + rows(hour, 0, 3));
    await follow(path);
    await room.restart();
    appendFileSync(path, rows(hour, 3, 5) + 'd,2026');
    await follow(path);
    const moved = path.replace('acct.csv', 'acct-2026-09-15-0001.csv');
    renameSync(path, moved);
    await follow(moved);
    appendFileSync(moved, line(delivery(hour, 9)).slice(6) + '\n');
    await follow(moved, true);
    expect(await room.count(hour, hour + 3600)).toBe(6);
    const [file] = await files('acct.csv');
    expect(file).toMatchObject({ status: 'loaded', rows: 6, events: 6 });
  });

  it('finished, then dropped whole as a copy: nothing is added', async () => {
    const hour = freshHour();
    const text = header + rows(hour, 0, 4);
    const path = room.put('live.csv', text);
    await follow(path);
    const early = await room.load('early-copy.csv', header + rows(hour, 0, 2));
    expect(early).toMatchObject({ rows: 2 });
    await follow(path, true);
    expect(await room.load('copy.csv', text)).toMatchObject({ status: 'duplicate' });
    expect(await room.load('longer.csv', text + rows(hour, 4, 6))).toMatchObject({ status: 'loaded' });
    expect(await room.count(hour, hour + 3600)).toBe(6);
  });

  it('makes cut copies of its beginning needless, and is brought back when a longer copy is deleted', async () => {
    const hour = freshHour();
    const path = room.put('live-long.csv', header + rows(hour, 0, 4));
    await follow(path);
    const early = await room.load('cut-early.csv', (header + rows(hour, 0, 3)).slice(0, -12));
    expect(early).toMatchObject({ status: 'duplicate', message: expect.stringContaining('live-long.csv') });
    const late = await room.load('cut-late.csv', (header + rows(hour, 0, 6)).slice(0, -12));
    expect(late.status).toBe('loaded');
    appendFileSync(path, rows(hour, 4, 8).slice(0, -12));
    await follow(path, true);
    expect(await room.now(late)).toMatchObject({ status: 'duplicate' });
    const whole = await room.load('live-long-copy.csv', header + rows(hour, 0, 9));
    expect((await files('live-long.csv'))[0]).toMatchObject({ status: 'duplicate' });
    expect(await room.count(hour, hour + 3600)).toBe(9);
    await room.ingest.remove(whole.id);
    await room.ingest.idle();
    const [live] = await files('live-long.csv');
    expect(live).toMatchObject({ status: 'loaded', rows: 8 });
    expect(await room.count(hour, hour + 3600)).toBe(8);
    for (const copy of [early, late])
      expect(await room.now(copy)).toMatchObject({ message: expect.stringContaining(`(file ${live?.id})`) });
  });

  it('that was loaded whole and grows later goes on, its unterminated last row included', async () => {
    const hour = freshHour();
    const first = header + line(delivery(hour, 9, { timeLogged: 'noon' })) + '\n' + header + rows(hour, 0, 3);
    const path = room.put('resumed.csv', first.slice(0, -12));
    const [loaded] = await (await room.ingest.submit(path, { origin: 'folder' })).done;
    expect(loaded).toMatchObject({ rows: 4, events: 3, errors: 1 });
    appendFileSync(path, first.slice(-12) + rows(hour, 3, 5));
    await follow(path);
    await follow(path, true);
    expect(await room.count(hour, hour + 3600)).toBe(5);
    const [file] = await files('resumed.csv');
    expect(file).toMatchObject({
      status: 'loaded_with_errors',
      rows: 6,
      events: 5,
      errors: 1,
      duplicates: 0,
    });
    expect((await room.ingest.errors(file?.id ?? '', { limit: 9 })).errors.map(({ line }) => line)).toEqual([
      2,
    ]);
  });

  it('that had only half of its first row when it was loaded whole', async () => {
    const hour = freshHour();
    const text = header + rows(hour, 0, 2);
    const path = room.put('half.csv', text.slice(0, header.length + 60));
    await (
      await room.ingest.submit(path, { origin: 'folder' })
    ).done;
    appendFileSync(path, text.slice(header.length + 60));
    await follow(path, true);
    expect(await room.count(hour, hour + 3600)).toBe(2);
  });

  for (const told of [true, false]) {
    it(`that is truncated (${told ? 'seen' : 'not seen'} by the watcher) starts a new file; the old rows stay`, async () => {
      const hour = freshHour();
      const name = `truncated-${told}.csv`;
      const path = room.put(name, header + rows(hour, 0, 5));
      await follow(path);
      truncateSync(path, 0);
      writeFileSync(path, header + rows(hour, 10, 12));
      await follow(path, false, told);
      appendFileSync(path, rows(hour, 12, 14));
      await follow(path, true);
      expect(await room.count(hour, hour + 3600)).toBe(9);
      expect((await files(name)).map(({ status, events }) => [status, events])).toEqual([
        ['loaded', 4],
        ['loaded', 5],
      ]);
    });
  }

  it('with bad rows, blank lines and quotes over several steps keeps its line numbers', async () => {
    const hour = freshHour();
    const path = room.put('bad.csv', `${header}${rows(hour, 0, 1)}\nshort\n`);
    await follow(path);
    appendFileSync(path, `${line(delivery(hour, 1)).replace('smtp;250 OK', '"two')}`);
    await follow(path);
    appendFileSync(path, '\nlines"');
    await follow(path);
    appendFileSync(path, `\nd,noon\n${rows(hour, 2, 3)}`);
    await follow(path, true);
    const [file] = await files('bad.csv');
    const { errors } = await room.ingest.errors(file?.id ?? '', { limit: 99 });
    // The quoted cell was closed without the cells behind it: its two lines are two bad rows.
    expect(errors.map((error) => error.line)).toEqual([4, 5, 6, 7]);
    expect(file).toMatchObject({ rows: 6, events: 2, errors: 4 });
  });

  it('deleted while nothing comes can be loaded again', async () => {
    const hour = freshHour();
    const path = room.put('deleted.csv', header + rows(hour, 0, 3));
    await follow(path, true);
    const [file] = await files('deleted.csv');
    await room.ingest.remove(file?.id ?? '');
    expect(await room.count(hour, hour + 3600)).toBe(0);
    await (
      await room.ingest.submit(path, { origin: 'folder' })
    ).done;
    expect(await room.count(hour, hour + 3600)).toBe(3);
  });
});
