import { readFileSync } from 'node:fs';
import path from 'node:path';
import { answer } from '../answer';
import { fillWithCorrections, openTestStore, type TestStore } from '../store.testkit';
import { SQL_TABLES, sqlTables } from './sqlTables';

const FROM = Date.UTC(2026, 2, 1);
const TO = FROM + 86_400_000;

/** Tables that are nobody's to read: the books of the ingester and of the schema, lookups, and what stands behind a view. */
const CLOSED =
  /^(closed|touched|files|commits|ingest_errors|schema_versions|recipients|event_ids|late_keys|open_events_view|failure_(hour|day)|job_users|header_users|\w+_step|touched_hours|incidents|incident_notes)$/;

let opened: TestStore;

beforeAll(async () => {
  opened = await openTestStore();
  let seed = 7;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  await fillWithCorrections(opened.store, 500, FROM / 1000, TO / 1000, random);
  await opened.store.append('incidents', [
    {
      id: 'I-1',
      kind: 'block',
      severity: 'critical',
      state: 'closed',
      start: FROM / 1000,
      finish: TO / 1000,
      version: 1,
    },
  ]);
});

afterAll(() => opened.close());

it('documents every column that a table has, with its type', async () => {
  const columns = await opened.store.read<{ table: string; name: string; type: string }>(
    "SELECT table, name, type FROM system.columns WHERE database = 'watchtower' ORDER BY table, position",
  );
  const todo: string[] = [];
  for (const [table, { columns: documented }] of Object.entries(sqlTables)) {
    const own = columns.filter((column) => `watchtower.${column.table}` === table);
    for (const { name, type } of own)
      if (documented[name]?.type !== type)
        todo.push(
          `under '${table}' put the line   ${name}: column(${JSON.stringify(type)}, '<what it means>'),`,
        );
    for (const name of Object.keys(documented))
      if (!own.some((column) => column.name === name))
        todo.push(`under '${table}' take out the line   ${name}: …`);
  }
  // What is listed here is to be done in model/sql/sqlTables.ts; `npm run docs` then writes docs/sql.md.
  expect(todo).toEqual([]);
});

it('lists every table that holds figures', async () => {
  const tables = await opened.store.read<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = 'watchtower' AND engine != 'MaterializedView' ORDER BY name",
  );
  const open = tables.map(({ name }) => name).filter((name) => !CLOSED.test(name));
  // A new table needs an entry in model/sql/sqlTables.ts, or in CLOSED above where it is not for people.
  expect(open.map((name) => `watchtower.${name}`)).toEqual([...SQL_TABLES].sort());
});

it('says a unit only of numbers, and something of everything', () => {
  for (const { description, columns } of Object.values(sqlTables)) {
    expect(description).toMatch(/^[A-Z].{10,}[^.]$/);
    for (const [name, column] of Object.entries(columns)) {
      expect([name, column.description]).toEqual([name, expect.stringMatching(/^.{5,}[^.]$/s) as string]);
      if (column.unit !== undefined)
        expect([name, column.type]).toEqual([name, expect.stringMatching(/Int|Float/) as string]);
    }
  }
});

const text = readFileSync(path.resolve(__dirname, '../../../../docs/sql.md'), 'utf8');
const examples = [...text.matchAll(/```sql\n(.*?)```/gs)].map(([, sql = '']) => sql);

it('docs/sql.md shows examples', () => {
  expect(examples.length).toBeGreaterThan(4);
});

it.each(examples)('the example is answered: %s', async (sql) => {
  const query = { refId: 'A', queryType: 'sql', sql, intervalMs: 3_600_000 };
  const context = { timezone: 'UTC', complaintProviders: [] };
  const { A } = (await answer(opened.store, { from: FROM, to: TO, queries: [query] }, context)).results;
  expect(A).toMatchObject({ status: 200 });
  // The events of this test have no headers; every other example finds something.
  if (A && 'frames' in A && !sql.includes('headers')) expect(A.frames[0]?.data.values[0]).not.toHaveLength(0);
});
