import type { DimensionName } from '../dimensions';
import { seeded } from '../recount.testkit';
import type { Filter } from '../schema';
import { fillWithCorrections, openTestStore, teachLookUps, type TestStore } from '../store.testkit';
import { BIN, AMOUNT, distributionSql } from './distributionSql';
import { planQuestion } from './planner';
import { planSql } from './sql';
import { columns } from './tableSql';
import { SLOW, tallySql, TIMED, type Grouping } from './tally';

const FROM = Date.UTC(2026, 2, 27) / 1000;
const HOUR = 3600;
const SLOW_FROM = 50;
const COUNTERS = ['delivered', 'deferrals', 'blocked', 'reportedDelivered', 'reportedComplaints'] as const;
const complaintProviders = ['yahoo'];

type Row = Readonly<Record<string, string | number>>;

let opened: TestStore;
const read = (statement: { sql: string; params: Record<string, unknown> }) =>
  opened.store.read<Row>(statement.sql, { params: statement.params });

beforeAll(async () => {
  opened = await openTestStore();
  await fillWithCorrections(opened.store, 1000, FROM, FROM + 72 * HOUR, seeded(7));
  await teachLookUps(opened.store);
});

afterAll(() => opened.close());

const is = (dimension: string, operator: Filter['operator'], ...values: string[]): Filter => ({
  dimension,
  operator,
  values,
});
const by = (dimensions: readonly DimensionName[], ...where: Filter[]): Grouping => ({
  by: dimensions,
  where,
});

/** What is not zero of some rows, added up by window and group: a value for each counter, then slow and timed. */
function sums(rows: readonly (readonly [key: string, values: readonly number[]])[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [key, values] of rows)
    found.set(
      key,
      values.map((value, index) => value + (found.get(key)?.[index] ?? 0)),
    );
  return new Map([...found].filter(([, values]) => values.some((value) => value !== 0)).sort());
}

const number = (row: Row, name: string) => Number(row[name] ?? 0);

async function tallied(groupings: readonly Grouping[], filters: readonly Filter[], windows: Windows) {
  const tally = { windows, filters, complaintProviders, counters: COUNTERS, slowFrom: SLOW_FROM, groupings };
  const rows = await read(tallySql(tally));
  const names = [...COUNTERS.map(columns.counter), SLOW, TIMED];
  return groupings.map(({ by: { length } }, index) =>
    sums(
      rows
        .filter(({ s }) => s === index)
        .map((row) => [
          JSON.stringify([row[columns.window], ...[row['v0'], row['v1']].slice(0, length)]),
          names.map((name) => number(row, name)),
        ]),
    ),
  );
}

type Windows = readonly (readonly [number, number])[];

/** The same by a question for each grouping. */
async function asked({ by: groupBy, where }: Grouping, filters: readonly Filter[], windows: Windows) {
  const question = {
    ...{ from: Math.min(...windows.flat()), to: Math.max(...windows.flat()), windows, metrics: [], groupBy },
    ...{ filters: [...filters, ...where], complaintProviders },
  };
  const key = (row: Row) => {
    const values = groupBy.map((_, index) => String(row[columns.group(index)]));
    return values.includes('') ? undefined : JSON.stringify([row[columns.window], ...values]);
  };
  const none = COUNTERS.map(() => 0);
  const counted = await read(planSql(planQuestion({ ...question, counters: COUNTERS })));
  const timed = await read(distributionSql(question, 'latency', [SLOW_FROM], {}));
  return sums([
    ...counted.flatMap((row): [string, number[]][] => {
      const values = COUNTERS.map((counter) => number(row, columns.counter(counter)));
      return key(row) ? [[key(row) ?? '', [...values, 0, 0]]] : [];
    }),
    ...timed.flatMap((row): [string, number[]][] =>
      key(row)
        ? [[key(row) ?? '', [...none, row[BIN] === 1 ? number(row, AMOUNT) : 0, number(row, AMOUNT)]]]
        : [],
    ),
  ]);
}

const PLACES = [
  by([]),
  by(['provider', 'vmta']),
  by(['provider']),
  ...(['vmta', 'pool', 'job', 'senderDomain', 'sender', 'user', 'node'] as const).map((name) => by([name])),
];
const WHOLE_HOURS: Windows = [
  [FROM + 50 * HOUR, FROM + 54 * HOUR],
  [FROM + 26 * HOUR, FROM + 30 * HOUR],
];
const ODD: Windows = [
  [FROM + 50 * HOUR + 700, FROM + 52 * HOUR + 1111],
  [FROM + 26 * HOUR + 700, FROM + 28 * HOUR + 1111],
  [FROM + 2 * HOUR + 700, FROM + 4 * HOUR + 1111],
];

/** Days, of which each grouping is read from a table of its own. */
const DAYS: Windows = [
  [FROM + 24 * HOUR - 700, FROM + 71 * HOUR + 1111],
  [FROM + 700, FROM + 23 * HOUR + 1111],
];

// All groupings share what is read: a table that does not tell apart what one of them asks for would make its numbers wrong.
it.each<[string, readonly Grouping[], readonly Filter[], Windows]>([
  ['all places', PLACES, [], WHOLE_HOURS],
  ['all places, with edges of hours', PLACES, [], ODD],
  ['all places, over days', PLACES, [], DAYS],
  ['all places of a provider, over days', PLACES, [is('provider', '=', 'gmail')], DAYS],
  ['all places of a provider', PLACES, [is('provider', '=', 'gmail')], ODD],
  ['all places of a domain', PLACES, [is('domain', '=', 'gmail.com')], WHOLE_HOURS],
  ...([ODD, DAYS] as const).map(
    (windows, index): [string, readonly Grouping[], readonly Filter[], Windows] => [
      `what a place is made of, and its peers${index === 0 ? '' : ', over days'}`,
      [
        ...(['job', 'user', 'sender'] as const).map((name) =>
          by([name], is('provider', '=', 'gmail'), is('vmta', '=', 'vmta1')),
        ),
        by([], is('provider', '=', 'gmail'), is('vmta', '!=', 'vmta1')),
        by([], is('provider', '!=', 'gmail'), is('vmta', '=', 'vmta1')),
      ],
      [],
      windows,
    ],
  ),
  [
    'an unlisted provider by its name, beside the others as one',
    [by(['provider', 'pool']), by(['vmta'], is('provider', '=', 'example.org')), by(['provider'])],
    [],
    WHOLE_HOURS,
  ],
])('%s: the numbers are those of a question for each', async (_, groupings, filters, windows) => {
  const together = await tallied(groupings, filters, windows);
  const apart = await Promise.all(groupings.map((grouping) => asked(grouping, filters, windows)));
  expect(together).toEqual(apart);
  expect(apart.some(({ size }) => size > 1)).toBe(true);
});

// One scan of the events at the edges of hours for each grouping would be all that an answer takes.
it('reads the events at the edges once for what is counted and once for latencies', () => {
  const tally = { windows: ODD, filters: [], complaintProviders, counters: COUNTERS, slowFrom: SLOW_FROM };
  const groupings = PLACES.filter(({ by: [first, second] }) => first !== 'provider' || second !== undefined);
  const { sql } = tallySql({ ...tally, groupings });
  expect(sql.match(/FROM watchtower\.events/g)).toHaveLength(2);
  expect(sql.match(/FROM watchtower\.job_hour/g)).toHaveLength(1);
});

// Crossed with jobs and senders a month is a million rows: places that are told without them would be read among these.
it('reads each grouping from the shortest table over days, and of it what belongs to any grouping', () => {
  const tally = { windows: DAYS, filters: [], complaintProviders, counters: COUNTERS };
  const tables = (groupings: readonly Grouping[]) =>
    new Set(
      [...tallySql({ ...tally, groupings }).sql.matchAll(/FROM watchtower\.(\w+_day)/g)].map(
        ([, table]) => table,
      ),
    );
  expect(tables(PLACES.filter(({ by: [name] }) => name !== 'sender'))).toEqual(
    new Set(['dimension_day', 'pair_day', 'flow_day']),
  );
  expect(tables([by(['sender'])])).toEqual(new Set(['job_day']));
  const where = is('vmta', '=', 'vmta1');
  const narrowed = (...groupings: Grouping[]) =>
    /job_day\nWHERE .* AND \(vmta = /.test(tallySql({ ...tally, groupings }).sql);
  expect(narrowed(by(['sender'], where))).toBe(true);
  expect(narrowed(by(['sender'], where), by(['sender']))).toBe(false);
});
