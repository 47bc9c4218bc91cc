import type { FileRecord } from '.';
import {
  COLUMNS,
  csv,
  deliveries,
  delivery,
  freshHour,
  line,
  openRoom,
  type Cells,
  type Room,
} from './ingest.testkit';
import { closeSound, expectAtRest } from './room.testkit';

/** Rows that cannot be loaded are noted with line and reason; every other row of their file is loaded. */

let room: Room;

beforeAll(async () => {
  room = await openRoom();
});

afterEach(async () => {
  await room.ingest.idle();
  await expectAtRest(room);
});

afterAll(() => closeSound(room));

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

it('keeps the start of a bad row, also where it would end within a character', async () => {
  // Without care the half character is no text to the engine, and the commit could never be finished.
  const hour = freshHour();
  const bad = `d,${'x'.repeat(497)}\u{1f600}tail`;
  const file = await room.load(
    'emoji.csv',
    `${csv([delivery(hour, 1)])}${bad}\n${line(delivery(hour, 2))}\n`,
  );
  expect(file).toMatchObject({ events: 2, errors: 1 });
  expect((await errorsOf(file))[0]?.raw).toHaveLength(500);
});

it('keeps every one of very many bad rows, and the good ones among them', async () => {
  // Without care the errors of one piece are more than a call can take, and the whole file fails.
  const hour = freshHour();
  const file = await room.load(
    'junk.csv',
    `${csv([delivery(hour, 1)])}${'x\n'.repeat(200_000)}${line(delivery(hour, 2))}\n`,
  );
  expect(file).toMatchObject({ events: 2, errors: 200_000, status: 'loaded_with_errors' });
});

it('loads more foreign domains than fit into a statement, and goes on', async () => {
  const hour = freshHour();
  const rows = Array.from({ length: 3000 }, (_, i) => delivery(hour, i, { rcpt: `u@münchen${i}.example` }));
  expect(await room.load('foreign.csv', csv(rows))).toMatchObject({ events: 3000, errors: 0 });
  const next = freshHour();
  expect(await room.load('after.csv', csv(deliveries(next, 5)))).toMatchObject({ events: 5 });
});
