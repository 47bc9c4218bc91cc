import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderSchema } from './engines';
import { viewOver } from './views';

/** A numbered schema file under clickhouse/schema. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** What migrations need of a store. */
export interface Migratable {
  read<T>(sql: string): Promise<T[]>;
  write(sql: string): Promise<void>;
}

const SCHEMA_DIR = join(__dirname, '..', '..', '..', 'clickhouse', 'schema');

/** The schema files in order; a gap or a repeated number is an error of ours and throws. */
export function loadMigrations(dir: string = SCHEMA_DIR): Migration[] {
  return readdirSync(dir)
    .filter((file) => /^\d{3}_\w+\.sql$/.test(file))
    .sort()
    .map((file, index) => {
      const version = Number(file.slice(0, 3));
      if (version !== index + 1) throw new Error(`Schema file ${file} should have the number ${index + 1}`);
      return { version, name: file, statements: statementsOf(readFileSync(join(dir, file), 'utf8')) };
    });
}

function statementsOf(text: string): string[] {
  return renderSchema(text)
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.replace(/^--.*$/gm, '').trim())
    .filter((statement) => statement !== '');
}

/**
 * Brings the store to the newest schema. A statement may have run before a crash: CREATE is therefore always
 * IF NOT EXISTS. `FILL <table>` adds what the table's view says of the events that are there; its file empties the
 * table first. A view that is no rollup's says it of a day, its parameter. Throws where the store was made by a newer version.
 */
export async function migrate(
  store: Migratable,
  migrations: readonly Migration[] = loadMigrations(),
): Promise<void> {
  await store.write('CREATE DATABASE IF NOT EXISTS watchtower');
  await store.write(
    renderSchema(
      'CREATE TABLE IF NOT EXISTS watchtower.schema_versions (version UInt32, name String, at DateTime DEFAULT now()) ENGINE = {{merge}} ORDER BY version',
    ),
  );
  const [row] = await store.read<{ version: number }>(
    'SELECT max(version) AS version FROM watchtower.schema_versions',
  );
  const current = row?.version ?? 0;
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) {
    throw new Error(
      `The store has schema version ${current}, this program knows versions up to ${newest}: it was written by a newer PMTA Watchtower. Upgrade the program, or use another data directory.`,
    );
  }
  for (const migration of migrations) {
    if (migration.version <= current) continue;
    for (const statement of migration.statements) {
      const [, filled] = /^FILL watchtower\.(\w+)$/.exec(statement) ?? [];
      if (filled === undefined) await store.write(idempotent(statement));
      else await fill(store, filled);
    }
    await store.write(
      `INSERT INTO watchtower.schema_versions (version, name) SETTINGS async_insert = 0 VALUES (${migration.version}, '${migration.name}')`,
    );
  }
}

function idempotent(statement: string): string {
  return statement.replace(/^CREATE (TABLE|MATERIALIZED VIEW) (?!IF NOT)/, 'CREATE $1 IF NOT EXISTS ');
}

/** Fills a table from the events there are, day by day, so that the memory it takes does not grow with the store. */
export async function fill(store: Migratable, table: string): Promise<void> {
  const days = await store.read<{ day: string }>(
    `SELECT DISTINCT partition AS day FROM system.parts WHERE database = 'watchtower' AND table = 'events' AND active ORDER BY day`,
  );
  const columns = await store.read<{ name: string }>(
    `SELECT name FROM system.columns WHERE database = 'watchtower' AND table = '${table}' ORDER BY position`,
  );
  const [view] = await store.read<{ engine: string }>(
    `SELECT engine FROM system.tables WHERE database = 'watchtower' AND name = '${table}_view'`,
  );
  const names = columns.map(({ name }) => name).join(', ');
  for (const { day } of days) {
    const rows =
      view?.engine === 'View'
        ? `watchtower.${table}_view(day = '${day}')`
        : `(${await viewOver(store, table, 'events', `toYYYYMMDD(time) = ${day}`)})`;
    await store.write(
      `INSERT INTO watchtower.${table} (${names}) SELECT ${names} FROM ${rows} SETTINGS async_insert = 0, insert_deduplicate = 0`,
    );
  }
}
