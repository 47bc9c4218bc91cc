import { rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { FileRecord } from '.';
import { csv, deliveries, delivery, freshHour, openRoom, type Room } from './ingest.testkit';
import { countedEvents } from './recount.testkit';
import { addsUp, closeSound, expectAtRest } from './room.testkit';

/** What counts follows from the files that are there: not from the order in which they came, went and came again. */

let room: Room;
let drops = 0;

beforeAll(async () => {
  room = await openRoom();
});

afterEach(() => expectAtRest(room));

afterAll(() => closeSound(room));

/** Loads a content under a name of its own. */
function drop(text: string, how = ''): Promise<FileRecord> {
  const name = `drop-${drops++}.csv`;
  return how === 'packed' ? room.load(`${name}.gz`, gzipSync(text)) : room.load(name, text);
}

/** Deletes a file; resolves when what it had shadowed is there again. */
async function remove(file: FileRecord): Promise<FileRecord> {
  const answer = await room.ingest.remove(file.id);
  await room.ingest.idle();
  return answer;
}

describe('files that come and go in any order', () => {
  /** Contents of an hour: a log whole, cut at places, as another program wrote it, and its bounces in a file of their own. */
  function contents(hour: number, cuts: readonly number[]): string[] {
    const bounces = [8, 9].map((i) => delivery(hour, i, { type: 'b', bounceCat: 'bad-mailbox' }));
    const whole = csv([...deliveries(hour, 8), ...bounces]);
    const poor = ['type', 'timeLogged', 'orig', 'rcpt', 'bounceCat', 'jobId'];
    const header = whole.indexOf('\n') + 1;
    const partial = (cut: number) => whole.slice(0, header + Math.floor((whole.length - header) * cut));
    return [whole, ...cuts.map(partial), csv(bounces, poor), csv(deliveries(hour, 5, 3), undefined, '\r\n')];
  }

  const CUTS = 2;
  const dropped = (drop: number) => fc.record({ drop: fc.constant(drop), packed: fc.boolean() });
  const atFirst = fc
    .shuffledSubarray([0, 0, 1, 2, 3, 4], { minLength: 3 })
    .chain((drops) => fc.tuple(...drops.map(dropped)));
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ remove: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.nat(CUTS + 2).chain(dropped) },
  );
  const cut = fc.double({ min: 0.02, max: 1, noNaN: true });

  it('count as those that are left, loaded afresh', async () => {
    let revived = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(cut, { minLength: CUTS, maxLength: CUTS }),
        atFirst,
        fc.array(step, { minLength: 2, maxLength: 4 }),
        async (cuts, first, later) => {
          const hour = freshHour();
          const texts = contents(hour, cuts);
          const present: { file: FileRecord; text: string }[] = [];
          const left = async () => Promise.all(present.map(({ file }) => room.now(file)));
          for (const each of [...first, ...later]) {
            if ('drop' in each) {
              const text = texts[each.drop] as string;
              present.push({ file: await drop(text, each.packed ? 'packed' : ''), text });
            } else if (present.length > 0) {
              const files = await left();
              const shadowing = files.findIndex(({ id }) =>
                files.some(({ message }) => message.includes(`(file ${id})`)),
              );
              // Rather one that has copies.
              const index = each.remove < 12 && shadowing >= 0 ? shadowing : each.remove % files.length;
              present.splice(index, 1);
              const answer = await remove(files[index] as FileRecord);
              if (/takes its place/.test(answer.message)) revived++;
            }
          }
          const files = await left();
          expect(files.every(addsUp)).toBe(true);
          expect(files.filter(({ message }) => /instead/.test(message))).toEqual([]);
          const events = await countedEvents(room.store, hour);
          // The whole log says every event of the hour.
          if (present.some(({ text }) => text === texts[0])) expect(events).toHaveLength(10);

          for (const { file } of present) await remove(file);
          expect(await countedEvents(room.store, hour)).toEqual([]);
          const afresh = [...new Set(present.map(({ text }) => text))].sort();
          for (const text of afresh) await drop(text);
          expect(await countedEvents(room.store, hour)).toEqual(events);
        },
      ),
      { numRuns: 6, seed: 9653, endOnFailure: true },
    );
    // Else the property would hold for want of anything to bring back.
    expect(revived).toBeGreaterThan(2);
  }, 600_000);
});

describe('the beginning of a log whose bytes are gone', () => {
  async function dropAndLose(text: string): Promise<FileRecord> {
    const file = await drop(text);
    rmSync(`${room.dir}/logs/${file.name}`);
    return file;
  }

  it.each([
    ['in its last value', -12, 0],
    ['so early that no event is left', -140, 1],
  ])('is told by its rows, cut %s', async (_where, end) => {
    const hour = freshHour();
    await dropAndLose(csv(deliveries(hour, 9)));
    const partial = await drop(csv(deliveries(hour, 5)).slice(0, end));
    expect(partial).toMatchObject({
      status: 'duplicate',
      message: expect.stringContaining('the beginning of'),
    });
    expect(await room.count(hour, hour + 3600)).toBe(9);
  });

  it.each([
    ['of another moment', { timeLogged: '2026-09-16 12:00:00+0000' }, 4],
    ['in the middle, of another recipient', { rcpt: 'other@gmx.de' }, 2],
  ])('is not a log with a row %s', async (_what, change, at) => {
    const hour = freshHour();
    await dropAndLose(csv(deliveries(hour, 9)));
    const rows = deliveries(hour, 5).map((row, i) => (i === at ? { ...row, ...change } : row));
    expect(await drop(csv(rows).slice(0, -1))).toMatchObject({ status: 'loaded', events: 1 });
  });
});

describe('a copy whose twin is deleted', () => {
  it('takes its place: one of several, the others when that one goes', async () => {
    const hour = freshHour();
    const text = csv(deliveries(hour, 6));
    const first = await drop(text);
    const copies = [await drop(text, 'packed'), await drop(text)];
    const answer = await remove(first);
    const [other, heir] = await Promise.all(copies.map((file) => room.now(file)));
    expect(answer.message).toBe(`${heir?.name} (file ${heir?.id}) takes its place`);
    expect(heir).toMatchObject({ status: 'loaded', events: 6, message: '' });
    expect(other).toMatchObject({ status: 'duplicate', message: expect.stringContaining(heir?.name ?? '?') });
    await remove(heir as FileRecord);
    expect(await room.now(other as FileRecord)).toMatchObject({ status: 'loaded', events: 6 });
    await remove(other as FileRecord);
    expect(await room.count(hour, hour + 3600)).toBe(0);
  });

  it('says so where it cannot be read any more, and the next one that can takes the place', async () => {
    const hour = freshHour();
    const whole = csv(deliveries(hour, 6));
    const first = await drop(whole);
    const lost = await drop(whole);
    const partial = await drop(whole.slice(0, -200));
    rmSync(`${room.dir}/logs/${lost.name}`);
    const answer = await remove(first);
    expect(answer.message).toContain(`${partial.name} (file ${partial.id}) takes its place`);
    expect(answer.message).toContain(`${lost.name} (file ${lost.id}) had its content and cannot be read`);
    expect(await room.now(partial)).toMatchObject({ status: 'loaded' });
    expect(await room.now(lost)).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/is out.*the file is gone.*Drop it again/),
    });
    expect(await drop(whole)).toMatchObject({ status: 'loaded' });
    expect(await room.count(hour, hour + 3600)).toBe(6);
    expect(await room.now(partial)).toMatchObject({ status: 'duplicate' });
  });

  it('is not taken for what stands at its path now', async () => {
    const hour = freshHour();
    const text = csv(deliveries(hour, 3));
    const first = await drop(text);
    const copy = await drop(text);
    room.put(copy.name, csv(deliveries(hour, 9, 5)));
    await remove(first);
    expect(await room.now(copy)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('another content'),
    });
    expect(await room.count(hour, hour + 3600)).toBe(0);
  });

  it('takes its place as well when the twin cannot be loaded again', async () => {
    const hour = freshHour();
    const text = csv(deliveries(hour, 4));
    const first = await drop(text);
    const copy = await drop(text);
    const retried = room.ingest.retry(first.id);
    // Seen to be readable, then gone before it is read.
    await retried.finally(() => rmSync(`${room.dir}/logs/${first.name}`));
    await room.ingest.idle();
    expect((await room.now(first)).status).toMatch(/failed|loaded/);
    expect((await room.now(copy)).status).toMatch(/loaded|duplicate/);
    expect(await room.count(hour, hour + 3600)).toBe(4);
  });

  it('waits for its turn over a restart', async () => {
    const hour = freshHour();
    const text = csv(deliveries(hour, 4));
    const first = await drop(text);
    const copy = await drop(text);
    await room.ingest.remove(first.id);
    await room.restart();
    await room.ingest.idle();
    expect(await room.now(copy)).toMatchObject({ status: 'loaded', events: 4 });
  });
});
