import type { FileRecord } from '.';
import { COLUMNS, csv, deliveries, delivery, freshHour, line, openRoom, type Room } from './ingest.testkit';
import { closeSound, expectAtRest } from './room.testkit';

/** What looks odd, or means something to SQL or CSV, is loaded as it stands. */

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
