import { rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { FileRecord } from '.';
import {
  csv,
  deliveries,
  delivery,
  freshHour,
  line,
  openRoom,
  stamp,
  zipped,
  type Room,
} from './ingest.testkit';
import { driftOfRollups } from './recount.testkit';
import { addsUp, closeSound, expectAtRest } from './room.testkit';

let room: Room;

beforeAll(async () => {
  room = await openRoom();
});

afterEach(() => expectAtRest(room));

afterAll(() => closeSound(room));

describe('a log becomes events', () => {
  it('with exact counts, span, kind and node on its record', async () => {
    const hour = freshHour();
    const rows = [
      ...deliveries(hour, 10),
      delivery(hour, 20, { type: 'b', bounceCat: 'bad-mailbox', dsnStatus: '5.1.1' }),
    ];
    const file = await room.load('acct.csv', csv(rows), { node: 'mta1' });
    expect(file).toMatchObject({
      name: 'acct.csv',
      kind: 'acct',
      node: 'mta1',
      status: 'loaded',
      message: '',
      rows: 11,
      events: 11,
      duplicates: 0,
      errors: 0,
      firstEvent: new Date(hour * 1000).toISOString(),
      lastEvent: new Date((hour + 20) * 1000).toISOString(),
    });
    expect(file.bytes).toBe(Buffer.byteLength(csv(rows)));
    const [totals] = await room.store.read<Record<string, number>>(
      `SELECT sum(delivered) AS delivered, sum(hardBounced) AS hard, sum(r.bytes) AS bytes, sum(latencySum) AS latency
       FROM watchtower.totals_minute AS r WHERE r.time >= fromUnixTimestamp(${hour}) AND r.time < fromUnixTimestamp(${hour + 3600})`,
    );
    expect(totals).toEqual({ delivered: 10, hard: 1, bytes: 20_000, latency: 50 });
  });

  it('loads every member of an archive as a file of its own', async () => {
    const hour = freshHour();
    const archive = await zipped({
      'a.csv': csv(deliveries(hour, 3)),
      'sub/b.csv': csv(deliveries(hour, 8, 3)),
      'empty.csv': '',
    });
    const files = await room.loadAll('day.zip', archive);
    expect(files.map(({ name, status, events }) => [name, status, events])).toEqual([
      ['day.zip/a.csv', 'loaded', 3],
      ['day.zip/sub/b.csv', 'loaded', 5],
      ['day.zip/empty.csv', 'rejected', 0],
    ]);
    expect(await room.count(hour, hour + 3600)).toBe(8);
  });

  it('keeps equal rows of one file apart: they are distinct events', async () => {
    const hour = freshHour();
    const file = await room.load('twice.csv', csv([delivery(hour, 0), delivery(hour, 0)]));
    expect(file).toMatchObject({ rows: 2, events: 2, duplicates: 0 });
  });
});

describe('deleting', () => {
  it('takes the events out, brings back what the file had shadowed, and dropping it again brings it back', async () => {
    const hour = freshHour();
    const bounces = [0, 1, 2].map((i) => delivery(hour, i, { type: 'b', bounceCat: 'bad-mailbox' }));
    const poor = ['type', 'timeLogged', 'orig', 'rcpt', 'bounceCat', 'jobId'];
    const bounce = await room.load('bounce.csv', csv(bounces, poor));
    const text = csv([...bounces, ...deliveries(hour, 7, 3)]);
    const acct = await room.load('acct.csv', text);
    expect(acct).toMatchObject({ events: 7, duplicates: 0 });
    expect(await room.now(bounce)).toMatchObject({ rows: 3, events: 0, duplicates: 3 });

    await room.ingest.remove(acct.id);
    expect(await room.ingest.get(acct.id)).toBeUndefined();
    expect(await room.now(bounce)).toMatchObject({ rows: 3, events: 3, duplicates: 0 });
    expect(await room.count(hour, hour + 3600)).toBe(3);

    const again = await room.load('acct-again.csv', text);
    expect(again).toMatchObject({ status: 'loaded', events: 7 });
    expect(await room.count(hour, hour + 3600)).toBe(7);
    expect(await driftOfRollups(room.store)).toEqual([]);
  });

  it('takes the file’s errors away as well', async () => {
    const hour = freshHour();
    const file = await room.load(
      'bad.csv',
      csv([delivery(hour, 0), delivery(hour, 1, { timeLogged: 'soon' })]),
    );
    expect((await room.ingest.errors(file.id, { limit: 5 })).errors).toHaveLength(1);
    await room.ingest.remove(file.id);
    const [left] = await room.store.read<{ n: number }>(
      `SELECT count() AS n FROM watchtower.ingest_errors WHERE file = ${file.id}`,
    );
    expect(left?.n).toBe(0);
  });

  it('lets the same content in while it is still going on', async () => {
    const hour = freshHour();
    const text = csv(deliveries(hour, 5));
    const file = await room.load('going.csv', text);
    const [, again] = await Promise.all([room.ingest.remove(file.id), room.load('coming.csv', text)]);
    expect(await room.now(again)).toMatchObject({ status: 'loaded', events: 5 });
    expect(await room.count(hour, hour + 3600)).toBe(5);
  });

  it('is refused for a file that is being loaded, and happens once when asked twice', async () => {
    const hour = freshHour();
    const { files, done } = await room.ingest.submit(room.put('busy.csv', csv(deliveries(hour, 5))), {
      origin: 'cli',
    });
    const id = files[0]?.id ?? '';
    await expect(room.ingest.remove(id)).rejects.toThrow(/is (queued|loading): try again/);
    await done;
    const outcomes = await Promise.allSettled([room.ingest.remove(id), room.ingest.remove(id)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});

describe('trying again', () => {
  it('loads what failed once it can be read', async () => {
    const hour = freshHour();
    const path = room.put('retried.csv', 'no,log\n1,2\n');
    const [refused] = await (await room.ingest.submit(path, { origin: 'cli' })).done;
    expect(refused).toMatchObject({ status: 'rejected' });
    room.put('retried.csv', csv(deliveries(hour, 4)));
    const queued = await room.ingest.retry((refused as FileRecord).id);
    expect(['queued', 'loading']).toContain(queued.status);
    await room.ingest.idle();
    expect(await room.now(queued)).toMatchObject({ status: 'loaded', events: 4, message: '' });
  });

  it('replaces the events and the errors of the earlier attempt, even when asked twice at once', async () => {
    const hour = freshHour();
    const bad = delivery(hour, 1, { timeLogged: 'soon' });
    const file = await room.load('again.csv', csv([...deliveries(hour, 4), bad]));
    await room.store.write(`ALTER TABLE watchtower.ingest_errors UPDATE reason = 'old' WHERE file = ${file.id}
      SETTINGS mutations_sync = 1`);
    const outcomes = await Promise.allSettled([room.ingest.retry(file.id), room.ingest.retry(file.id)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await room.ingest.idle();
    expect(await room.now(file)).toMatchObject({ rows: 5, events: 4, errors: 1 });
    const { errors } = await room.ingest.errors(file.id, { limit: 9 });
    expect(errors).toEqual([expect.objectContaining({ line: 6, reason: expect.stringContaining('soon') })]);
    expect(await room.count(hour, hour + 3600)).toBe(4);
  });

  const losses: [string, RegExp, (name: string, text: string) => void][] = [
    ['is gone', /the file is gone/, (name) => rmSync(room.put(name, ''))],
    ['is another log now', /another content/, (name, text) => room.put(name, text + text.split('\n')[1])],
    ['is no log now', /./, (name) => room.put(name, 'no,log\n1,2\n')],
    ['is a broken archive now', /./, (name) => room.put(name, gzipSync('x'.repeat(999)).subarray(0, 20))],
  ];
  for (const [what, why, lose] of losses) {
    it(`leaves everything as it was, and says why, where the file ${what}`, async () => {
      const hour = freshHour();
      const text = csv([...deliveries(hour, 2), delivery(hour, 3, { timeLogged: 'soon' })]);
      const file = await room.load(`lost-${hour}.csv`, text);
      const { begun } = await room.commits();
      lose(`lost-${hour}.csv`, text);
      await expect(room.ingest.retry(file.id)).rejects.toThrow(why);
      expect(await room.now(file)).toEqual(file);
      expect((await room.ingest.errors(file.id, { limit: 9 })).errors).toHaveLength(1);
      expect((await room.commits()).begun).toBe(begun);
      // The next start leaves it alone, too.
      await room.restart();
      expect(await room.now(file)).toEqual(file);
      expect(await room.count(hour, hour + 3600)).toBe(2);
    });
  }
});

describe('lists', () => {
  it('pages through the errors in the order of the file', async () => {
    const hour = freshHour();
    const rows = Array.from({ length: 25 }, (_, i) =>
      delivery(hour, i, i % 2 ? { timeLogged: `never${i}` } : {}),
    );
    const file = await room.load('pages.csv', csv(rows));
    expect(file).toMatchObject({ status: 'loaded_with_errors', rows: 25, events: 13, errors: 12 });
    expect(file.message).toContain('12 of 25 rows could not be loaded');
    const lines: number[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await room.ingest.errors(file.id, { limit: 5, cursor });
      lines.push(...page.errors.map((error) => error.line));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(lines).toEqual(Array.from({ length: 12 }, (_, i) => 3 + 2 * i));
  });

  it('pages through the files, newest first, by status too', async () => {
    const hour = freshHour();
    for (let i = 0; i < 5; i++) await room.load(`listed-${i}.csv`, csv([delivery(hour, i)]));
    const first = await room.ingest.list({ limit: 3 });
    expect(first.files.map(({ name }) => name)).toEqual(['listed-4.csv', 'listed-3.csv', 'listed-2.csv']);
    const second = await room.ingest.list({ limit: 2, cursor: first.next ?? '' });
    expect(second.files.map(({ name }) => name)).toEqual(['listed-1.csv', 'listed-0.csv']);
    const failed = await room.ingest.list({ limit: 100, status: 'failed' });
    expect(failed.files.every(({ status }) => status === 'failed')).toBe(true);
  });
});

describe('many files', () => {
  it('share commits: 200 at once, all rows there, every file’s rows accounted for', async () => {
    const hour = freshHour();
    const before = await room.commits();
    const rows = (f: number) =>
      Array.from({ length: 10 }, (_, i) => delivery(hour, f, { rcpt: `u${f}-${i}@gmx.de`, jobId: `J${f}` }));
    const files = await Promise.all(
      Array.from({ length: 200 }, (_, f) =>
        room.load(`many/${f}.csv`, csv(rows(f)) + line({ type: 'd' }) + '\n'),
      ),
    );
    expect(new Set(files.map(({ status }) => status))).toEqual(new Set(['loaded_with_errors']));
    expect(files.every((file) => addsUp(file) && file.events === 10 && file.errors === 1)).toBe(true);
    expect(await room.count(hour, hour + 3600)).toBe(2000);
    expect((await room.commits()).begun - before.begun).toBeLessThan(60);
  });

  it('whose rows are copies of each other’s still add up', async () => {
    const hour = freshHour();
    const overlapping = Array.from({ length: 6 }, (_, f) => csv(deliveries(hour, 10 + f, f)));
    const files = await Promise.all(overlapping.map((text, f) => room.load(`overlap/${f}.csv`, text)));
    const settled = await Promise.all(files.map((file) => room.now(file)));
    expect(settled.every(addsUp)).toBe(true);
    expect(settled.reduce((sum, { events }) => sum + events, 0)).toBe(15);
    expect(await room.count(hour, hour + 3600)).toBe(15);
  });
});

describe('closing', () => {
  it('is quick with files waiting, and the next start loads them', async () => {
    const hour = freshHour();
    const paths = Array.from({ length: 30 }, (_, f) =>
      room.put(`waiting/${f}.csv`, csv([delivery(hour, f, { jobId: stamp(hour) })])),
    );
    for (const path of paths) await room.ingest.submit(path, { origin: 'cli' });
    const started = Date.now();
    await room.restart();
    expect(Date.now() - started).toBeLessThan(15_000);
    await room.ingest.idle();
    expect(await room.count(hour, hour + 3600)).toBe(30);
  });
});
