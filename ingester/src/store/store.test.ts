import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { serveEngine, type EngineServer } from './http.testkit';
import { isLocked } from './connect';
import { loadMigrations, migrate } from './migrations';
import { openStore, type Store } from './store';

const NUMBERS =
  'CREATE TABLE watchtower.numbers (n UInt32, text String) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100';

describe.each(['embedded', 'server'] as const)('the %s store', (mode) => {
  let dir: string;
  let store: Store;
  let server: EngineServer | undefined;

  const open = () => openStore({ dataDir: dir, clickhouseUrl: server?.url });

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'watchtower-'));
    if (mode === 'server') server = await serveEngine(join(dir, 'store'));
    store = await open();
    await store.write(NUMBERS);
  });

  afterAll(async () => {
    await store.close();
    await server?.close();
    rmSync(dir, { recursive: true });
  });

  it('reads what was appended, once for a token, hostile text unchanged', async () => {
    const text = `'); DROP TABLE watchtower.events; -- \\N "q" \u2028 ü\n`;
    await store.append('numbers', [{ n: 1, text }], 'first');
    await store.append('numbers', [{ n: 1, text }], 'first');
    expect(await store.read('SELECT n, text FROM watchtower.numbers')).toEqual([{ n: 1, text }]);
    expect(await store.read('SELECT count() AS n FROM watchtower.events')).toEqual([{ n: 0 }]);
  });

  it('binds parameters instead of joining text', async () => {
    const name = `it's a "name" \\ {x}`;
    const rows = await store.read('SELECT {name:String} AS name, arraySort({list:Array(String)}) AS list', {
      params: { name, list: ['b', `a'`] },
    });
    expect(rows).toEqual([{ name, list: [`a'`, 'b'] }]);
  });

  it('loads CSV bytes as they are, in order, and refuses a row that is too short as a whole', async () => {
    const path = join(dir, 'rows.csv');
    writeFileSync(path, Buffer.from('1,"a,""b"\n2,\xff\n', 'latin1'));
    const insert = (source: string) =>
      `INSERT INTO watchtower.numbers SELECT toUInt32(c0) + 100, concat(hex(c1), ' ', toString(rowNumberInAllBlocks())) FROM ${source}`;
    await store.loadCsv(0, path, ['c0', 'c1'], insert);
    expect(await store.read('SELECT n, text FROM watchtower.numbers WHERE n > 100 ORDER BY n')).toEqual([
      { n: 101, text: '612C2262 0' },
      { n: 102, text: 'FF 1' },
    ]);
    writeFileSync(path, '3,x\n4\n');
    await expect(store.loadCsv(1, path, ['c0', 'c1'], insert)).rejects.toThrow();
    expect(await store.read('SELECT count() AS rows FROM watchtower.numbers WHERE n > 102')).toEqual([
      { rows: 0 },
    ]);
  });

  it('refuses to write through a read', async () => {
    await expect(store.read("INSERT INTO watchtower.numbers VALUES (7, 'x')")).rejects.toThrow();
  });

  it('opens again without changing anything, and refuses a store of a newer version', async () => {
    const before = await store.read('SELECT version, at FROM watchtower.schema_versions ORDER BY version');
    await migrate(store);
    expect(await store.read('SELECT version, at FROM watchtower.schema_versions ORDER BY version')).toEqual(
      before,
    );
    await expect(migrate(store, loadMigrations().slice(0, -1))).rejects.toThrow(/newer PMTA Watchtower/);
  });

  it('upgrades a store made by an older version', async () => {
    const next = {
      version: loadMigrations().length + 1,
      name: 'next.sql',
      statements: ['ALTER TABLE watchtower.numbers ADD COLUMN extra String'],
    };
    await migrate(store, [...loadMigrations(), next]);
    expect(await store.read(`SELECT extra FROM watchtower.numbers LIMIT 1`)).toEqual([{ extra: '' }]);
    await store.write(
      `ALTER TABLE watchtower.schema_versions DELETE WHERE version = ${next.version} SETTINGS mutations_sync = 1`,
    );
  });

  it('sets, changes and drops retention', async () => {
    const ttl = async () =>
      (
        await store.read<{ n: number }>(
          `SELECT countSubstrings(create_table_query, 'TTL') AS n FROM system.tables WHERE database = 'watchtower' AND name = 'events'`,
        )
      )[0]?.n;
    expect(await ttl()).toBe(0);
    await store.close();
    store = await openStore({ dataDir: dir, clickhouseUrl: server?.url, rawDays: 30, rollupDays: 400 });
    expect(await ttl()).toBe(1);
    // A day more than asked for: what may still be corrected must have all its copies.
    const [table] = await store.read<{ sql: string }>(
      `SELECT create_table_query AS sql FROM system.tables WHERE database = 'watchtower' AND name = 'events'`,
    );
    expect(table?.sql).toContain('TTL time + toIntervalDay(31)');
    await store.close();
    store = await open();
    expect(await ttl()).toBe(0);
  });
});

it('says who is in the way when a second process opens the embedded store', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'watchtower-'));
  const store = await openStore({ dataDir: dir });
  const other = spawnSync(
    process.execPath,
    [
      '-e',
      `const { createChdbConnection } = require('chdb/connection'); createChdbConnection({ path: ${JSON.stringify(join(dir, 'store'))} });`,
    ],
    { encoding: 'utf8', cwd: join(__dirname, '..', '..') },
  );
  expect(other.status).not.toBe(0);
  expect(isLocked(new Error(other.stderr))).toBe(true);
  await store.close();
  rmSync(dir, { recursive: true });
});
