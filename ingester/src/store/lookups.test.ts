import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embedded } from './connect';
import { loadMigrations, migrate, type Migratable, type Migration } from './migrations';
import { openStore, type Store } from './store';

const EVENTS = 5000;

/** Statements on a store of any schema version; `failAt` says before which one the process is gone. */
async function withOlderStore(
  directory: string,
  work: (store: Migratable) => Promise<void>,
  failAt: (sql: string) => boolean = () => false,
): Promise<void> {
  const connector = embedded(directory);
  const client = connector.client();
  try {
    await work({
      async read<T>(sql: string) {
        return (await client.query({ query: sql, format: 'JSONEachRow' })).json<T>();
      },
      async write(sql) {
        if (failAt(sql)) throw new Error('gone');
        await client.command({ query: sql });
      },
    });
  } finally {
    await client.close();
    connector.close();
  }
}

const lookups = (migration: Migration) => /_lookups\.sql$/.test(migration.name);

function drift(store: Pick<Store, 'read'>): Promise<unknown[]> {
  return store.read(`SELECT key, at, record, vmta, sum(n) AS off FROM (
      SELECT rcpt AS key, time AS at, record, vmta, events AS n FROM watchtower.recipients
      UNION ALL SELECT toString(id), time, record, vmta, events FROM watchtower.event_ids
      UNION ALL SELECT lower(e.rcpt), toStartOfHour(e.time), record, vmta, -toInt64(sign) FROM watchtower.events AS e WHERE role = 0
      UNION ALL SELECT toString(toUInt32(cityHash64(messageId))), toStartOfHour(e.time), record, vmta, -toInt64(sign) FROM watchtower.events AS e WHERE role = 0
    ) GROUP BY ALL HAVING off != 0 LIMIT 5`);
}

// An upgrade that fills a lookup half, or twice, would hide messages or keep addresses that were deleted.
it('an upgrade fills the lookups once, whenever it was killed before', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'watchtower-upgrade-'));
  try {
    const migrations = loadMigrations();
    const older = migrations.slice(0, migrations.findIndex(lookups));
    expect(older.length).toBeGreaterThan(0);
    await withOlderStore(directory, async (store) => {
      await migrate(store, older);
      await store.write(`INSERT INTO watchtower.events (time, record, rcpt, messageId, vmta, message, role, file, line, ver, sign)
        SELECT toDateTime('2026-03-01 00:00:00', 'UTC') + number * 600, if(number % 5 = 0, 't', 'd'), concat('User', toString(number % 700), '@Example.org'),
          concat(toString(number % 900), '@shop.example'), concat('vmta-', toString(number % 3)), number % 900, number % 50 = 7, 1, number, 1, 1
        FROM numbers(${EVENTS}) SETTINGS async_insert = 0, max_partitions_per_insert_block = 0`);
    });
    const points = [
      /^CREATE MATERIALIZED VIEW.*event_ids/,
      /^INSERT INTO watchtower\.schema_versions .*lookups/,
    ];
    let died = 0;
    for (const point of points) {
      const upgrade = withOlderStore(directory, migrate, (sql) => point.test(sql));
      await expect(upgrade).rejects.toThrow('gone');
      died++;
    }
    expect(died).toBe(points.length);
    const store = await openStore({ dataDir: directory });
    expect(await drift(store)).toEqual([]);
    const counted = await store.read('SELECT sum(events) AS n FROM watchtower.recipients');
    expect(counted).toEqual([{ n: EVENTS - EVENTS / 50 }]);
    await store.write(`INSERT INTO watchtower.events (time, record, rcpt, messageId, vmta, message, role, file, line, ver, sign)
      SELECT time, record, rcpt, messageId, vmta, message, role, file, line, ver, -1 FROM watchtower.events WHERE line % 2 = 0 SETTINGS async_insert = 0, max_partitions_per_insert_block = 0`);
    await store.write('OPTIMIZE TABLE watchtower.recipients FINAL');
    expect(await drift(store)).toEqual([]);
    const left = await store.read<{ rows: number }>(
      `SELECT count() AS rows FROM watchtower.recipients WHERE events <= 0`,
    );
    expect(left).toEqual([{ rows: 0 }]);
    await store.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
