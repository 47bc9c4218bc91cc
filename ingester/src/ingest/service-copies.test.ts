import { gzipSync } from 'node:zlib';
import { rmSync } from 'node:fs';
import type { FileRecord } from '.';
import { csv, deliveries, freshHour, openRoom, zipped, type Room } from './ingest.testkit';
import { addsUp, closeSound, expectAtRest } from './room.testkit';

/** A log that is dropped again, whole or in part, changes no number. */

let room: Room;

beforeAll(async () => {
  room = await openRoom();
});

afterEach(() => expectAtRest(room));

afterAll(() => closeSound(room));

describe('the same content again', () => {
  it('is told by its bytes, whatever the name and the packing', async () => {
    const hour = freshHour();
    const text = csv(deliveries(hour, 6));
    const first = await room.load('first.csv', text);
    const disguises: [string, string | Buffer][] = [
      ['renamed.csv', text],
      ['packed.csv.gz', gzipSync(text)],
      ['alone.zip', await zipped({ 'first.csv': text })],
    ];
    for (const [name, content] of disguises) {
      const again = await room.load(name, content);
      expect(again).toMatchObject({ status: 'duplicate', sha256: first.sha256, rows: 0, events: 0 });
      expect(again.message).toContain('first.csv');
    }
    const members = await room.loadAll(
      'with-others.zip',
      await zipped({ 'other.csv': csv(deliveries(hour, 9, 6)), 'first.csv': text }),
    );
    expect(members.map(({ status }) => status)).toEqual(['loaded', 'duplicate']);
    expect(await room.count(hour, hour + 3600)).toBe(9);
  });

  it('is told by its rows where the bytes differ', async () => {
    const hour = freshHour();
    await room.load('lf.csv', csv(deliveries(hour, 6)));
    const crlf = await room.load('crlf.csv', csv(deliveries(hour, 6), undefined, '\r\n'));
    expect(crlf).toMatchObject({ status: 'loaded', rows: 6 });
    expect(addsUp(crlf)).toBe(true);
    expect(await room.count(hour, hour + 3600)).toBe(6);
    const more = await room.load('marked.csv', `\uFEFF${csv(deliveries(hour, 8))}`);
    expect(addsUp(more)).toBe(true);
    expect(await room.count(hour, hour + 3600)).toBe(8);
  });

  it('counts once when it is dropped several times at the same moment', async () => {
    const hour = freshHour();
    const text = csv(deliveries(hour, 50));
    const files = await Promise.all(['x.csv', 'y.csv', 'z.csv'].map((name) => room.load(name, text)));
    expect(files.map(({ status }) => status).sort()).toEqual(['duplicate', 'duplicate', 'loaded']);
    expect(await room.count(hour, hour + 3600)).toBe(50);
  });

  it('is a content again, not a copy, when the one that was loading fails', async () => {
    const hour = freshHour();
    const text = csv(deliveries(hour, 4));
    const path = room.put('later.csv', text);
    const twin = room.put('twin.csv', text);
    rmSync(path);
    const lost = await room.ingest.submit(path, { origin: 'cli' });
    const kept = await room.ingest.submit(twin, { origin: 'cli' });
    expect((await lost.done)[0]).toMatchObject({ status: 'failed', message: 'the file is gone' });
    expect((await kept.done)[0]).toMatchObject({ status: 'loaded', events: 4 });
  });

  it('of two nodes still counts for each of them where only rows are equal', async () => {
    const hour = freshHour();
    await room.load('n1.csv', csv(deliveries(hour, 3)), { node: 'n1' });
    const other = await room.load('n2.csv', csv(deliveries(hour, 3), undefined, '\r\n'), { node: 'n2' });
    expect(other).toMatchObject({ events: 3, duplicates: 0 });
  });

  it('does not hold for logs without rows: every quiet day has one', async () => {
    await room.load('quiet1.csv', csv([]));
    expect(await room.load('quiet2.csv', csv([]))).toMatchObject({
      status: 'loaded',
      message: 'only a header line, no rows',
    });
  });

  it('is refused where the site says so, and says which file has it', async () => {
    const hour = freshHour();
    await room.restart({ dedupe: 'reject' });
    await room.load('strict.csv', csv(deliveries(hour, 2)));
    const again = await room.load('strict-again.csv', csv(deliveries(hour, 2)));
    expect(again.status).toBe('rejected');
    expect(again.message).toMatch(/the same content as strict\.csv \(file \d+\)/);
    await room.restart({ dedupe: 'skip' });
  });
});

describe('a partial upload', () => {
  const cuts: [string, (text: string) => string][] = [
    ['behind a row', (text) => text],
    ['in the middle of a row', (text) => text.slice(0, -60)],
    ['in the last value, so that all columns are there', (text) => text.slice(0, -12)],
  ];

  for (const [where, cut] of cuts) {
    for (const order of ['before', 'after'] as const) {
      it(`cut ${where}, loaded ${order} the whole one, changes nothing`, async () => {
        const hour = freshHour();
        const whole = csv(deliveries(hour, 20));
        const partial = cut(csv(deliveries(hour, 10)));
        const texts = { partial, whole };
        const names = order === 'before' ? (['partial', 'whole'] as const) : (['whole', 'partial'] as const);
        const files: Record<string, FileRecord> = {};
        for (const name of names) files[name] = await room.load(`${hour}-${name}.csv`, texts[name]);
        expect(await room.count(hour, hour + 3600)).toBe(20);
        const short = await room.now(files.partial as FileRecord);
        const long = await room.now(files.whole as FileRecord);
        expect(long).toMatchObject({ status: 'loaded', rows: 20, errors: 0 });
        expect(short.events + long.events).toBe(20);
        // One that ends in a whole row is told by its rows.
        expect(short.status).toBe(cut('ab') === 'ab' ? 'loaded' : 'duplicate');
      });
    }
  }

  it('loaded at the same moment as the whole one changes nothing either', async () => {
    const hour = freshHour();
    const [whole] = await Promise.all([
      room.load('race-whole.csv', csv(deliveries(hour, 300))),
      room.load('race-partial.csv', csv(deliveries(hour, 150)).slice(0, -12)),
    ]);
    expect(await room.count(hour, hour + 3600)).toBe(300);
    expect(await room.now(whole)).toMatchObject({ events: 300, duplicates: 0 });
  });

  it('that ends in its very first row is told too', async () => {
    const hour = freshHour();
    await room.load('first-row.csv', csv(deliveries(hour, 1)).slice(0, -12));
    await room.load('first-row-whole.csv', csv(deliveries(hour, 3)));
    expect(await room.count(hour, hour + 3600)).toBe(3);
  });
});
