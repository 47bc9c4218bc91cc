import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { serveRoom } from '../api/api.testkit';
import { csv, deliveries, freshHour, openRoom } from '../ingest/ingest.testkit';
import type { ExportStream } from './connection';
import { run } from './program';
import { remoteConnection } from './remote';

let folder: string;
const hour = freshHour();

async function watchtower(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await run(args, { WATCHTOWER_DATA_DIR: path.join(folder, 'data') }, { stdin, stdout, stderr });
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'watchtower-export-'));
  const log = path.join(folder, 'acct.csv');
  writeFileSync(log, csv(deliveries(hour, 6)));
  expect(await watchtower('ingest', log)).toMatchObject({ code: 0 });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

test('events and figures are written to standard output alone', async () => {
  const from = new Date((hour + 1) * 1000).toISOString();
  const filters = ['--filter', 'vmta=vmta0', '--filter', 'vmta=vmta1', '--filter', 'domain=gmail.com'];
  const options = ['--from', from, '--columns', 'recipient,vmta', '--order', 'asc'];
  expect(await watchtower('export', ...filters, ...options)).toEqual({
    code: 0,
    out: [
      'recipient,vmta',
      'user1@gmail.com,vmta1',
      'user3@gmail.com,vmta0',
      'user4@gmail.com,vmta1',
      '',
    ].join('\r\n'),
    err: '',
  });
  const figures = ['--metrics', 'delivered', '--group-by', 'vmta', '--limit', '1', '--format', 'jsonl'];
  expect(await watchtower('export', ...figures)).toEqual({
    code: 0,
    out: expect.stringMatching(/^\{"vmta":"vmta\d","delivered":2\}\n$/) as string,
    err: expect.stringMatching(/^watchtower: Cut to 1 groups/) as string,
  });
}, 60_000);

test.each([
  [['--from', 'tomorrow'], /--from tomorrow: must be a time/],
  [['--filter', 'vmta'], /--filter vmta: must be dimension=value/],
  [['--columns', 'colour'], /unknown column/],
  [['--format', 'xls'], /format: must be one of csv, jsonl, parquet/],
])('%j is told in a line', async (args, message) => {
  expect(await watchtower('export', ...args)).toEqual({
    code: 2,
    out: '',
    err: expect.stringMatching(message) as string,
  });
});

test('a running service writes the same', async () => {
  const room = await openRoom();
  const api = await serveRoom(room, { read: 'r-key' });
  try {
    await room.load('acct.csv', csv(deliveries(hour, 2)));
    const connection = remoteConnection(api.url, { read: 'r-key' });
    const text = async ({ chunks }: ExportStream): Promise<string> => {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(Buffer.from(chunk));
      return Buffer.concat(parts).toString();
    };
    const columns = new URLSearchParams({ columns: 'vmta' });
    expect(await text(await connection.export(columns))).toBe('vmta\r\nvmta1\r\nvmta0\r\n');
    const cut = new URLSearchParams({ metrics: 'delivered', groupBy: 'vmta', limit: '1' });
    expect((await connection.export(cut)).notices).toEqual([expect.stringMatching(/^Cut to 1 groups/)]);
    await expect(connection.export(new URLSearchParams({ planet: 'mars' }))).rejects.toThrow(
      /unknown dimension/,
    );
  } finally {
    await api.close();
    await room.close();
  }
}, 60_000);
