import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillWithCorrections } from '../model/store.testkit';
import { REASONS, seeded, valueIn, type TestEvent } from '../model/recount.testkit';
import { loadMigrations, migrate } from '../store/migrations';
import { serveEngine, type EngineServer } from '../store/http.testkit';
import { openStore } from '../store';

// What people loaded with the first release has its reasons too, corrections included, without loading it again.
describe.each(['embedded', 'server'] as const)('a %s store of the first release', (mode) => {
  const dir = mkdtempSync(join(tmpdir(), 'watchtower-'));
  let server: EngineServer | undefined;

  beforeAll(async () => {
    if (mode === 'server') server = await serveEngine(join(dir, 'store'));
  });
  afterAll(async () => {
    await server?.close();
    rmSync(dir, { recursive: true });
  });

  const stripped = ['events', 'failure_hour', 'failure_day'] as const;

  it('has a reason for every event, and rollups that say the same, also after an interrupted start', async () => {
    const store = await openStore({ dataDir: dir, clickhouseUrl: server?.url });
    const from = Date.UTC(2026, 2, 27) / 1000;
    // Back to what the first release had.
    const views = ['failure_hour_view', 'failure_day_view', 'reason_hour', 'reason_day', 'attempt_step_view'];
    for (const view of views) await store.write(`DROP TABLE watchtower.${view} SYNC`);
    for (const table of stripped.slice(1)) await store.write(`DROP TABLE watchtower.${table} SYNC`);
    await store.write('ALTER TABLE watchtower.events DROP COLUMN reason');
    await store.write('TRUNCATE TABLE watchtower.schema_versions');
    const current = await fillWithCorrections(store, 1500, from, from + 3 * 86_400, seeded(3));

    const all = loadMigrations();
    // A start that is killed when the rollups are filled, but not noted as such.
    const killed = {
      read: store.read.bind(store),
      write: async (sql: string) => {
        if (sql.startsWith('CREATE VIEW IF NOT EXISTS watchtower.reason_hour')) throw new Error('killed');
        await store.write(sql);
      },
    };
    await expect(migrate(killed, all)).rejects.toThrow('killed');
    await migrate(store, all);

    const expected = new Map<string, number>();
    for (const event of current.filter(({ role }) => role === 0)) {
      const reason = valueIn(event, 'reason');
      expected.set(reason, (expected.get(reason) ?? 0) + failures(event));
    }
    for (const [reason, n] of expected) if (n === 0) expected.delete(reason);
    const added = 'sum(bounced + deferrals + queueDeferrals + blocks + remoteBounces + statuses)';
    for (const sql of [
      "SELECT reason, sum(sign) AS n FROM watchtower.events WHERE role = 0 AND record NOT IN ('d', 'f', 'r') GROUP BY reason HAVING n != 0",
      `SELECT reason, ${added} AS n FROM watchtower.reason_hour GROUP BY reason HAVING n != 0`,
      `SELECT reason, ${added} AS n FROM watchtower.reason_day GROUP BY reason HAVING n != 0`,
    ]) {
      const rows = await store.read<{ reason: string; n: number }>(sql);
      expect(new Map(rows.map(({ reason, n }) => [reason, n]))).toEqual(expected);
    }
    expect([...expected.keys()].filter((reason) => !(reason in REASONS) && !/^[45]\./.test(reason))).toEqual(
      [],
    );
    await store.close();
  });
});

const failures = ({ record }: TestEvent): number => (['d', 'f', 'r'].includes(record) ? 0 : 1);
