import {
  bucketOf,
  columns,
  SLOW,
  tallySql,
  TIMED,
  type Filter,
  type Grouping,
  type Part,
  type Statement,
  type TalliedCounter,
  type TimeRange,
  type Value,
} from '../model';

/**
 * What is counted of a cell: attempts, messages with a final outcome, what failed of them, complaints and deliveries at
 * providers that report, deliveries that took longer than they should (`slow`) of those whose time is known (`timed`).
 */
export const FIGURES = [
  ...(['attempts', 'sent', 'deferrals', 'hardBounced', 'blocked', 'complaints', 'reported'] as const),
  ...(['slow', 'timed'] as const),
] as const;

/** Name of a figure. */
export type Figure = (typeof FIGURES)[number];

/** Figures of a cell; those before are the mean of the windows that are compared with. */
export type Figures = Readonly<Record<Figure, number>>;

/** What is compared: a window with earlier ones of its length, in seconds; none of them is empty, and none overlap. */
export interface Comparison {
  readonly now: TimeRange;
  readonly before: readonly TimeRange[];
  readonly filters: readonly Filter[];
  readonly complaintProviders: readonly string[];
  /** Seconds from which on a delivery is slow; without it none are looked for. */
  readonly slowFrom?: number | undefined;
}

/** A group of a comparison. */
export interface Cell {
  readonly values: readonly string[];
  readonly now: Figures;
  readonly before: Figures;
}

/** SQL of a figure over a row of a tally, and the counters that it is made of. */
interface Told {
  readonly sql: string;
  readonly of: readonly TalliedCounter[];
}

const TOLD: Readonly<Record<Figure, Told>> = {
  attempts: {
    sql: 'c_delivered + c_bounced - c_expired + c_deferrals',
    of: ['delivered', 'bounced', 'expired', 'deferrals'],
  },
  sent: { sql: 'c_delivered + c_bounced', of: ['delivered', 'bounced'] },
  deferrals: counter('deferrals'),
  hardBounced: counter('hardBounced'),
  blocked: counter('blocked'),
  complaints: counter('reportedComplaints'),
  reported: counter('reportedDelivered'),
  slow: { sql: SLOW, of: [] },
  timed: { sql: TIMED, of: [] },
};

function counter(name: TalliedCounter): Told {
  return { sql: columns.counter(name), of: [name] };
}

/** A row as the store answers it. */
export type Row = Readonly<Record<string, Value>>;

/** A statement, and what it reads. */
export interface Reading extends Statement {
  readonly parts: readonly Part[];
}

/** What is read of a comparison: without totals and a limit everything, without figures all of them. */
export interface Wanted {
  readonly totals?: Pick<Cell, 'now' | 'before'>;
  readonly limit?: number;
  readonly figures?: readonly Figure[];
}

/** All mail of a comparison, as one group. */
export const WHOLE: Grouping = { by: [], where: [] };

/**
 * SQL of both sides of a comparison by the groups of several groupings: rows of `s` (the index of the grouping), `v0` and
 * `v1`, `now_<figure>` and `before_<figure>`, of each grouping those that changed most first, in relation to `totals` (of
 * all groups), at most `limit`.
 */
export function comparisonSql(
  { now, before, filters, complaintProviders, slowFrom }: Comparison,
  groupings: readonly Grouping[],
  { totals, limit, figures = FIGURES }: Wanted = {},
): Reading {
  const isTimed = figures.includes('slow') || figures.includes('timed');
  const tally = tallySql({
    windows: [now, ...before],
    filters,
    complaintProviders,
    counters: [...new Set(figures.flatMap((figure) => TOLD[figure].of))],
    ...(isTimed && { slowFrom }),
    groupings,
  });
  const told = figures.filter((figure) => slowFrom !== undefined || TOLD[figure].of.length > 0);
  const share = Math.max(1, before.length);
  const isNow = `${columns.window} = 0`;
  const sums = told.flatMap((figure) => [
    `toFloat64(sumIf(${TOLD[figure].sql}, ${isNow})) AS now_${figure}`,
    `sumIf(${TOLD[figure].sql}, NOT (${isNow})) / ${share} AS before_${figure}`,
  ]);
  const changes = told.map((figure) => {
    const whole = Math.abs((totals?.now[figure] ?? 0) - (totals?.before[figure] ?? 0));
    return `abs(now_${figure} - before_${figure}) / ${Math.max(1, whole)}`;
  });
  return {
    sql: [
      `SELECT ${['s', 'v0', 'v1', ...sums].join(', ')}`,
      `FROM (\n${tally.sql}\n)`,
      'GROUP BY s, v0, v1',
      `ORDER BY s, greatest(${[...changes, '0'].join(', ')}) DESC, v0, v1`,
      ...(limit === undefined ? [] : [`LIMIT ${limit} BY s`]),
    ].join('\n'),
    params: tally.params,
    parts: tally.parts,
  };
}

/** The cells that rows of `comparisonSql` hold, by grouping; of all mail there is always one. */
export function cellsOf(rows: readonly Row[], groupings: readonly Grouping[]): Cell[][] {
  return groupings.map(({ by }, index) => {
    const own = rows.filter(({ s }) => s === index);
    return (by.length === 0 ? [own[0] ?? {}] : own).map((row) => cellOf(row, by.length));
  });
}

function cellOf(row: Row, values: number): Cell {
  const side = (name: string) =>
    Object.fromEntries(
      FIGURES.map((figure) => [figure, Number(row[`${name}_${figure}`] ?? 0)]),
    ) as unknown as Figures;
  return {
    values: [row['v0'], row['v1']].slice(0, values).map((value) => String(value ?? '')),
    now: side('now'),
    before: side('before'),
  };
}

/** The next whole number of seconds from which on counted latencies are told apart. */
export function countedEdge(seconds: number): number {
  let edge = Math.ceil(seconds);
  while (bucketOf(edge - 1) === bucketOf(edge)) edge++;
  return edge;
}
