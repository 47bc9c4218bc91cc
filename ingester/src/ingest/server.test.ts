import { writeLogs } from '@pmta-watchtower/generator';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRules } from '../formats';
import { openStore, type Store } from '../store';
import { serveEngine, type EngineServer } from '../store/http.testkit';
import { openIngest, type IngestService } from '.';
import { countedEvents, driftOfRollups } from './recount.testkit';

const START = Date.UTC(2026, 8, 15) / 1000;
let dir: string;
let logs: string[];

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'watchtower-'));
  mkdirSync(join(dir, 'logs'));
  const without = { tran: ['jobId'] };
  const { files } = await writeLogs(join(dir, 'logs'), {
    messages: 1200,
    start: START,
    seed: 'server',
    without,
  });
  logs = files.map(({ name }) => join(dir, 'logs', name));
});

afterAll(() => rmSync(dir, { recursive: true }));

async function openAt(
  name: string,
  clickhouseUrl?: string,
): Promise<{ store: Store; ingest: IngestService }> {
  const dataDir = join(dir, name);
  const store = await openStore({ dataDir, clickhouseUrl });
  const ingest = await openIngest(store, loadRules(), {
    dataDir,
    dedupe: 'skip',
    maxFileBytes: 1e9,
    timezone: 'UTC',
    keepHeaders: undefined,
  });
  return { store, ingest };
}

async function loadAll(ingest: IngestService, between: () => Promise<void>): Promise<string[]> {
  const statuses: string[] = [];
  for (const log of logs) {
    const { done } = await ingest.submit(log, { origin: 'cli' });
    await between();
    statuses.push(...(await done).map(({ status, message }) => (message ? `${status} ${message}` : status)));
  }
  return statuses;
}

async function embeddedResult(): Promise<string[]> {
  const { store, ingest } = await openAt('embedded');
  await loadAll(ingest, () => Promise.resolve());
  const events = await countedEvents(store);
  await ingest.close();
  await store.close();
  return events;
}

// Without these, the SQL of the way in could lean on something that only the embedded engine does.
describe('loading into a ClickHouse server', () => {
  let expected: string[];
  let server: EngineServer | undefined;

  beforeAll(async () => {
    expected = await embeddedResult();
  });

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('gives the same events and rollups as the embedded engine, and deletes as it does', async () => {
    server = await serveEngine(join(dir, 'engine'));
    const { store, ingest } = await openAt('remote', server.url);
    expect(await loadAll(ingest, () => Promise.resolve())).toEqual(logs.map(() => 'loaded'));
    expect(await countedEvents(store)).toEqual(expected);
    const { files } = await ingest.list({ limit: 10 });
    for (const { id } of files) await ingest.remove(id);
    expect(await countedEvents(store)).toEqual([]);
    expect(await driftOfRollups(store)).toEqual([]);
    await ingest.close();
    await store.close();
  });

  it('goes on when the server goes away in the middle and comes back: nothing lost, nothing twice', async () => {
    const engine = join(dir, 'fragile');
    server = await serveEngine(engine);
    const port = Number(new URL(server.url).port);
    const { store, ingest } = await openAt('remote-fragile', server.url);
    const troubles = new Set<string>();
    const statuses = await loadAll(ingest, async () => {
      await server?.close();
      await new Promise((resolve) => setTimeout(resolve, 300));
      troubles.add(ingest.trouble);
      server = await serveEngine(engine, port);
    });
    expect([...troubles].join()).toMatch(/ECONNREFUSED|ECONNRESET|socket/);
    expect(statuses).toEqual(logs.map(() => 'loaded'));
    expect(await countedEvents(store)).toEqual(expected);
    expect(await driftOfRollups(store)).toEqual([]);
    await ingest.close();
    await store.close();
  });
});
