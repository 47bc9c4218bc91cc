import { gzipSync } from 'node:zlib';
import { chmodSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { ZipFile } from 'yazl';
import { COLUMNS, csv, deliveries, delivery, freshHour, openRoom, zipped, type Room } from './ingest.testkit';
import { closeSound, expectAtRest } from './room.testkit';

/** Whatever a file holds, it ends in a clear status, its good rows are loaded, and the service goes on. */

let room: Room;

beforeAll(async () => {
  room = await openRoom({ maxFileBytes: 20_000_000 });
});

afterEach(async () => {
  await room.ingest.idle();
  await expectAtRest(room);
});

afterAll(() => closeSound(room));

const header = COLUMNS.join(',');

describe('a file that is no log', () => {
  const refused: [string, string | Buffer, RegExp, string?][] = [
    ['empty.csv', '', /empty/],
    ['blank-lines.csv', '\n\n\n', /no rows, not even a header/],
    [
      'unknown.csv',
      'name,address\nx,y\n',
      /not a PowerMTA log: the header has no column type and no timeLogged/,
    ],
    ['no-time.csv', 'type,orig,rcpt\nd,a@b.c,d@e.f\n', /no column timeLogged/],
    ['no-header.csv', 'd,2026-09-15 00:00:00+0000,a@b.c\n', /starts with a record, not with a header line/],
    ['utf16.csv', Buffer.from(`\uFEFF${header}\n`, 'utf16le'), /UTF-16: save it as UTF-8/],
    ['utf16-unmarked.csv', Buffer.from(`${header}\n`, 'utf16le'), /NUL bytes.*UTF-16/],
    ['binary.csv', Buffer.from([1, 0, 2, 0, 255, 0, 10, 0]), /NUL bytes|no PowerMTA log|not a PowerMTA log/],
    ['other.zst', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0]), /zstd files are not read/],
  ];
  for (const [name, content, reason] of refused) {
    it(`is rejected and says why: ${name}`, async () => {
      const file = await room.load(name, content);
      expect(file).toMatchObject({
        status: 'rejected',
        rows: 0,
        events: 0,
        message: expect.stringMatching(reason),
      });
      expect(await room.now(file)).toEqual(file);
    });
  }

  it('is loaded, and says so, where it has only a header', async () => {
    expect(await room.load('header.csv', `${header}\n`)).toMatchObject({
      status: 'loaded',
      rows: 0,
      message: 'only a header line, no rows',
    });
  });

  it('is not followed through a link, and a folder is none', async () => {
    const hour = freshHour();
    const path = room.put('real.csv', csv(deliveries(hour, 1)));
    symlinkSync(path, `${path}.link`);
    const [link] = await (await room.ingest.submit(`${path}.link`, { origin: 'cli' })).done;
    expect(link).toMatchObject({ status: 'rejected', message: 'a symbolic link is not a log file' });
    const [folder] = await (await room.ingest.submit(room.dir, { origin: 'cli' })).done;
    expect(folder).toMatchObject({ status: 'rejected', message: 'a directory is not a log file' });
  });

  it('fails and can be tried again where it is gone or cannot be read', async () => {
    const [gone] = await (await room.ingest.submit('/nowhere/x.csv', { origin: 'cli' })).done;
    expect(gone).toMatchObject({ status: 'failed', message: 'the file is gone' });
    if (process.getuid?.() === 0) return; // Root reads everything.
    const path = room.put('secret.csv', csv(deliveries(freshHour(), 1)));
    chmodSync(path, 0);
    const [secret] = await (await room.ingest.submit(path, { origin: 'cli' })).done;
    expect(secret).toMatchObject({ status: 'failed', message: 'no permission to read the file' });
  });
});

describe('packed files', () => {
  it('a gz that is cut off gives what stands before, and says so', async () => {
    const hour = freshHour();
    const rows = Array.from({ length: 3000 }, (_, i) =>
      delivery(hour, i, { dsnDiag: `x${(i * 7919) % 10_007}` }),
    );
    const whole = gzipSync(csv(rows));
    const cut = await room.load('cut.csv.gz', whole.subarray(0, whole.length / 2));
    expect(cut).toMatchObject({ status: 'loaded_with_errors', errors: 0 });
    expect(cut.message).toMatch(/damaged or cut off.*what stands before is loaded/);
    expect(cut.events).toBeGreaterThan(1000);
    expect(await room.load('whole.csv.gz', whole)).toMatchObject({ status: 'loaded', rows: 3000 });
    expect(await room.count(hour, hour + 3600)).toBe(3000);
  });

  it('a gz of rubbish, and one that is damaged in its middle', async () => {
    const hour = freshHour();
    const rubbish = await room.load(
      'rubbish.csv.gz',
      Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9]),
    );
    expect(rubbish).toMatchObject({ status: 'failed', message: expect.stringMatching(/damaged or cut off/) });
    const packed = gzipSync(csv(deliveries(hour, 2000)));
    packed.fill(0x55, packed.length / 2, packed.length / 2 + 50);
    const damaged = await room.load('damaged.csv.gz', packed);
    expect(damaged.status).toMatch(/loaded_with_errors|failed/);
    expect(damaged.message).toMatch(/damaged or cut off/);
  });

  it('bombs are stopped at the limit, whatever size they declare', async () => {
    const hour = freshHour();
    const bomb = csv(deliveries(hour, 1)) + 'x'.repeat(30_000_000);
    expect(await room.load('bomb.csv.gz', gzipSync(bomb))).toMatchObject({
      status: 'rejected',
      message: 'the log is larger than the limit of 20 MB',
      rows: 0,
    });
    const honest = await room.load('bomb.zip', await zipped({ 'a.csv': bomb }));
    expect(honest).toMatchObject({
      status: 'rejected',
      message: expect.stringMatching(/larger than the limit/),
    });
    const lying = await zipped({ 'a.csv': csv(deliveries(hour, 1)) + 'y'.repeat(3_000_000) });
    lying.writeUInt32LE(1000, lying.lastIndexOf('PK\x01\x02', undefined, 'latin1') + 24);
    const file = await room.load('liar.zip', lying);
    expect(file.status).toMatch(/loaded_with_errors|failed/);
    expect(file.message).toMatch(/more data than the 1000 bytes/);
    expect(await room.count(hour, hour + 3600)).toBeLessThanOrEqual(1);
  });

  it('entries with paths, links and archives within are refused alone', async () => {
    const hour = freshHour();
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from(csv(deliveries(hour, 2))), 'good.csv');
    zip.addBuffer(Buffer.from(csv(deliveries(hour, 4, 2))), 'xx/evil.csv');
    zip.addBuffer(Buffer.from('/etc/passwd'), 'link.csv', { mode: 0o120777 });
    zip.addBuffer(gzipSync('x'), 'inner.csv.gz');
    zip.end();
    const parts: Buffer[] = [];
    for await (const part of zip.outputStream as AsyncIterable<Buffer>) parts.push(part);
    const bytes = Buffer.from(
      Buffer.concat(parts).toString('latin1').replaceAll('xx/evil.csv', '../evil.csv'),
      'latin1',
    );
    const files = await room.loadAll('entries.zip', bytes);
    expect(files.map(({ status, message }) => [status, message])).toEqual([
      ['loaded', ''],
      ['rejected', expect.stringMatching(/path that leaves the archive/)],
      ['rejected', expect.stringMatching(/symbolic link/)],
      ['rejected', expect.stringMatching(/archive within the archive/)],
    ]);
    expect(await room.count(hour, hour + 3600)).toBe(2);
  });

  it('a zip that is cut off or holds nothing', async () => {
    const hour = freshHour();
    const zip = await zipped({ 'a.csv': csv(deliveries(hour, 50)) });
    expect(await room.load('cut.zip', zip.subarray(0, zip.length - 30))).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/damaged or cut off/),
    });
    expect(await room.load('nothing.zip', await zipped({}))).toMatchObject({
      status: 'rejected',
      message: 'the archive holds no files',
    });
  });
});

describe('a file that changes under the reader', () => {
  it('replaced while it waits: the new content is loaded', async () => {
    const hour = freshHour();
    const path = room.put('replaced.csv', csv(deliveries(hour, 3)));
    const { done } = await room.ingest.submit(path, { origin: 'cli' });
    renameSync(room.put('new.csv', csv(deliveries(hour, 9, 3))), path);
    const [file] = await done;
    expect(['loaded', 'loaded_with_errors']).toContain(file?.status);
    expect([3, 6]).toContain(await room.count(hour, hour + 3600));
  });

  it('gone while it is read: what was open is read to its end', async () => {
    const hour = freshHour();
    const path = room.put('vanishing.csv', csv(deliveries(hour, 3000)));
    const { done } = await room.ingest.submit(path, { origin: 'cli' });
    rmSync(path);
    const [file] = await done;
    if (file?.status === 'failed') expect(file.message).toBe('the file is gone');
    else expect(file).toMatchObject({ status: 'loaded', events: 3000 });
  });
});
