import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { openApi, type ApiParts, type Listening } from '.';
import { readSettings } from '../config';
import { complaintReporters, loadRules } from '../formats';
import { openIngest, type FileRecord, type IngestService } from '../ingest';
import type { Frame } from '../model';
import { openStore, type Store } from '../store';
import { keptLog } from './api.testkit';
import type { ErrorEnvelope } from './errors';

const ACCT = [
  'type,timeLogged,timeQueued,orig,rcpt,vmta,jobId',
  'd,2026-09-15 10:00:05+0000,2026-09-15 10:00:00+0000,news@sender.example,a@gmail.com,VMTA-1,J-1',
  'b,2026-09-15 10:00:06+0000,2026-09-15 10:00:00+0000,news@sender.example,b@yahoo.com,VMTA-1,J-1',
  'd,not a time,2026-09-15 10:00:00+0000,news@sender.example,c@gmail.com,VMTA-1,J-1',
].join('\n');

let folder: string;
let store: Store;
let deps: ApiParts;
let ingest: IngestService;
let api: Listening;
const kept = keptLog();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'api-'));
  const settings = readSettings({ WATCHTOWER_DATA_DIR: folder, WATCHTOWER_MAX_FILE_MB: '1' });
  const rules = loadRules();
  store = await openStore(settings);
  ingest = await openIngest(store, rules, settings);
  const context = { timezone: 'UTC', complaintProviders: complaintReporters(rules) };
  deps = { store, ingest, settings, context, log: kept.log };
  api = await openApi(deps, { host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await api.close();
  await ingest.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const call = async <T>(route: string, init?: RequestInit): Promise<{ status: number; body: T }> => {
  const response = await fetch(api.url + route, init);
  return { status: response.status, body: (await response.json()) as T };
};

const failure = async (route: string, init?: RequestInit): Promise<[number, string, string]> => {
  const { status, body } = await call<ErrorEnvelope>(route, init);
  return [status, body.error.code, body.error.message];
};

const settled = async (id: string): Promise<FileRecord> => {
  for (;;) {
    const { body } = await call<FileRecord>(`/api/files/${id}`);
    if (body.status !== 'queued' && body.status !== 'loading') return body;
  }
};

const load = async (name: string, text: string): Promise<FileRecord> => {
  const { status, body } = await call<{ files: FileRecord[] }>(`/api/files/upload?name=${name}`, {
    method: 'POST',
    body: text,
  });
  expect(status).toBe(202);
  return settled(body.files[0]?.id ?? '');
};

const FIGURES = ['newestEventAgeSeconds', 'ingestLagSeconds', 'queuedFiles', 'ingestErrors', 'storeUp'];
const query = { queryType: 'metrics', metrics: ['delivered', 'bounced'], from: 0, to: Date.UTC(2090, 0, 1) };
const ask = (...queries: object[]): RequestInit => ({ method: 'POST', body: JSON.stringify({ queries }) });

describe('errors stand in one envelope', () => {
  it.each<[string, RequestInit | undefined, [number, string, RegExp]]>([
    ['/nowhere', undefined, [404, 'not_found', /no such route/]],
    ['/api/files/x', undefined, [404, 'not_found', /no file x/]],
    ['/api/files/x', { method: 'DELETE' }, [404, 'not_found', /no file x/]],
    ['/api/files/x/errors', undefined, [404, 'not_found', /no file x/]],
    ['/api/files/x/retry', { method: 'POST' }, [404, 'not_found', /no file x/]],
    [
      '/api/files?limit=0',
      undefined,
      [400, 'invalid_request', /^limit: must be a whole number from 1 to 1000/],
    ],
    ['/api/files?limit=1001', undefined, [400, 'invalid_request', /^limit:/]],
    ['/api/files?status=gone', undefined, [400, 'invalid_request', /^status: must be one of queued/]],
    ['/api/events?colour=red', undefined, [400, 'invalid_request', /unknown dimension "colour"/]],
    ['/api/events?cursor=1', undefined, [400, 'invalid_request', /^cursor: not the cursor/]],
    ['/api/events?limit=many', undefined, [400, 'invalid_request', /^limit: a whole number/]],
    ['/api/events?columns=time,colour', undefined, [400, 'invalid_request', /^columns\[1\]: unknown column/]],
    ['/api/files/..%2fx', undefined, [400, 'invalid_path', /encoded slash/]],
    ['/api/files/..%5Cx', undefined, [400, 'invalid_path', /encoded slash/]],
    ['/api/query', { method: 'POST', body: '{' }, [400, 'invalid_json', /not JSON/]],
    ['/api/query', ask(), [400, 'invalid_request', /^queries: at least one query/]],
    ['/api/query', { method: 'POST', body: 'x'.repeat(1_048_577) }, [413, 'too_large', /at most/]],
    ['/api/files/upload', { method: 'POST', body: 'x' }, [400, 'invalid_request', /^name:/]],
    [
      '/api/files/upload?name=a&node=a%20b',
      { method: 'POST', body: 'x' },
      [400, 'invalid_request', /^node:/],
    ],
    [
      '/api/files/upload?name=a',
      { method: 'POST', body: 'x'.repeat(1_048_577) },
      [413, 'too_large', /larger than 1 MB/],
    ],
    ['/api/dimensions/nothing/values', undefined, [404, 'not_found', /no dimension nothing/]],
  ])('%s %#', async (route, init, [status, code, message]) => {
    expect(await failure(route, init)).toEqual([status, code, expect.stringMatching(message)]);
  });

  // A client sends its next request into the connection that an answer left open: it must not be closed behind the answer.
  it('leaves a connection open whose body was not read', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<unknown>();
    const post = (): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request(`${api.url}/nowhere`, { method: 'POST', agent }, (response) => {
          sockets.add(response.socket);
          response.resume().on('end', () => resolve(response.statusCode));
        });
        sent.on('error', reject).end('a body that nobody reads');
      });
    for (let n = 0; n < 20; n++) {
      expect(await post()).toBe(404);
      await new Promise((resolve) => setTimeout(resolve, n));
    }
    expect(sockets.size).toBe(1);
    agent.destroy();
  });

  // Grafana keeps an idle connection for 90 s: closed before that, the next question of a panel would fail.
  it('keeps an idle connection open for longer than clients do', async () => {
    const response = await fetch(`${api.url}/healthz`);
    expect(Number(/timeout=(\d+)/.exec(response.headers.get('keep-alive') ?? '')?.[1])).toBeGreaterThan(90);
  });

  it('keeps no file of a refused upload', () => {
    expect(readdirSync(path.join(folder, 'uploads'))).toEqual([]);
  });
});

describe('a file', () => {
  it('is loaded, listed, explained row by row, and its events answer until it is deleted', async () => {
    const file = await load('acct.csv', ACCT);
    expect(file).toMatchObject({
      name: 'acct.csv',
      status: 'loaded_with_errors',
      rows: 3,
      events: 2,
      errors: 1,
    });

    const { body: list } = await call<{ files: FileRecord[]; next: null }>(
      '/api/files?status=loaded_with_errors',
    );
    expect(list).toEqual({ files: [file], next: null });

    const { body: bad } = await call<{ errors: { line: number; raw: string }[] }>(
      `/api/files/${file.id}/errors`,
    );
    expect(bad.errors).toEqual([
      { line: 4, reason: expect.any(String), raw: expect.stringContaining('not a time') },
    ]);

    const { body: listed } = await call<{ results: Record<string, { frames: Frame[] }> }>(
      '/api/query',
      ask(
        { refId: 'files', queryType: 'files', status: 'loaded_with_errors' },
        { refId: 'errors', queryType: 'ingestErrors' },
        { refId: 'own', queryType: 'ingestErrors', file: file.id, limit: 1 },
        { refId: 'failed', queryType: 'service', metrics: ['failedFiles'] },
        { refId: 'figures', queryType: 'service', metrics: FIGURES, format: 'timeseries' },
      ),
    );
    const rows = (refId: string) => listed.results[refId]?.frames.flatMap(({ data }) => data.values) ?? [];
    const names = listed.results['files']?.frames[0]?.schema.fields.map(({ name }) => name) ?? [];
    expect(Object.fromEntries(names.map((name, index) => [name, rows('files')[index]?.[0]]))).toMatchObject({
      id: file.id,
      status: 'loaded_with_errors',
      rows: 3,
      firstEvent: Date.parse(file.firstEvent ?? ''),
      sha256: file.sha256,
    });
    const unread = [
      [file.id],
      ['acct.csv'],
      [4],
      [expect.any(String)],
      [expect.stringContaining('not a time')],
    ];
    expect(rows('errors')).toEqual(unread);
    expect(rows('own')).toEqual(unread);
    expect(rows('failed')).toEqual([[0]]);
    const figures = rows('figures').filter((_, index) => index % 2 === 1);
    expect(figures.map(([value]) => value)).toEqual([expect.any(Number), 0, 0, 1, 1]);
    const age = (Date.now() - Date.parse('2026-09-15T10:00:06Z')) / 1000;
    expect(Math.abs(Number(figures[0]?.[0]) - age)).toBeLessThan(30);

    const answer = await call<{ results: Record<string, { frames: { data: unknown }[] }> }>(
      '/api/query',
      ask({ refId: 'A', ...query }, { refId: 'B', ...query, metrics: ['nonsense'] }),
    );
    expect(answer.body.results['A']?.frames[0]?.data).toEqual({ values: [[1], [1]] });
    expect(answer.body.results['B']).toMatchObject({ status: 400, errorSource: 'downstream' });
    const { body: first } = await call<{ events: object[]; next: string }>(
      '/api/events?provider=gmail&provider=yahoo&limit=1&columns=time,recipient',
    );
    expect(first.events).toEqual([{ time: '2026-09-15T10:00:06.000Z', recipient: 'b@yahoo.com' }]);
    const { body: second } = await call<{ events: object[]; next: null }>(
      `/api/events?provider=gmail&provider=yahoo&limit=1&columns=latency&cursor=${first.next}`,
    );
    expect(second).toEqual({ events: [{ latency: 5 }], next: null });
    expect((await call('/api/dimensions/provider/values?search=GMA')).body).toEqual({ values: ['gmail'] });

    expect((await call(`/api/files/${file.id}`, { method: 'DELETE' })).status).toBe(200);
    expect((await call(`/api/files/${file.id}`)).status).toBe(404);
    const after = await call<typeof answer.body>('/api/query', ask({ refId: 'A', ...query }));
    expect(after.body.results['A']?.frames[0]?.data).toEqual({ values: [[], []] });
  });

  it('that was refused is looked at again when it is tried again, as its upload is kept', async () => {
    const file = await load('wrong.csv', 'no,such,header\n1,2,3\n');
    expect(file.status).toBe('rejected');
    const { status, body } = await call<{ error: { message: string } }>(`/api/files/${file.id}/retry`, {
      method: 'POST',
    });
    expect([status, body.error.message]).toEqual([422, expect.stringContaining('not a PowerMTA log')]);
    expect((await settled(file.id)).status).toBe('rejected');
    expect(readdirSync(path.join(folder, 'uploads'))).toHaveLength(1);
  });
});

describe('what stands beside the answers', () => {
  it('lists every dimension with what it may be used for', async () => {
    const { body } = await call<{ dimensions: object[] }>('/api/dimensions');
    expect(body.dimensions).toContainEqual({
      name: 'provider',
      description: expect.any(String),
      groupBy: true,
    });
    expect(body.dimensions).toContainEqual({
      name: 'recipient',
      description: expect.any(String),
      groupBy: false,
    });
  });

  it('serves the page that tries the routes under a policy of its own, with all it loads', async () => {
    const page = await fetch(`${api.url}/docs`);
    const policy = page.headers.get('content-security-policy');
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'; .*connect-src 'self'/);
    expect(policy).not.toMatch(/unsafe|\*|http/);
    const loaded = [...(await page.text()).matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(
      ([, place = '']) => place,
    );
    expect(loaded).toHaveLength(3);
    for (const place of loaded) {
      const { status, headers } = await fetch(api.url + place);
      expect([place, status, headers.get('content-security-policy')]).toEqual([
        place,
        200,
        expect.stringContaining("default-src 'none'") as string,
      ]);
      expect(headers.get('content-type')).toMatch(
        place.endsWith('.css') ? /^text\/css/ : /^text\/javascript/,
      );
    }
  });

  it('sends headers that keep answers out of frames and caches', async () => {
    const { headers } = await fetch(`${api.url}/healthz`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
  });
});
