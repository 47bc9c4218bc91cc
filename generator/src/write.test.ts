import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogOptions } from './options';
import {
  base,
  cleanUp,
  compact,
  content,
  domainOf,
  eventsOf,
  parse,
  rowsOf,
  seconds,
  START,
  tally,
  write,
} from './testing/read';
import type { Truth } from './truth';
import { writeLogs } from './write';

afterAll(cleanUp);

const formats: [string, Partial<LogOptions>][] = [
  ['epoch', { time: 'epoch' }],
  ['zoneless', { time: 'zoneless' }],
  ['quoted', { style: 'quoted' }],
  ['seed', { layout: 'seed' }],
  ['mixed', { layout: 'mixed' }],
  ['mixed and quoted', { layout: 'mixed', style: 'quoted', received: true }],
  ['no ids', { without: { all: ['header_Message-Id', 'header_X-Mailer-RecptId'] } }],
  ['jobs in acct only', { without: { bounce: ['jobId'], tran: ['jobId'] } }],
  ['redacted', { redactRecipients: true }],
  ['VERP', { verp: true }],
  ['gzip', { gzip: true }],
  ['hourly', { rotate: { seconds: 3600 } }],
  ['small files', { rotate: { bytes: 100_000 } }],
  ['received', { received: true }],
];

describe('the events do not depend on how they are written', () => {
  let plain: Truth;
  beforeAll(async () => (plain = (await write()).truth));

  test.each(formats)('%s', async (_, options) => {
    const { folder, truth } = await write(options);
    const same = { files: 0, rows_by_type: 0, rows_total: 0, fbl_correlation: 0, records: 0 };
    expect({ ...truth, ...same }).toEqual({ ...plain, ...same });

    const rows = eventsOf(folder).filter(({ type }) => type !== 'r' && type !== undefined);
    const lacking = ['complaints', 'deferred_messages'];
    expect(compact(tally(rows, domainOf), lacking)).toEqual(compact(truth.by_domain, lacking));
    expect(
      compact(
        tally(rows, (row) => row.vmta ?? ''),
        lacking,
      ),
    ).toEqual(compact(truth.by_vmta, lacking));
    const perMinute = rows.filter(
      ({ type, timeLogged }) => type === 'd' && seconds(timeLogged) < START + 43_200,
    );
    expect(perMinute).toHaveLength(truth.minute.delivered.slice(0, 720).reduce((sum, n) => sum + n, 0));

    for (const file of truth.files) {
      const text = content(folder, file.name);
      expect(Buffer.byteLength(text)).toBe(file.bytes);
      const times = parse(text)
        .slice(1)
        .map((cells) => seconds(cells[1]));
      expect(times).toHaveLength(file.rows);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect([times[0], times.at(-1)]).toEqual([file.first, file.last]);
    }
    expect(truth.files.map(({ name }) => name)).toEqual(readdirSync(folder).sort());
  });
});

test('the same options write the same bytes, another seed others', async () => {
  const digest = (folder: string): string[] =>
    readdirSync(folder).map((name) =>
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    );
  const [first, second, other] = [await write(), await write(), await write({ seed: '22' })];
  expect(digest(second.folder)).toEqual(digest(first.folder));
  expect(digest(other.folder)).not.toEqual(digest(first.folder));
});

test('headers are those of the field', async () => {
  const { folder } = await write({ received: true });
  const header = (kind: string): string => {
    const name = readdirSync(folder).find((each) => each.startsWith(kind)) as string;
    return content(folder, name).split('\n')[0] as string;
  };
  expect(header('acct')).toMatch(
    /^type,timeLogged,timeQueued,orig,rcpt,orcpt,.*,queue,vmtaPool,header_Message-Id,/,
  );
  expect(header('tran')).toBe(header('acct'));
  expect(header('bounce')).toMatch(
    /^type,timeLogged,timeQueued,bounceCat,vmta,orig,rcpt,srcMta,dlvSourceIp,jobId,/,
  );
  expect(header('rb')).toMatch(/^type,timeLogged,vmta,vmtaPool,dlvSourceIp,domain,rbType,/);
  expect(header('received')).toMatch(/^type,timeLogged,orig,rcpt,orcpt,srcType,.*,jobId,envId$/);
});

test('columns that are not logged are in no header, and complaints then name less', async () => {
  const { folder, truth } = await write({ without: { all: ['header_Message-Id'], bounce: ['jobId'] } });
  const columns = (kind: string): string[] => Object.keys(rowsOf(folder, kind)[0] ?? {});
  for (const kind of ['acct', 'tran', 'bounce', 'fbl', 'rb'])
    expect(columns(kind)).not.toContain('header_Message-Id');
  expect(columns('bounce')).not.toContain('jobId');
  expect(columns('acct')).toContain('jobId');
  expect(truth.fbl_correlation.messageId).toBe(0);
});

test('quoted files have a BOM, CRLF, quotes everywhere and newlines inside', async () => {
  const { folder } = await write({ messages: 6000, style: 'quoted' });
  const text = content(folder, 'acct-2026-09-15-0000.csv');
  expect(text).toMatch(/^\ufeff"type","timeLogged",/);
  expect(text.match(/\r\n/g)).toHaveLength(6001);
  expect(text.includes('recipient:\n<x@corp.example> in ""RCPT TO:<x@corp.example>"", giving up')).toBe(true);
});

test('redacted recipients collide, VERP senders do not', async () => {
  const redacted = rowsOf((await write({ redactRecipients: true })).folder, 'acct');
  expect(redacted.every(({ rcpt = '' }) => rcpt.startsWith('xxxx@'))).toBe(true);
  const origs = new Set(rowsOf((await write({ verp: true })).folder, 'acct').map(({ orig }) => orig));
  expect(origs.size).toBeGreaterThan(2000);
});

test('rb rows as remote bounces follow a delivery of the same message and change nothing else', async () => {
  const { folder, truth } = await write({ rb: 'remote' });
  const delivered = new Set(
    rowsOf(folder, 'acct').flatMap((row) => (row.type === 'd' ? row['header_Message-Id'] : [])),
  );
  const remote = rowsOf(folder, 'rb');
  expect(remote.length).toBe(truth.remote_bounced_after_delivery);
  expect(remote.length).toBeGreaterThan(0);
  expect(remote.every((row) => delivered.has(row['header_Message-Id']))).toBe(true);
  const block = (await write()).truth;
  expect({ ...truth.messages, rb: 0 }).toEqual({ ...block.messages, rb: 0 });
});

test('nothing is written or counted after the end', async () => {
  const until = START + 38_000;
  const { folder, truth } = await write({ messages: 30_000, until, received: true });
  const rows = [...eventsOf(folder), ...rowsOf(folder, 'received')];
  expect(rows.every((row) => seconds(row.timeLogged) <= until)).toBe(true);
  expect(truth.in_queue_at_end).toBeGreaterThan(0);
  const { d, b } = truth.records;
  expect(truth.in_queue_at_end).toBe(truth.records.r - d - b);
});

test('a folder that is not there is an error, not a hang', async () => {
  await expect(writeLogs('/nonexistent/folder', base)).rejects.toThrow(/ENOENT/);
});

test('senseless counts are refused', async () => {
  await expect(write({ messages: -1 })).rejects.toThrow(RangeError);
});
