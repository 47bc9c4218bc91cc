import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from './store';

/** Runs for longer than any test waits. */
const ENDLESS = 'SELECT sum(sipHash64(number)) AS s FROM numbers(100000000000)';
const ASKER = { owner: 'ann' };

let dir: string;
let store: Store;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'watchtower-'));
  store = await openStore({ dataDir: dir });
});

afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

/** How many endless reads the engine works on. */
const inEngine = async (): Promise<number> => {
  const [row] = await store.read<{ n: number }>(
    "SELECT count() AS n FROM system.processes WHERE query LIKE '%numbers(100000000000)%' AND query NOT LIKE '%system.processes%'",
  );
  return row?.n ?? 0;
};

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
};

it('a read that was given up ends in the engine, and only then is its turn free', async () => {
  const left = new AbortController();
  const reads = [1, 2, 3].map(() => store.read(ENDLESS, { asker: ASKER, signal: left.signal }));
  const next = store.read('SELECT 1 AS x', { asker: ASKER });
  await until(async () => (await inEngine()) === 3);
  expect(store.turns).toMatchObject({ running: 3, waiting: 1 });

  left.abort(new Error('gone'));
  for (const read of reads) await expect(read).rejects.toThrow('gone');
  expect(store.turns).toMatchObject({ running: 3, waiting: 1 });
  expect(await next).toEqual([{ x: 1 }]);
  await until(() => Promise.resolve(store.turns.running === 0));
  expect(await inEngine()).toBe(0);
});

it('given up before it has begun, it never reaches the engine', async () => {
  await expect(store.read(ENDLESS, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
  expect(await inEngine()).toBe(0);
});

it('answers stay whole after reads that were given up with rows on their way', async () => {
  const rows = 'SELECT number FROM numbers(100000000000) WHERE sipHash64(number) % 100000 = 0';
  for (let i = 0; i < 6; i++) {
    const left = new AbortController();
    const read = store.read(rows, { signal: left.signal });
    setTimeout(() => left.abort(new Error('gone')), 30 * i);
    await expect(read).rejects.toThrow('gone');
    expect(await store.read('SELECT 7 AS x')).toEqual([{ x: 7 }]);
  }
  await until(async () => (await inEngine()) === 0);
});

it("the service's own reads do not wait for those of askers", async () => {
  const left = new AbortController();
  const reads = [1, 2, 3, 4].map(() => store.read(ENDLESS, { asker: ASKER, signal: left.signal }));
  expect(await store.read('SELECT 1 AS x')).toEqual([{ x: 1 }]);
  expect(store.turns).toMatchObject({ running: 3, waiting: 1 });
  left.abort();
  await Promise.allSettled(reads);
});

it('beside a load one read runs at a time, on one thread', async () => {
  const loaded = store.load();
  const threads = "SELECT toUInt32(getSetting('max_threads')) AS n";
  const asked = await Promise.all([1, 2].map(() => store.read(threads, { asker: ASKER })));
  expect(asked).toEqual([[{ n: 1 }], [{ n: 1 }]]);
  const left = new AbortController();
  const reads = [1, 2].map(() => store.read(ENDLESS, { asker: ASKER, signal: left.signal }));
  await until(async () => (await inEngine()) === 1);
  expect(store.turns).toMatchObject({ running: 1, waiting: 1 });
  left.abort();
  await Promise.allSettled(reads);
  loaded();
});

it('once closed it answers nothing, and lets another store be opened', async () => {
  const closing = store.read(ENDLESS, { asker: ASKER, signal: AbortSignal.timeout(500) });
  await expect(closing).rejects.toThrow();
  await until(() => Promise.resolve(store.turns.running === 0));
  await store.close();
  await expect(store.read('SELECT 1')).rejects.toThrow('closed');
  store = await openStore({ dataDir: join(dir, 'other') });
  expect(await store.read('SELECT 1 AS x')).toEqual([{ x: 1 }]);
});
