import type { Store } from '../../store';
import { reconcile } from '../reconcile';
import { doubledLines, driftOfRollups } from '../recount.testkit';
import { CONTENT_HASH } from './columns';
import { CommitBench, wholeFile, type TestRow } from './commit.testkit';

/**
 * A commit that ended anywhere is finished by whoever repeats it, also where the engine has meanwhile merged its rows away
 * with those they took back. Without this, a crash would count rows twice, or leave ids and complaints with mail that is gone.
 */

let bench: CommitBench;

beforeAll(async () => {
  bench = await CommitBench.open();
}, 60_000);

afterAll(() => bench.close());

const DAY = 86_400;
const T = 1_789_430_400; // Midnight.

type Part = Omit<TestRow, 'file' | 'line'>;
const mail = (n: number, queued: number): Part => ({
  time: queued,
  queued,
  orig: `b-000000000${n}@s.example`,
  rcpt: `u${n}@gmail.com`,
});
const [one, two, three, four] = [mail(1, T), mail(2, T + DAY), mail(3, T + 60), mail(4, T + DAY + 60)];
const ids = (n: number) => ({ job: `J${n}`, messageId: `m${n}` });

/** Attempts without ids on both days; the deliveries with them; poorer copies of these; complaints that name some. */
const LOGS: Record<'attempts' | 'deliveries' | 'copies' | 'complaints', Part[]> = {
  attempts: [
    { ...one, record: 't', time: T + 1 },
    { ...two, record: 't', time: T + DAY + 1 },
    { ...three, record: 't', time: T + 61 },
    { ...three, record: 't', time: T + DAY + 61 },
    { ...four, record: 'd', time: T + DAY + 300 },
  ],
  deliveries: [
    { ...one, ...ids(1), time: T + 30, vmta: 'v1', latency: 30 },
    { ...two, ...ids(2), time: T + DAY + 30, vmta: 'v2', latency: 30 },
    { ...three, ...ids(3), time: T + DAY + 90, vmta: 'v1', latency: 86_430 },
    { ...four, ...ids(4), record: 't', time: T + DAY + 61, vmta: 'v2' },
  ],
  copies: [
    { ...one, time: T + 30, destinationIp: '1.1.1.1' },
    { ...two, time: T + DAY + 30, destinationIp: '1.1.1.2' },
  ],
  complaints: [
    { record: 'f', time: T + 3600, messageId: 'm1' },
    { record: 'f', time: T + DAY + 3600, messageId: 'm2' },
    { record: 'f', time: T + DAY + 7200, messageId: 'm4' },
  ],
};
type Name = keyof typeof LOGS;
const NAMES = Object.keys(LOGS) as Name[];
const fileOf = (name: Name) => NAMES.indexOf(name) + 1;
const rowsOf = (...names: Name[]): TestRow[] =>
  names.flatMap((name) => LOGS[name].map((row, i) => ({ ...row, file: fileOf(name), line: i + 1 })));

/** Everything that stands, kept rows too: equal for two stores that will also behave alike. */
function whole(): Promise<unknown[]> {
  return bench.store.read(
    `SELECT file, line, role, completed, method, toString(${CONTENT_HASH}) AS content, sum(sign) AS n
     FROM watchtower.events GROUP BY ALL HAVING n != 0 ORDER BY ALL`,
  );
}

class Crash extends Error {}

/** Ends with the `n`-th insert into events, of which only these rows are written. */
function crashing(n: number, written: string, counted: { inserts: number }): Store {
  const write = async (sql: string): Promise<void> => {
    const [, columns, rows, settings] =
      /^INSERT INTO watchtower\.events \(([^)]+)\) ([^]+) (SETTINGS async_insert[^]+)$/.exec(sql) ?? [];
    if (columns === undefined || ++counted.inserts !== n) return bench.store.write(sql);
    await bench.store.write(
      `INSERT INTO watchtower.events (${columns}) SELECT ${columns} FROM (${rows}) WHERE ${written} ${settings}`,
    );
    throw new Crash();
  };
  return new Proxy(bench.store, {
    get: (store, name) => {
      const value: unknown = name === 'write' ? write : Reflect.get(store, name);
      return typeof value === 'function' ? (value.bind(store) as unknown) : value;
    },
  });
}

/** A commit, what stands before it, and how many inserts it takes. */
interface Case {
  what: string;
  before: Name[];
  load?: Name;
  remove?: Name;
  inserts: number;
}

const CASES: Case[] = [
  {
    what: 'deliveries that give ids, shadow copies and have complaints',
    before: ['attempts', 'copies', 'complaints'],
    load: 'deliveries',
    inserts: 3,
  },
  {
    what: 'attempts that all take ids',
    before: ['deliveries', 'copies', 'complaints'],
    load: 'attempts',
    inserts: 3,
  },
  { what: 'complaints', before: ['attempts', 'deliveries', 'copies'], load: 'complaints', inserts: 2 },
  { what: 'the removal of deliveries', before: NAMES, remove: 'deliveries', inserts: 3 },
  { what: 'the removal of copies', before: NAMES, remove: 'copies', inserts: 1 },
];

describe.each(CASES)('$what', ({ before, load, remove, inserts }) => {
  let wanted: unknown[];

  async function begin(): Promise<void> {
    await bench.empty();
    await bench.load(rowsOf(...before));
    bench.commit += 10n;
  }

  async function commit(): Promise<void> {
    if (remove) return bench.committer.remove(bench.commit, wholeFile(fileOf(remove)));
    if (load) await bench.load(rowsOf(load), bench.commit);
  }

  beforeAll(async () => {
    await begin();
    const counted = { inserts: 0 };
    await bench.restart(crashing(-1, '1', counted));
    await commit();
    expect(counted.inserts).toBe(inserts);
    wanted = await whole();
  }, 60_000);

  const places = Array.from({ length: inserts }, (_, i) => i + 1).flatMap((n) =>
    [`toDate(time) = '2026-09-15'`, '1'].map((written) => ({
      n,
      written,
    })),
  );

  it.each(places)(
    'that ends in insert $n, of which is written what is $written',
    async ({ n, written }) => {
      await begin();
      await bench.restart(crashing(n, written, { inserts: 0 }));
      await expect(commit()).rejects.toThrow(Crash);
      await bench.store.write('OPTIMIZE TABLE watchtower.events FINAL');
      const [left] = await bench.store.read<{ n: number }>(
        'SELECT countIf(sign = -1) AS n FROM watchtower.events',
      );
      expect(left?.n).toBe(0);
      await bench.restart();
      await bench.committer.repeat(commit);
      await reconcile(bench.store, bench.commit);
      expect(await whole()).toEqual(wanted);
      expect(await driftOfRollups(bench.store)).toEqual([]);
      expect(await doubledLines(bench.store)).toEqual([]);
    },
    60_000,
  );
});
