import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiError } from './errors';
import { prune, spool, type Spooled } from './spool';

/** A quick one, that any working sender keeps. */
const PACE = { bytes: 5, milliseconds: 1000 };

let folder: string;
let server: Server;
let url: string;
let last: { result?: Spooled; error?: unknown };
let settled: Promise<void>;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'spool-'));
  let settle: () => void;
  settled = new Promise((resolve) => (settle = resolve));
  last = {};
  server = createServer((request, response) => {
    const name = new URL(request.url ?? '', 'http://x').searchParams.get('name') ?? undefined;
    spool(request, name, { folder, maxFileBytes: 1000, maxFiles: 3, pace: PACE })
      .then((result) => (last = { result }))
      .catch((error: unknown) => (last = { error }))
      .finally(() => {
        response.writeHead(last.error instanceof ApiError ? last.error.status : last.error ? 500 : 202).end();
        settle();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const form = (...files: [string, string][]): FormData => {
  const data = new FormData();
  for (const [name, text] of files) data.append('files', new Blob([text]), name);
  return data;
};

const code = (): string | undefined => (last.error instanceof ApiError ? last.error.code : undefined);

describe('spool', () => {
  it('writes every file of a form, in order, byte for byte', async () => {
    const data = form(['a.csv', 'one'], ['b.csv.gz', 'two']);
    data.append('node', 'mta1');
    expect((await fetch(url, { method: 'POST', body: data })).status).toBe(202);
    expect(last.result?.files.map(({ name, path: file }) => [name, readFileSync(file, 'utf8')])).toEqual([
      ['a.csv', 'one'],
      ['b.csv.gz', 'two'],
    ]);
    expect(last.result?.fields).toEqual({ node: 'mta1' });
  });

  it('writes a raw body under the given name', async () => {
    expect((await fetch(`${url}?name=x.csv`, { method: 'POST', body: 'raw' })).status).toBe(202);
    expect(last.result?.files.map(({ name }) => name)).toEqual(['x.csv']);
    expect(readFileSync(last.result?.files[0]?.path ?? '', 'utf8')).toBe('raw');
  });

  it('takes an empty file, which the loader then explains', async () => {
    expect((await fetch(url, { method: 'POST', body: form(['empty.csv', '']) })).status).toBe(202);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it.each([
    ['..%2F..%2Fetc%2Fpasswd', 'passwd'],
    ['C:%5Clogs%5Cacct.csv', 'acct.csv'],
    ['..', 'upload'],
    ['a%00b%0A.csv', 'ab.csv'],
  ])('never lets the name %s out of the folder', async (given, name) => {
    await fetch(`${url}?name=${given}`, { method: 'POST', body: 'x' });
    expect(last.result?.files[0]?.name).toBe(name);
    expect(path.dirname(last.result?.files[0]?.path ?? '')).toBe(folder);
  });

  it.each<[string, () => RequestInit, string]>([
    [
      'a file over the limit in a form',
      () => ({ body: form(['ok.csv', 'x'], ['big.csv', 'x'.repeat(1001)]) }),
      'too_large',
    ],
    ['a raw body over the limit', () => ({ body: 'x'.repeat(1001) }), 'too_large'],
    [
      'too many files',
      () => ({ body: form(['1', 'x'], ['2', 'x'], ['3', 'x'], ['4', 'x']) }),
      'too_many_files',
    ],
    ['a form without a file', () => ({ body: form() }), 'no_file'],
    [
      'a form without a boundary',
      () => ({ body: 'x', headers: { 'content-type': 'multipart/form-data' } }),
      'invalid_form',
    ],
    [
      'a form that is cut off',
      () => ({
        body: '--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\nhalf',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      }),
      'invalid_form',
    ],
  ])('refuses %s and keeps nothing of it', async (_what, init, expected) => {
    await fetch(`${url}?name=a.csv`, { method: 'POST', ...init() });
    expect(code()).toBe(expected);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('asks for the name of a raw body', async () => {
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(400);
  });

  it('keeps nothing of an upload whose sender goes away', async () => {
    const upload = send(`${url}?name=a.csv`, { method: 'POST', headers: { 'content-length': '900' } });
    upload.on('error', () => undefined);
    upload.write('half of it');
    setTimeout(() => upload.destroy(), 50);
    await settled;
    expect(code()).toBe('aborted');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a raw body', {}],
    ['a form', { 'content-type': 'multipart/form-data; boundary=b' }],
  ])('ends %s of which next to nothing arrives, and keeps nothing of it', async (_what, headers) => {
    const upload = send(`${url}?name=a.csv`, {
      method: 'POST',
      headers: { 'content-length': '900', ...headers },
    });
    const ended = new Promise((resolve) => upload.on('error', resolve));
    upload.write('--b\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\nhalf');
    const drip = setInterval(() => upload.write('x'), 500);
    await settled;
    await ended;
    clearInterval(drip);
    expect(last.error).toMatchObject({ status: 408, code: 'timeout' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes a body that comes slowly, however long it takes', async () => {
    const upload = send(`${url}?name=a.csv`, { method: 'POST', headers: { 'content-length': '400' } });
    const answered = new Promise<number | undefined>((resolve) =>
      upload.on('response', ({ statusCode }) => resolve(statusCode)),
    );
    for (let piece = 0; piece < 40; piece++) {
      upload.write('ten bytes.');
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    upload.end();
    expect(await answered).toBe(202);
    expect(readFileSync(last.result?.files[0]?.path ?? '', 'utf8')).toBe('ten bytes.'.repeat(40));
  });
});

it('prune removes half uploads and old ones, and no file that still waits', async () => {
  for (const name of ['half.part', 'waits', 'old']) writeFileSync(path.join(folder, name), '');
  utimesSync(path.join(folder, 'old'), 0, 0);
  await prune(folder, 60_000);
  expect(readdirSync(folder)).toEqual(['waits']);
});
