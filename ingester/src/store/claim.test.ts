import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Claim, StoreClaimedError, StoreLostError, type ClaimTiming } from './claim';
import { server } from './connect';
import { serveEngine, type EngineServer } from './http.testkit';
import { openStore } from './store';

/** Two services on one server would use each other's scratch tables and numbers: one at a time may write. */

let dir: string;
let engine: EngineServer;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'watchtower-claim-'));
  engine = await serveEngine(join(dir, 'engine'));
});

afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true });
});

/** Never renewed by itself within a test. */
const STILL: ClaimTiming = { beatMs: 600_000, validMs: 300_000, leaseMs: 900_000 };

function take(timing: ClaimTiming = STILL, onLost?: (error: StoreLostError) => void): Promise<Claim> {
  return Claim.take(server(engine.url).client(), { timing, ...(onLost && { onLost }) });
}

/** Makes every claim so far look as if it had not been renewed for an hour. */
async function age(): Promise<void> {
  const client = server(engine.url).client();
  await client.command({
    query: `ALTER TABLE watchtower.owner UPDATE beat = beat - INTERVAL 1 HOUR WHERE 1 SETTINGS mutations_sync = 1`,
  });
  await client.close();
}

it('refuses a second service with who holds the store, since when, and what to do', async () => {
  const store = await openStore({ dataDir: dir, clickhouseUrl: engine.url });
  const second = openStore({ dataDir: dir, clickhouseUrl: engine.url });
  await expect(second).rejects.toThrow(StoreClaimedError);
  await expect(second).rejects.toThrow(
    new RegExp(
      `in use by the service on ${hostname()} \\(process ${process.pid}\\) since \\d{4}-.* UTC: .*Stop that one.*in \\d+ s`,
    ),
  );
  await store.write('CREATE TABLE watchtower.still_writes (n UInt8) ENGINE = Memory');
  await store.close();
  await (await openStore({ dataDir: dir, clickhouseUrl: engine.url })).close();
});

it('gives it to one of several that ask at the same moment', async () => {
  const asked = await Promise.allSettled([take(), take(), take(), take()]);
  const claims = asked.filter((each) => each.status === 'fulfilled').map(({ value }) => value);
  expect(claims).toHaveLength(1);
  for (const each of asked)
    if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(StoreClaimedError);
  await claims[0]?.hold();
  await claims[0]?.release();
});

it('lets the claim of a service that is not heard of run out, and that one writes no more', async () => {
  const lost: string[] = [];
  const sleeping = await take({ ...STILL, validMs: 0 }, ({ message }) => lost.push(message));
  await sleeping.hold();
  await age();
  const other = await take();
  await expect(sleeping.hold()).rejects.toThrow(/has taken the store over.*nothing more is written/);
  await expect(sleeping.hold()).rejects.toThrow(StoreLostError);
  expect(lost).toHaveLength(1);
  await other.hold();
  // Giving up what it has lost leaves the other's claim alone.
  await sleeping.release();
  await expect(take()).rejects.toThrow(StoreClaimedError);
  await other.release();
});

it('is kept by a service that was not heard of for long, where nobody took it meanwhile', async () => {
  const claim = await take({ ...STILL, validMs: 0 });
  await age();
  await claim.hold();
  await expect(take()).rejects.toThrow(StoreClaimedError);
  await claim.release();
});

it('passes a number whose row a crash of the server lost', async () => {
  const first = await take();
  await first.release();
  const client = server(engine.url).client();
  const next = '(SELECT max(epoch) + 1 FROM watchtower.owner)';
  const row = `INSERT INTO watchtower.owner (epoch) SETTINGS async_insert = 0, insert_deduplicate = 1, insert_deduplication_token = 'owner:`;
  const [{ epoch } = { epoch: 0 }] = await (
    await client.query({ query: `SELECT toUInt32(${next}) AS epoch`, format: 'JSONEachRow' })
  ).json<{ epoch: number }>();
  await client.command({ query: `${row}${epoch}' VALUES (${epoch})` });
  await client.command({
    query: `ALTER TABLE watchtower.owner DELETE WHERE epoch = ${epoch} SETTINGS mutations_sync = 1`,
  });
  await client.close();
  const claim = await take();
  await claim.hold();
  await expect(take()).rejects.toThrow(StoreClaimedError);
  await claim.release();
});

describe('a store that was taken over', () => {
  it('writes nothing any more by any way, and still answers', async () => {
    const lost: StoreLostError[] = [];
    const store = await openStore(
      { dataDir: dir, clickhouseUrl: engine.url },
      { timing: { ...STILL, validMs: 0 }, onLost: (error) => lost.push(error) },
    );
    await store.write('CREATE TABLE watchtower.taken (n UInt32) ENGINE = Memory');
    await age();
    const other = await take();
    const insert = 'INSERT INTO watchtower.taken VALUES (1)';
    await expect(store.write(insert)).rejects.toThrow(StoreLostError);
    await expect(store.prepare(0, insert)).rejects.toThrow(StoreLostError);
    await expect(store.append('taken', [{ n: 1 }])).rejects.toThrow(StoreLostError);
    await expect(store.loadCsv(0, '/nowhere', ['c0'], () => insert)).rejects.toThrow(StoreLostError);
    expect(await store.read('SELECT count() AS n FROM watchtower.taken')).toEqual([{ n: 0 }]);
    expect(lost).toHaveLength(1);
    await store.close();
    await other.release();
  });
});
