import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadOptions, Store } from '../store';
import { csv, deliveries, delivery, freshHour, openRoom, type Room } from './ingest.testkit';
import { doubledLines, driftOfRollups } from './recount.testkit';

/** The store goes away, the disk fills up: the service says so, goes on, and neither loses nor doubles a row. */

/** Makes statements of a real store fail before or after the engine ran them. */
class Faults {
  private left = 0;
  private matching = /(?!)/;
  private message = '';
  private ranBefore = false;

  next(times: number, matching: RegExp, message: string, ranBefore = false): void {
    Object.assign(this, { left: times, matching, message, ranBefore });
  }

  get spent(): boolean {
    return this.left === 0;
  }

  wrap(store: Store): Store {
    const run = async <R>(what: string, work: () => Promise<R>): Promise<R> => {
      if (this.left === 0 || !this.matching.test(what)) return work();
      this.left--;
      if (this.ranBefore) await work();
      throw new Error(this.message);
    };
    return {
      mode: store.mode,
      workers: store.workers,
      retention: store.retention,
      turns: store.turns,
      load: () => store.load(),
      read: <T>(sql: string, options?: ReadOptions) => run(sql, () => store.read<T>(sql, options)),
      write: (sql) => run(sql, () => store.write(sql)),
      prepare: (worker, sql) => run(sql, () => store.prepare(worker, sql)),
      append: (table, rows, token) => run(`append ${table}`, () => store.append(table, rows, token)),
      loadCsv: (...load) => run('loadCsv', () => store.loadCsv(...load)),
      close: () => store.close(),
    };
  }
}

const AWAY = 'connect ECONNREFUSED 127.0.0.1:8123';

describe('a store that goes away for a while', () => {
  const faults = new Faults();
  let room: Room;

  beforeAll(async () => {
    room = await openRoom({}, (store) => faults.wrap(store));
  });

  afterEach(async () => {
    expect(faults.spent).toBe(true);
    expect(room.ingest.trouble).toBe('');
    expect((await room.commits()).open).toBe(0);
    expect(room.spooled()).toEqual([]);
  });

  afterAll(async () => {
    expect(await driftOfRollups(room.store)).toEqual([]);
    expect(await doubledLines(room.store)).toEqual([]);
    await room.close();
  });

  const places: [string, RegExp][] = [
    ['the insert of events', /INSERT INTO watchtower\.events/],
    ['the note that begins or ends a commit', /append commits/],
    ['the ledger of files', /append files/],
    ['the errors', /append ingest_errors/],
    ['the staging', /loadCsv|INSERT INTO watchtower\.stage|TRUNCATE TABLE watchtower\.stage/],
    ['a question', /file_totals/],
  ];
  for (const [place, matching] of places) {
    for (const ranBefore of [false, true]) {
      it(`at ${place}, ${ranBefore ? 'after the work was done' : 'before'}: nothing lost, nothing doubled`, async () => {
        const hour = freshHour();
        const text = csv([...deliveries(hour, 5), delivery(hour, 6, { timeLogged: 'noon' })]);
        // An insert that was done is seen by its repetition, which does not insert again.
        const times = ranBefore && place === 'the insert of events' ? 1 : 2;
        faults.next(times, matching, AWAY, ranBefore);
        const file = await room.load(`${hour}.csv`, text);
        expect(file).toMatchObject({ status: 'loaded_with_errors', rows: 6, events: 5, errors: 1 });
        expect(await room.count(hour, hour + 3600)).toBe(5);
        expect((await room.ingest.errors(file.id, { limit: 9 })).errors).toHaveLength(1);
      });
    }
  }

  it('is reported as trouble meanwhile', async () => {
    const hour = freshHour();
    faults.next(3, /INSERT INTO watchtower\.events/, AWAY);
    const loading = room.load('trouble.csv', csv(deliveries(hour, 3)));
    const seen: string[] = [];
    const timer = setInterval(() => seen.push(room.ingest.trouble), 50);
    expect(await loading).toMatchObject({ status: 'loaded', events: 3 });
    clearInterval(timer);
    expect(seen).toContain(`the store does not take rows: ${AWAY}`);
  });

  it('survives it while deleting, and the next start has nothing to finish', async () => {
    const hour = freshHour();
    const file = await room.load('deleted.csv', csv(deliveries(hour, 3)));
    faults.next(2, /append commits/, AWAY, true);
    await room.ingest.remove(file.id);
    expect(await room.count(hour, hour + 3600)).toBe(0);
    await room.restart();
    expect(await room.count(hour, hour + 3600)).toBe(0);
  });

  it('that refuses a commit for good fails the one file, and the next start is not bothered', async () => {
    const hour = freshHour();
    faults.next(1, /INSERT INTO watchtower\.events/, 'Code: 49. DB::Exception: Logical error');
    const file = await room.load('refused.csv', csv(deliveries(hour, 3)));
    expect(file).toMatchObject({ status: 'failed', message: expect.stringContaining('Logical error') });
    await room.restart();
    expect(await room.load('refused.csv', csv(deliveries(hour, 3)))).toMatchObject({ status: 'loaded' });
    expect(await room.count(hour, hour + 3600)).toBe(3);
  });

  it('that refuses a commit of several files loads them one by one', async () => {
    const hour = freshHour();
    faults.next(1, /INSERT INTO watchtower\.events/, 'Code: 49. DB::Exception: Logical error');
    const files = await Promise.all(
      [0, 1, 2, 3, 4, 5].map((i) => room.load(`one-by-one-${i}.csv`, csv([delivery(hour, i)]))),
    );
    expect(files.filter(({ status }) => status === 'loaded').length).toBeGreaterThanOrEqual(5);
    const failed = files.filter(({ status }) => status === 'failed');
    for (const { id } of failed) await room.ingest.retry(id);
    await room.ingest.idle();
    expect(await room.count(hour, hour + 3600)).toBe(6);
  });

  it('lets the service close', async () => {
    const hour = freshHour();
    faults.next(3, /INSERT INTO watchtower\.events/, AWAY);
    void room.load('closing.csv', csv(deliveries(hour, 3)));
    while (room.ingest.trouble === '') await new Promise((resolve) => setTimeout(resolve, 20));
    const started = Date.now();
    await room.ingest.close();
    expect(Date.now() - started).toBeLessThan(5000);
    faults.next(0, /(?!)/, '');
    await room.restart();
    await room.ingest.idle();
    expect(await room.count(hour, hour + 3600)).toBe(3);
  });
});

describe('a clock that was set back', () => {
  it('does not hide what the ledger learns afterwards', async () => {
    const room = await openRoom();
    const hour = freshHour();
    const file = await room.load('clock.csv', csv(deliveries(hour, 2)));
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => now - 3_600_000);
    await room.restart();
    await room.ingest.remove(file.id);
    await room.restart();
    clock.mockRestore();
    expect(await room.ingest.get(file.id)).toBeUndefined();
    expect((await room.commits()).open).toBe(0);
    await room.close();
  });
});

describe('a disk that is full', () => {
  const parent = mkdtempSync(join(tmpdir(), 'watchtower-full-'));
  const dataDir = join(parent, 'data');
  const spool = join(dataDir, 'spool');
  let mounted = false;

  beforeAll(() => {
    mkdirSync(spool, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', spool], { stdio: 'ignore' });
      mounted = true;
    } catch {
      // Only root may mount.
    }
  });

  afterAll(() => {
    if (mounted) execFileSync('umount', [spool]);
    rmSync(parent, { recursive: true, force: true });
  });

  it('fails the file that does not fit, says so, frees what it took, and loads the next', async () => {
    if (!mounted) return;
    const room = await openRoom({ dataDir });
    const hour = freshHour();
    const large = await room.load(
      'large.csv',
      csv(Array.from({ length: 9000 }, (_, i) => delivery(hour, i % 3600))),
    );
    expect(large).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('the disk is full'),
      events: 0,
    });
    expect(room.spooled()).toEqual([]);
    expect(await room.load('small.csv', csv(deliveries(hour, 5)))).toMatchObject({
      status: 'loaded',
      events: 5,
    });
    expect(await driftOfRollups(room.store)).toEqual([]);
    await room.close();
  });
});
