import { gzipSync } from 'node:zlib';
import { chmodSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { ZipFile } from 'yazl';
import type { FileRecord } from '.';
import {
  COLUMNS,
  csv,
  deliveries,
  delivery,
  freshHour,
  line,
  openRoom,
  zipped,
  type Cells,
  type Room,
} from './ingest.testkit';
import { doubledLines, driftOfRollups } from './recount.testkit';

/** Whatever a file holds, it ends in a clear status, its good rows are loaded, and the service goes on. */

let room: Room;

beforeAll(async () => {
  room = await openRoom({ maxFileBytes: 20_000_000 });
});

afterEach(async () => {
  await room.ingest.idle();
  expect(room.ingest.trouble).toBe('');
  expect(room.spooled()).toEqual([]);
  expect((await room.commits()).open).toBe(0);
});

afterAll(async () => {
  expect(await driftOfRollups(room.store)).toEqual([]);
  expect(await doubledLines(room.store)).toEqual([]);
  await room.close();
});

const header = COLUMNS.join(',');

async function errorsOf(file: FileRecord): Promise<{ line: number; reason: string; raw: string }[]> {
  return (await room.ingest.errors(file.id, { limit: 10_000 })).errors;
}

/** Loads lines behind a header; the lines given as [text, reason] are expected to be refused for that reason. */
async function expectRows(
  name: string,
  lines: (string | [text: string, reason: RegExp])[],
): Promise<FileRecord> {
  const text =
    [header, ...lines.map((each) => (typeof each === 'string' ? each : each[0]))].join('\n') + '\n';
  const file = await room.load(name, text);
  const bad = lines.filter((each): each is [string, RegExp] => typeof each !== 'string');
  const errors = await errorsOf(file);
  let at = 2;
  const expected: { line: number; reason: unknown }[] = [];
  for (const each of lines) {
    const [text, reason] = typeof each === 'string' ? [each, undefined] : each;
    if (reason) expected.push({ line: at, reason: expect.stringMatching(reason) });
    at += text.split('\n').length;
  }
  expect(errors.map(({ line, reason }) => ({ line, reason }))).toEqual(expected);
  expect(file).toMatchObject({
    errors: bad.length,
    events: lines.length - bad.length,
    status: bad.length > 0 ? 'loaded_with_errors' : 'loaded',
  });
  return file;
}

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

describe('bad rows never lose good ones', () => {
  it('too many and too few columns', async () => {
    const hour = freshHour();
    const row = (i: number) => line(delivery(hour, i));
    await expectRows('columns.csv', [
      row(0),
      [`${row(1)},more`, /expected 14 columns, found 15/],
      row(2),
      ['d,2026-09-15 00:00:00+0000', /expected 14 columns, found 2/],
      ['nonsense', /expected 14 columns, found 1/],
      row(3),
    ]);
  });

  it('unbalanced quotes at the start, in the middle and at the end', async () => {
    const hour = freshHour();
    const row = (i: number, diag = 'x') => line(delivery(hour, i)).replace('smtp;250 OK', diag);
    await expectRows('quotes.csv', [
      [row(0, '"open'), /quote is opened and never closed|text behind a closing quote/],
      row(1),
      [row(2, '"open'), /quote|columns/],
      row(3, '"with, comma and ""quotes"""'),
      [row(4, 'in"side'), /quote without a partner/],
      row(5, 'in"si"de'),
      row(6, '"two\nlines"'),
      [row(7, '"closed"open'), /text behind a closing quote/],
      row(8),
      [row(9, '"last'), /quote/],
    ]);
    const [diag] = await room.store.read<{ diag: string }>(
      `SELECT diag FROM watchtower.events WHERE rcpt = 'user6@gmail.com' AND time = fromUnixTimestamp(${hour + 6})`,
    );
    expect(diag?.diag).toBe('two\nlines');
  });

  it('in files where every field is quoted, too', async () => {
    const hour = freshHour();
    const quoted = (row: Cells) => COLUMNS.map((c) => `"${(row[c] ?? '').replaceAll('"', '""')}"`).join(',');
    const rows = deliveries(hour, 6).map(quoted);
    rows[2] = (rows[2] as string).replace('"J1"', '"J1');
    rows[4] = (rows[4] as string).replace('"smtp;250 OK"', '"a\r\nb"');
    const file = await room.load('quoted.csv', `${header}\r\n${rows.join('\r\n')}\r\n`);
    expect((await errorsOf(file)).map(({ line }) => line)).toEqual([4]);
    expect(file).toMatchObject({ rows: 6, errors: 1, events: 5 });
  });

  it('bad times: none, a word, 1970, 9999, month 13, an hour too many', async () => {
    const hour = freshHour();
    const at = (i: number, timeLogged: string) => line(delivery(hour, i, { timeLogged, timeQueued: '' }));
    await expectRows('times.csv', [
      line(delivery(hour, 0)),
      [at(1, ''), /timeLogged is empty|timeQueued/],
      [at(2, 'yesterday'), /'yesterday' is not a time/],
      [at(3, '1970-01-01 00:00:00+0000'), /out of range/],
      [at(4, '9999-12-31 23:59:59+0000'), /out of range/],
      [at(5, '2026-13-01 00:00:00+0000'), /timeLogged/],
      [at(6, '2026-09-15 25:00:00+0000'), /timeLogged/],
      [at(7, '99999999999999999999'), /timeLogged/],
      line(delivery(hour, 8)),
    ]);
  });

  it('unknown record types', async () => {
    const hour = freshHour();
    await expectRows('types.csv', [
      line(delivery(hour, 0)),
      [line(delivery(hour, 1, { type: 'zz' })), /unknown record type 'zz'/],
      [line(delivery(hour, 2, { type: '' })), /unknown record type ''/],
      line(delivery(hour, 3)),
    ]);
  });

  it('NUL bytes, invalid UTF-8 and lone carriage returns', async () => {
    const hour = freshHour();
    const [a, b, c, d, e] = deliveries(hour, 5).map((row) => line(row));
    const content = Buffer.concat([
      Buffer.from(`${header}\n${a}\n`),
      Buffer.from(`${b?.replace('OK', 'O\0K')}\n`),
      Buffer.from(`${c?.replace('OK', '\xff\xfe caf\xe9')}\n`, 'latin1'),
      Buffer.from(`${d?.replace('OK', 'O\rK')}\n${e}\n`),
    ]);
    const file = await room.load('bytes.csv', content);
    expect(await errorsOf(file)).toMatchObject([
      { line: 3, reason: 'the row holds NUL bytes' },
      { line: 5, reason: 'a carriage return inside an unquoted field' },
    ]);
    expect(file).toMatchObject({ rows: 5, events: 3, errors: 2 });
  });

  it('a last row that is cut, with and without all of its columns', async () => {
    const hour = freshHour();
    const text = csv(deliveries(hour, 3));
    const cut = await room.load('cut.csv', text.slice(0, -120));
    expect(cut).toMatchObject({ rows: 3, events: 2, errors: 1, status: 'loaded_with_errors' });
    expect((await errorsOf(cut))[0]).toMatchObject({
      line: 4,
      reason: expect.stringMatching(/expected 14 columns/),
    });
    const other = freshHour();
    expect(await room.load('unterminated.csv', csv(deliveries(other, 3)).slice(0, -1))).toMatchObject({
      rows: 3,
      events: 3,
      status: 'loaded',
    });
  });

  it('a field of 1 MB, and a line without an end', async () => {
    const hour = freshHour();
    const long = (i: number, length: number) =>
      line(delivery(hour, i)).replace('smtp;250 OK', 'x'.repeat(length));
    const file = await expectRows('long.csv', [
      line(delivery(hour, 0)),
      long(1, 900_000),
      [long(2, 1_100_000), /longer than 1000000 bytes/],
      line(delivery(hour, 3)),
    ]);
    expect((await errorsOf(file))[0]?.raw).toHaveLength(500);
    const [diag] = await room.store.read<{ length: number }>(
      `SELECT lengthUTF8(diag) AS length FROM watchtower.events WHERE time = fromUnixTimestamp(${hour + 1})`,
    );
    expect(diag?.length).toBe(500);
  });

  it('5,000 of them, each kept with its line', async () => {
    const hour = freshHour();
    const rows = Array.from({ length: 5001 }, (_, i) =>
      delivery(hour, i % 3000, i ? { timeLogged: `no${i}` } : {}),
    );
    const file = await room.load('thousands.csv', csv(rows));
    expect(file).toMatchObject({ rows: 5001, events: 1, errors: 5000, status: 'loaded_with_errors' });
    const lines = (await errorsOf(file)).map((error) => error.line);
    expect(lines).toEqual(Array.from({ length: 5000 }, (_, i) => i + 3));
  });

  it('nothing but them: the file failed, and the message says on what', async () => {
    const hour = freshHour();
    const rows = [0, 1].map((i) => delivery(hour, i, { timeLogged: 'noon' }));
    const file = await room.load('all-bad.csv', csv(rows));
    expect(file).toMatchObject({ status: 'failed', rows: 2, events: 0, errors: 2 });
    expect(file.message).toContain('2 of 2 rows could not be loaded');
    const again = await room.load('all-bad-again.csv', csv(rows));
    expect(again).toMatchObject({ status: 'failed', errors: 2 });
  });
});

describe('odd but good', () => {
  it('blank lines and repeated header lines are no rows, and lines behind them keep their numbers', async () => {
    const hour = freshHour();
    const [a, b, c, d] = deliveries(hour, 4).map((row) => line(row));
    const bad = line(delivery(hour, 9, { timeLogged: 'noon' }));
    const text = `\n${header}\n\n${a}\n${header}\n${b}\n\r\n${bad}\n${header}\n${c}\n\n\n${d}\nshort\n`;
    const file = await room.load('blanks.csv', text);
    expect((await errorsOf(file)).map(({ line }) => line)).toEqual([8, 14]);
    expect(file).toMatchObject({ rows: 6, events: 4, errors: 2, duplicates: 0 });
  });

  it('a header with a column twice, and with names that are SQL', async () => {
    const hour = freshHour();
    const columns = [
      ...COLUMNS,
      'jobId',
      `x'); DROP TABLE watchtower.events; --`,
      'header_Ünï "quoted"\\',
      '',
    ];
    const rows = [
      [...COLUMNS.map((c) => (c === 'jobId' ? '' : (delivery(hour, 0)[c] ?? ''))), 'J-second', 'a', 'b', 'c'],
    ];
    const text = [columns, ...rows]
      .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
      .join('\n');
    expect(await room.load('columns.csv', `${text}\n`)).toMatchObject({ status: 'loaded', events: 1 });
    const [event] = await room.store.read(
      `SELECT toString(job) AS job FROM watchtower.events WHERE time = fromUnixTimestamp(${hour})`,
    );
    expect(event).toEqual({ job: 'J-second' });
  });

  it('text that means something to SQL or CSV comes back as it was, byte for byte', async () => {
    const hour = freshHour();
    const texts = [
      `'); DROP TABLE watchtower.events; --`,
      `\\N`,
      `NULL`,
      `\\`,
      `a\\'b\\"c\\\\`,
      `"quoted"`,
      `{id:UInt32} $1 ? %s \${x} {{engine}}`,
      `line\nbreak\r\nand\ttab`,
      `=cmd|' /C calc'!A0`,
      `日本語 🙂 é`,
      `  spaces  `,
      `<script>alert(1)</script>`,
    ];
    const rows = texts.map((text, i) =>
      delivery(hour, i, {
        orig: `o${i}@s.example`,
        dsnDiag: text,
        vmta: text,
        vmtaPool: text,
        dlvSourceIp: text,
      }),
    );
    const file = await room.load(`o'dd "näme".csv`, csv(rows));
    expect(file).toMatchObject({ name: `o'dd "näme".csv`, status: 'loaded', events: texts.length });
    const events = await room.store.read<Record<string, string>>(
      `SELECT diag, toString(vmta) AS vmta, toString(pool) AS pool, toString(sourceIp) AS ip FROM watchtower.events
       WHERE time >= fromUnixTimestamp(${hour}) AND time < fromUnixTimestamp(${hour + 3600}) ORDER BY time`,
    );
    expect(events).toEqual(texts.map((text) => ({ diag: text, vmta: text, pool: text, ip: text })));
  });

  it('addresses, ids and nodes with such text, too', async () => {
    const hour = freshHour();
    const odd = `o'x\\N"y`;
    const rows = [
      delivery(hour, 0, {
        orig: `${odd}@s.example`,
        rcpt: `${odd}@d.example`,
        jobId: odd,
        'header_Message-Id': odd,
      }),
      delivery(hour, 1, { jobId: '\\N', rcpt: '\\N', 'header_Message-Id': '\\N' }),
    ];
    expect(await room.load('ids.csv', csv(rows), { node: odd })).toMatchObject({ events: 2, node: odd });
    const events = await room.store.read<Record<string, string>>(
      `SELECT orig, rcpt, toString(job) AS job, messageId, toString(node) AS node FROM watchtower.events
       WHERE time >= fromUnixTimestamp(${hour}) AND time < fromUnixTimestamp(${hour + 3600}) ORDER BY time`,
    );
    expect(events).toEqual([
      { orig: `${odd}@s.example`, rcpt: `${odd}@d.example`, job: odd, messageId: odd, node: odd },
      { orig: 'news@sender.example', rcpt: '\\N', job: '\\N', messageId: '\\N', node: odd },
    ]);
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
