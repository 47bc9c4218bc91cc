import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { LogOptions } from './options';
import type { Truth } from './truth';
import { writeLogs } from './write';

type Row = Record<string, string>;

const START = 1789430400;
const base: LogOptions = { messages: 6000, seed: '21', start: START };
const folders: string[] = [];

async function write(options: Partial<LogOptions> = {}): Promise<{ folder: string; truth: Truth }> {
  const folder = mkdtempSync(join(tmpdir(), 'logs-'));
  folders.push(folder);
  const { truth } = await writeLogs(folder, { ...base, ...options });
  return { folder, truth };
}

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** A reader of CSV that knows nothing of the writer. */
function parse(text: string): string[][] {
  const lines: string[][] = [];
  for (const line of text
    .replace(/^\ufeff/, '')
    .matchAll(/((?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,|\r?\n))+?(?<=\n)/g)) {
    const cells = [...line[0].matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(?:,|\r?\n)/g)].map(([, cell = '']) =>
      cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
    );
    lines.push(cells);
  }
  return lines;
}

function content(folder: string, name: string): string {
  const bytes = readFileSync(join(folder, name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function rowsOf(folder: string, kind: string): Row[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(kind))
    .sort()
    .flatMap((name) => {
      const [header = [], ...lines] = parse(content(folder, name));
      return lines.map((cells) => {
        expect(cells).toHaveLength(header.length);
        return Object.fromEntries(header.map((column, i) => [column, cells[i] as string]));
      });
    });
}

/** Every event once: d and b from acct, the other types from their own files (or from acct where that holds all). */
function eventsOf(folder: string): Row[] {
  const acct = rowsOf(folder, 'acct');
  const tran = rowsOf(folder, 'tran').filter(({ type }) => type === 't');
  return [...acct, ...tran, ...rowsOf(folder, 'fbl'), ...rowsOf(folder, 'rb')];
}

const seconds = (text: string | undefined): number =>
  /^\d+$/.test(text ?? '')
    ? Number(text)
    : Date.parse(`${(text ?? '').slice(0, 19).replace(' ', 'T')}Z`) / 1000;

const providers: Record<string, string> = {
  'gmail.com': 'gmail',
  ...Object.fromEntries(['yahoo.com', 'aol.com', 'ymail.com'].map((name) => [name, 'yahoo'])),
  ...Object.fromEntries(
    ['hotmail.com', 'outlook.com', 'live.com', 'msn.com'].map((name) => [name, 'microsoft']),
  ),
  'comcast.net': 'comcast',
  ...Object.fromEntries(['gmx.de', 'gmx.net', 'web.de'].map((name) => [name, 'gmx'])),
  ...Object.fromEntries(['icloud.com', 'me.com'].map((name) => [name, 'apple'])),
};

const metricOf: Record<string, string> = {
  d: 'delivered',
  b: 'bounced',
  t: 'deferrals',
  f: 'complaints',
  rb: 'rb',
};

function tally(rows: Row[], key: (row: Row) => string): Record<string, Record<string, number>> {
  const counted: Record<string, Record<string, number>> = {};
  const add = (name: string, metric: string): void => {
    const figures = (counted[name] ??= {});
    figures[metric] = (figures[metric] ?? 0) + 1;
  };
  const deferred = new Set<string>();
  for (const row of rows) {
    const name = key(row);
    if (name === '') continue;
    add(name, metricOf[row.type ?? ''] as string);
    const hard = /^(bad-mailbox|inactive-mailbox|bad-domain)$/.test(row.bounceCat ?? '');
    if (row.type === 'b') add(name, hard ? 'hard' : 'soft');
    if (row.type === 'd' || row.type === 'b') add(name, 'injected');
    const message = row['header_Message-Id'] ?? '';
    if (row.type === 't' && !deferred.has(message)) add(name, 'deferred_messages');
    if (row.type === 't') deferred.add(message);
  }
  return counted;
}

/** Figures without those that are 0, without some metrics. */
function compact(figures: Record<string, object>, without: string[] = []): Record<string, object> {
  return Object.fromEntries(
    Object.entries(figures).map(([name, values]) => [
      name,
      Object.fromEntries(
        Object.entries(values).filter(([metric, n]) => n !== 0 && !without.includes(metric)),
      ),
    ]),
  );
}

const domainOf = (row: Row): string => row.domain || (row.rcpt ?? '').split('@')[1] || '';

describe('every figure of the truth equals a recount of the rows', () => {
  let rows: Row[];
  let truth: Truth;

  beforeAll(async () => {
    const written = await write();
    truth = written.truth;
    const found = eventsOf(written.folder);
    const delivered = found.filter(({ type }) => type === 'd');
    const byTag = new Map(delivered.map((row) => [row['header_X-Mailer-RecptId'], row]));
    rows = found.map((row) => {
      if (row.type !== 'f') return row;
      const origin =
        byTag.get(row['header_X-Mailer-RecptId']) ??
        delivered.find(
          (d) => d.rcpt === row.rcpt && d.orig === row.orig && (d.timeLogged ?? '') < (row.timeLogged ?? ''),
        );
      return {
        ...origin,
        ...row,
        rcpt: origin?.rcpt ?? '',
        jobId: origin?.jobId ?? '',
        orig: origin?.orig ?? '',
      };
    });
  });

  test('totals and rows', () => {
    expect(compact({ all: truth.messages })).toEqual(tally(rows, () => 'all'));
    expect(truth.rows_total).toBe(rows.length + truth.messages.bounced);
    expect(truth.messages.injected).toBe(6000);
    expect(Object.values(truth.records).every((n, i) => n > 0 || i === 5)).toBe(true);
  });

  test.each<[string, keyof Truth, (row: Row) => string]>([
    ['provider', 'by_isp', (row) => providers[domainOf(row)] ?? 'corporate'],
    ['domain', 'by_domain', domainOf],
    ['VMTA', 'by_vmta', (row) => row.vmta ?? ''],
    ['pool', 'by_pool', (row) => row.vmtaPool ?? ''],
    ['job', 'by_job', (row) => row.jobId ?? ''],
    ['sender domain', 'by_sender_domain', (row) => (row.orig ?? '').split('@')[1] ?? ''],
    ['domain and VMTA', 'by_domain_vmta', (row) => `${domainOf(row)}|${row.vmta}`],
  ])('by %s', (_, dimension, key) => {
    expect(compact(truth[dimension] as Record<string, object>)).toEqual(tally(rows, key));
  });

  test('by bounce category', () => {
    const counts: Record<string, number> = {};
    for (const { type, bounceCat = '' } of rows)
      if (type === 'b') counts[bounceCat] = (counts[bounceCat] ?? 0) + 1;
    const found = Object.entries(truth.by_bounce_category).map(([category, { count }]) => [category, count]);
    expect(Object.fromEntries(found)).toEqual(counts);
  });

  test('by minute, backlog included', () => {
    const { minute } = truth;
    const counted = (type: string): number[] => {
      const list = new Array<number>(minute.delivered.length).fill(0);
      for (const row of rows)
        if (row.type === type) list[Math.floor((seconds(row.timeLogged) - minute.start) / 60)]!++;
      return list;
    };
    expect(minute.delivered).toEqual(counted('d'));
    expect(minute.bounced).toEqual(counted('b'));
    expect(minute.deferrals).toEqual(counted('t'));
    expect(minute.complaints).toEqual(counted('f'));
    expect(minute.rb).toEqual(counted('rb'));
    const finals = rows.filter(({ type }) => type === 'd' || type === 'b');
    for (const m of [0, 700, 1000, 1300]) {
      const end = minute.start + (m + 1) * 60;
      const waiting = finals.filter((row) => seconds(row.timeQueued) < end && seconds(row.timeLogged) >= end);
      expect(minute.backlog[m]).toBe(waiting.length);
      const deferred = new Set(
        rows
          .filter((row) => row.type === 't' && seconds(row.timeLogged) < end)
          .map((row) => row['header_Message-Id']),
      );
      expect(minute.deferred_backlog[m]).toBe(
        waiting.filter((row) => deferred.has(row['header_Message-Id'])).length,
      );
    }
  });

  test('latency', () => {
    const times = (chosen: Row[]): number[] =>
      chosen
        .filter(({ type }) => type === 'd')
        .map((row) => seconds(row.timeLogged) - seconds(row.timeQueued))
        .sort((a, b) => a - b);
    for (const [name, figures] of [
      ['', truth.latency.all] as const,
      ...Object.entries(truth.latency.by_isp),
    ]) {
      const sorted = times(
        rows.filter((row) => name === '' || (providers[domainOf(row)] ?? 'corporate') === name),
      );
      const at = (p: number): number | undefined =>
        sorted[Math.min(Math.floor(p * sorted.length), sorted.length - 1)];
      const sum = sorted.reduce((total, s) => total + s, 0);
      expect(figures).toMatchObject({
        n: sorted.length,
        max: sorted.at(-1),
        p50: at(0.5),
        p95: at(0.95),
        p99: at(0.99),
      });
      expect(figures.avg).toBeCloseTo(sum / sorted.length, 5);
    }
  });
});

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
    const lacking = ['complaints', 'deferred_messages', ...(options.layout === 'seed' ? [] : [])];
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
  const { folder } = await write({ messages: 3000, received: true });
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
  const { folder } = await write({ style: 'quoted' });
  const text = content(folder, 'acct-2026-09-15-0000.csv');
  expect(text).toMatch(/^\ufeff"type","timeLogged",/);
  expect(text.match(/\r\n/g)).toHaveLength(6001);
  expect(text).toContain('recipient:\n<x@corp.example> in ""RCPT TO:<x@corp.example>"", giving up');
});

test('redacted recipients collide, VERP senders do not', async () => {
  const redacted = rowsOf((await write({ redactRecipients: true })).folder, 'acct');
  expect(redacted.every(({ rcpt = '' }) => rcpt.startsWith('xxxx@'))).toBe(true);
  const origs = new Set(rowsOf((await write({ verp: true })).folder, 'acct').map(({ orig }) => orig));
  expect(origs.size).toBeGreaterThan(3000);
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
