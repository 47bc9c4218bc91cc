import {
  AMOUNT,
  BIN,
  bucketOf,
  columns,
  distributionSql,
  planQuestion,
  planSql,
  withPrefix,
  type Counter,
  type DimensionName,
  type Filter,
  type Part,
  type Statement,
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

/** What is compared: a window with earlier ones of its length, in seconds; none of them is empty. */
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

const COUNTERS: readonly Counter[] = [
  ...(['delivered', 'bounced', 'expired', 'deferrals', 'hardBounced', 'blocked'] as const),
  ...(['reportedDelivered', 'reportedComplaints'] as const),
];

/** SQL of the figures that counters give. */
const COUNTED: Readonly<Partial<Record<Figure, string>>> = {
  attempts: 'c_delivered + c_bounced - c_expired + c_deferrals',
  sent: 'c_delivered + c_bounced',
  deferrals: 'c_deferrals',
  hardBounced: 'c_hardBounced',
  blocked: 'c_blocked',
  complaints: 'c_reportedComplaints',
  reported: 'c_reportedDelivered',
};

const TIMED: Readonly<Partial<Record<Figure, string>>> = {
  slow: `sumIf(${AMOUNT}, ${BIN} = 1)`,
  timed: `sum(${AMOUNT})`,
};

/** A row as the store answers it. */
export type Row = Readonly<Record<string, Value>>;

/** A statement, and what it reads. */
export interface Reading extends Statement {
  readonly parts: readonly Part[];
}

/**
 * SQL of both sides of a comparison by group: rows of `g0 …`, `now_<figure>` and `before_<figure>`, those that changed
 * most first, in relation to `totals` (of all groups), at most `limit`.
 */
export function comparisonSql(
  comparison: Comparison,
  groupBy: readonly DimensionName[],
  { totals, limit }: { readonly totals?: Pick<Cell, 'now' | 'before'>; readonly limit?: number } = {},
): Reading {
  const groups = groupBy.map((_, index) => columns.group(index));
  const sides = [
    { window: comparison.now, isNow: 1 },
    ...comparison.before.map((window) => ({ window, isNow: 0 })),
  ];
  const branches = sides.flatMap(({ window, isNow }) => branchesOf(comparison, window, groupBy, isNow));
  const renamed = branches.map((branch, index) => withPrefix(branch, `w${index}_`));
  const share = Math.max(1, comparison.before.length);
  const sums = FIGURES.flatMap((figure) => [
    `sumIf(f_${figure}, isNow = 1) AS now_${figure}`,
    `sumIf(f_${figure}, isNow = 0) / ${share} AS before_${figure}`,
  ]);
  const changes = FIGURES.map((figure) => {
    const whole = Math.abs((totals?.now[figure] ?? 0) - (totals?.before[figure] ?? 0));
    return `abs(now_${figure} - before_${figure}) / ${Math.max(1, whole)}`;
  });
  return {
    sql: [
      `SELECT ${[...groups, ...sums].join(', ')}`,
      `FROM (\n${renamed.map(({ sql }) => sql).join('\nUNION ALL\n')}\n)`,
      ...(groups.length > 0 ? [`GROUP BY ${groups.join(', ')}`] : []),
      ...(groups.length > 0 ? [`HAVING ${groups.map((group) => `${group} != ''`).join(' AND ')}`] : []),
      ...(groups.length > 0 ? [`ORDER BY greatest(${changes.join(', ')}) DESC, ${groups.join(', ')}`] : []),
      ...(limit === undefined ? [] : [`LIMIT ${limit}`]),
    ].join('\n'),
    params: Object.assign({}, ...renamed.map(({ params }) => params)) as Statement['params'],
    parts: branches.flatMap(({ parts }) => parts),
  };
}

/** The cell that a row of `comparisonSql` holds. */
export function cellOf(row: Row, groups: number): Cell {
  const side = (name: string) =>
    Object.fromEntries(
      FIGURES.map((figure) => [figure, Number(row[`${name}_${figure}`] ?? 0)]),
    ) as unknown as Figures;
  return {
    values: Array.from({ length: groups }, (_, index) => String(row[columns.group(index)] ?? '')),
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

/** SELECTs of one window by group: of its counters, and of how many deliveries were slow. */
function branchesOf(
  { filters, complaintProviders, slowFrom }: Comparison,
  [from, to]: TimeRange,
  groupBy: readonly DimensionName[],
  isNow: number,
): Reading[] {
  const question = { from, to, metrics: [], groupBy, filters, complaintProviders };
  const groups = groupBy.map((_, index) => columns.group(index));
  const select = (figures: Readonly<Partial<Record<Figure, string>>>, source: string) => {
    const values = FIGURES.map((figure) => `toFloat64(${figures[figure] ?? '0'}) AS f_${figure}`);
    return `SELECT ${[...groups, ...values, `${isNow} AS isNow`].join(', ')}\nFROM (\n${source}\n)`;
  };
  const plan = planQuestion({ ...question, counters: COUNTERS });
  const counts = planSql(plan);
  const counted = { ...counts, sql: select(COUNTED, counts.sql), parts: plan.parts };
  if (slowFrom === undefined) return [counted];
  const { sql, params, parts } = distributionSql(question, 'latency', [slowFrom], {});
  const grouped = `${select(TIMED, sql)}${groups.length > 0 ? `\nGROUP BY ${groups.join(', ')}` : ''}`;
  return [counted, { sql: grouped, params, parts }];
}
