import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { answer } from '../answer';
import type { AnswerContext } from '../context';
import { SQL_FUNCTIONS } from './sqlWords';
import { fillWithCorrections, openTestStore, type TestStore } from '../store.testkit';

const FROM = Date.UTC(2026, 2, 1);
const TO = FROM + 7_200_000;

let opened: TestStore;
let events: number;

beforeAll(async () => {
  opened = await openTestStore();
  let seed = 1;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  await fillWithCorrections(opened.store, 500, FROM / 1000, TO / 1000, random);
  const counted = 'SELECT sum(sign) AS n FROM watchtower.events WHERE role = 0';
  events = (await opened.store.read<{ n: number }>(counted))[0]?.n ?? 0;
});

afterAll(() => opened.close());

async function ask(sql: string, more: object = {}, context: Partial<AnswerContext> = {}) {
  const query = { refId: 'A', queryType: 'sql', sql, ...more };
  const given = { timezone: 'UTC', complaintProviders: [], ...context };
  const { A } = (await answer(opened.store, { from: FROM, to: TO, queries: [query] }, given)).results;
  return A ?? { status: 0, error: 'no answer', errorSource: 'downstream' as const };
}

async function rows(sql: string, more: object = {}): Promise<unknown[][]> {
  const result = await ask(sql, more);
  if ('error' in result) throw new Error(result.error);
  return (result.frames[0]?.data.values ?? []).map((values) => [...values]);
}

it('answers sums over the tables, with typed fields even where there are no rows', async () => {
  expect(await rows('SELECT sum(sign) AS n FROM watchtower.events WHERE role = 0')).toEqual([[events]]);
  expect(
    await rows(`WITH x AS (SELECT vmta AS v, sum(sign) AS n FROM watchtower.events WHERE role = 0 GROUP BY v)
      SELECT sum(n) FROM x WHERE v NOT IN ('none') -- all`),
  ).toEqual([[events]]);
  const result = await ask('SELECT time, vmta, size FROM watchtower.events WHERE 0');
  expect(result).toMatchObject({
    frames: [
      {
        schema: {
          fields: [
            { name: 'time', type: 'time' },
            { name: 'vmta', type: 'string' },
            { name: 'size', type: 'number' },
          ],
        },
        data: { values: [[], [], []] },
      },
    ],
  });
});

it('macros stand for the range and the step', async () => {
  const sql = `SELECT $__timeInterval(time) AS t, sum(sign) AS n FROM watchtower.events
    WHERE $__timeFilter(time) AND role = 0 GROUP BY t ORDER BY t`;
  const [times = [], counts = []] = await rows(sql, { intervalMs: 3_600_000 });
  expect(times).toEqual([FROM, FROM + 3_600_000]);
  expect(Number(counts[0]) + Number(counts[1])).toBe(events);
  expect(await rows('SELECT $__from AS a, $__to AS b, $__interval_s AS c', { intervalMs: 60_000 })).toEqual([
    [FROM],
    [TO],
    [60],
  ]);
});

it('cuts an answer that is too long, and says so', async () => {
  const result = await ask('SELECT file FROM watchtower.events', { limit: 10 });
  expect(result).toMatchObject({
    frames: [{ schema: { meta: { notices: [{ text: 'Cut to 10 rows; there are more' }] } } }],
  });
}, 20_000);

const OUT = join('/tmp', `watchtower-sql-${process.pid}`);

it.each([
  `SELECT 1 INTO OUTFILE '${OUT}'`,
  `SELECT 1 INTO OUTFILE '${OUT}' FORMAT CSV`,
  `INSERT INTO FUNCTION file('${OUT}') SELECT 1`,
  "SELECT file('/etc/passwd')",
  "SELECT `file`('/etc/passwd')",
  'SELECT "file"(\'/etc/passwd\')',
  "SELECT * FROM file('/etc/passwd', 'LineAsString')",
  "SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
  "SELECT * FROM remote('127.0.0.1', 'system.users')",
  "SELECT * FROM executable('id', 'TSV', 'a String')",
  'SELECT * FROM numbers(1000000000000)',
  "SELECT * FROM merge('watchtower', '.*')",
  "SELECT sum(1) OVER (PARTITION BY file('/etc/passwd')) FROM watchtower.events",
  "SELECT * APPLY(x -> file('/etc/passwd')) FROM watchtower.events",
  'SELECT * REPLACE(1 AS vmta) FROM watchtower.events',
  'SELECT * FROM system.tables',
  'SELECT * FROM `system`.`tables`',
  'SELECT * FROM information_schema.tables',
  "SELECT 'a' IN system.tables",
  "SELECT 'a' IN (system.tables)",
  "SELECT 'a' NOT IN (watchtower.commits)",
  "SELECT 1 AS system WHERE 'a' GLOBAL IN system.tables",
  'SELECT * FROM watchtower.commits',
  'SELECT * FROM watchtower.files',
  'SELECT * FROM default.x',
  'SELECT * FROM events',
  'SELECT * FROM (SELECT * FROM watchtower.commits)',
  'SELECT 1 UNION ALL SELECT 1 FROM watchtower.ingest_errors',
  'SELECT * FROM watchtower.events AS e JOIN watchtower.files AS f ON 1 = 1',
  'SELECT FILE(1)',
  'SELECT (SELECT count() FROM system.users)',
  "SELECT dictGet('d', 'a', 1)",
  "SELECT getSetting('readonly')",
  'SELECT currentUser(), hostName(), version()',
  'SELECT sleep(3)',
  "SELECT catboostEvaluate('/etc/passwd', 1)",
  'SELECT 1 SETTINGS max_execution_time = 0',
  'SELECT * FROM (SELECT 1 SETTINGS readonly = 0)',
  'SELECT 1 FORMAT CSV',
  'SELECT 1; SELECT 2',
  'SELECT {p0:String}',
  'DROP TABLE watchtower.events',
  'TRUNCATE TABLE watchtower.events',
  'ALTER TABLE watchtower.events DELETE WHERE 1',
  'SET readonly = 0',
  'KILL QUERY WHERE 1',
  'SYSTEM SHUTDOWN',
  "BACKUP TABLE watchtower.events TO File('x')",
  'EXPLAIN SELECT 1',
  'SHOW TABLES',
  'DESCRIBE watchtower.events',
  'WITH system AS (SELECT 1) SELECT * FROM system.users',
  'SELECT $__timeFilter(time) OR (SELECT 1 FROM system.users)',
  "SELECT $__timeFilter(x) FROM url('http://x/')",
  'SELECT $__nothing',
  'SELECT `a\nb` FROM watchtower.events',
  `SELECT 1 INTO/**/OUTFILE '${OUT}'`,
  `SELECT 1 into\noutfile '${OUT}' TRUNCATE`,
  `SELECT 1 INTO OUTFILE '${OUT}' COMPRESSION 'gzip'`,
  `SELECT 1 UNION ALL SELECT 2 INTO OUTFILE '${OUT}'`,
  "SELECT/**/file/**/('/etc/passwd')",
  "SELECT 1 -- \n, file('/etc/passwd')",
  "SELECT 1 # \n, file('/etc/passwd')",
  "SELECT '\\'', file('/etc/passwd'), '\\''",
  "SELECT $$a$$, file('/etc/passwd')",
  "SELECT * FROM watchtower.events WHERE 1 IN (SELECT * FROM url('http://127.0.0.1/', 'CSV', 'a UInt8'))",
  "SELECT * FROM s3('http://127.0.0.1/x', 'CSV')",
  "SELECT * FROM mysql('127.0.0.1:3306', 'd', 't', 'u', 'p')",
  "SELECT * FROM postgresql('127.0.0.1:5432', 'd', 't', 'u', 'p')",
  "SELECT * FROM cluster('default', system.one)",
  'SELECT * FROM loop(watchtower.commits)',
  'SELECT * FROM view(SELECT * FROM watchtower.commits)',
  "SELECT * FROM input('a String')",
  "SELECT * FROM dictionary('d')",
  'SELECT * FROM generateRandom()',
  'SELECT * FROM zeros(1000000000000)',
  'SELECT arrayJoin(range(1000000000000))',
  'WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT * FROM x',
  "SELECT repeat('x', 10000000000)",
  "SELECT hasColumnInTable('127.0.0.1', 'system', 'users', 'name')",
  "SELECT joinGet('watchtower.events', 'rcpt', 1)",
  'SELECT filesystemAvailable()',
  "SELECT getMacro('x'), getClientHTTPHeader('authorization')",
  'SELECT buildId(), uptime(), tcpPort(), serverUUID()',
  'SELECT throwIf(1)',
  "SELECT initializeAggregation('groupArray', file('/etc/passwd'))",
  "CREATE DICTIONARY watchtower.d (a String) PRIMARY KEY a SOURCE(EXECUTABLE(COMMAND 'id' FORMAT 'TSV')) LAYOUT(FLAT()) LIFETIME(0)",
  'CREATE TABLE watchtower.x ENGINE = Memory AS SELECT 1',
  "CREATE FUNCTION f AS x -> file('/etc/passwd')",
  'ATTACH DATABASE x',
  'GRANT ALL ON *.* TO default',
  'OPTIMIZE TABLE watchtower.events FINAL',
  "SELECT 1 FROM watchtower.events, file('/etc/passwd', 'LineAsString') AS f",
  'SELECT * FROM "watchtower"."commits"',
  'SELECT * FROM watchtower.`.inner.x`',
  'FROM system.tables SELECT *',
  '(SELECT 1) SETTINGS readonly = 0',
  '',
  'nonsense',
])('%s is refused and does nothing', async (sql) => {
  expect(await ask(sql)).toMatchObject({ status: 400, error: expect.stringMatching(/^sql: /) as string });
  expect(existsSync(OUT)).toBe(false);
});

it.each([
  'SELECT rcpt FROM `watchtower`.`events`',
  'SELECT rcpt FROM "watchtower"."events"',
  'SELECT (SELECT any(rcpt) FROM watchtower.events)',
  'SELECT sum(delivered) FROM watchtower.totals_minute WHERE 1 IN (SELECT length(rcpt) FROM watchtower.events)',
  'WITH e AS (SELECT rcpt FROM watchtower.events) SELECT * FROM e',
  'SELECT 1 UNION ALL SELECT length(rcpt) FROM watchtower.events',
])('a viewer does not come to recipients by %s', async (sql) => {
  expect(await ask(sql, {}, { masked: true })).toMatchObject({ status: 400 });
});

it('quotes and words of other statements in a text are that text', async () => {
  const text = String.raw`'a\'; DROP TABLE watchtower.events; -- INTO OUTFILE'`;
  expect(await rows(`SELECT ${text} AS a`)).toEqual([["a'; DROP TABLE watchtower.events; -- INTO OUTFILE"]]);
});

it('a viewer reads rollups, and no events with their recipients', async () => {
  expect(await ask('SELECT rcpt FROM watchtower.events', {}, { masked: true })).toMatchObject({
    status: 400,
  });
  const rollup = 'SELECT sum(delivered) FROM watchtower.totals_minute';
  expect(await ask(rollup, {}, { masked: true })).toMatchObject({ status: 200 });
});

it.each(['', 'SELECT 1 UNION ALL '])(
  '%sa query that eats memory is ended',
  async (before) => {
    const joins = Array.from({ length: 5 }, (_, i) => `watchtower.events AS e${i}`).join(', ');
    const all = 'length(groupArray((e0.ver, e1.line, e2.line, e3.line, e4.line)))';
    expect([422, 504]).toContain((await ask(`${before}SELECT ${all} FROM ${joins}`)).status);
  },
  60_000,
);

it('what a failed query had written is in no other answer', async () => {
  const failing = "SELECT 1 AS text UNION ALL SELECT throwIf(sleepEachRow(0.01) = 0, 'late') FROM numbers(1)";
  for (let i = 0; i < 6; i++) {
    await expect(opened.store.read(failing)).rejects.toThrow();
    expect(await opened.store.read('SELECT 2 AS a')).toEqual([{ a: 2 }]);
  }
});

it('functions are known in either case', async () => {
  expect(
    await rows('SELECT COUNT() > 0 AS a, MAX(time) > toDateTime(0) AS b FROM watchtower.events'),
  ).toEqual([[1], [1]]);
});

it('no function that is allowed is a table function as well', async () => {
  const named = await opened.store.read<{ name: string }>('SELECT name FROM system.table_functions');
  expect(named.map(({ name }) => name).filter((name) => SQL_FUNCTIONS.has(name.toLowerCase()))).toEqual([]);
});
