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

/** SQL of a figure, and the counters that it is made of. */
interface Told {
  readonly sql: string;
  readonly of: readonly Counter[];
}

/** The figures that counters give. */
const COUNTED: Readonly<Partial<Record<Figure, Told>>> = {
  attempts: {
    sql: 'c_delivered + c_bounced - c_expired + c_deferrals',
    of: ['delivered', 'bounced', 'expired', 'deferrals'],
  },
  sent: { sql: 'c_delivered + c_bounced', of: ['delivered', 'bounced'] },
  deferrals: told('deferrals'),
  hardBounced: told('hardBounced'),
  blocked: told('blocked'),
  complaints: told('reportedComplaints'),
  reported: told('reportedDelivered'),
};

/** Those that counted latencies give. */
const TIMED: typeof COUNTED = {
  slow: { sql: `sumIf(${AMOUNT}, ${BIN} = 1)`, of: [] },
  timed: { sql: `sum(${AMOUNT})`, of: [] },
};

function told(counter: Counter): Told {
  return { sql: columns.counter(counter), of: [counter] };
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

/**
 * SQL of both sides of a comparison by group: rows of `g0 …`, `now_<figure>` and `before_<figure>`, those that changed
 * most first, in relation to `totals` (of all groups), at most `limit`.
 */
export function comparisonSql(
  comparison: Comparison,
  groupBy: readonly DimensionName[],
  { totals, limit, figures = FIGURES }: Wanted = {},
): Reading {
  const groups = groupBy.map((_, index) => columns.group(index));
  const branches = branchesOf(comparison, groupBy, figures);
  const renamed = branches.map((branch, index) => withPrefix(branch, `b${index}_`));
  const share = Math.max(1, comparison.before.length);
  const sums = figures.flatMap((figure) => [
    `sumIf(f_${figure}, isNow) AS now_${figure}`,
    `sumIf(f_${figure}, NOT isNow) / ${share} AS before_${figure}`,
  ]);
  const changes = figures.map((figure) => {
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

/** SELECTs by group and side: of counters, and of how many deliveries were slow. */
function branchesOf(
  { now, before, filters, complaintProviders, slowFrom }: Comparison,
  groupBy: readonly DimensionName[],
  figures: readonly Figure[],
): Reading[] {
  const windows = [now, ...before];
  const question = {
    from: Math.min(...windows.map(([from]) => from)),
    to: now[1],
    windows,
    metrics: [],
    groupBy,
    filters,
    complaintProviders,
  };
  const groups = groupBy.map((_, index) => columns.group(index));
  const select = (source: string, sqls: typeof COUNTED) => {
    const values = figures.map((figure) => `toFloat64(${sqls[figure]?.sql ?? '0'}) AS f_${figure}`);
    return `SELECT ${[...groups, ...values, `${columns.window} = 0 AS isNow`].join(', ')}\nFROM (\n${source}\n)`;
  };
  const isTimed = slowFrom !== undefined && figures.some((figure) => TIMED[figure]);
  const counters = [...new Set(figures.flatMap((figure) => COUNTED[figure]?.of ?? []))];
  const branches: Reading[] = [];
  if (counters.length > 0 || !isTimed) {
    const plan = planQuestion({ ...question, counters });
    const { sql, params } = planSql(plan);
    branches.push({ sql: select(sql, COUNTED), params, parts: plan.parts });
  }
  if (isTimed) {
    const { sql, params, parts } = distributionSql(question, 'latency', [slowFrom], {});
    const by = [columns.window, ...groups].join(', ');
    branches.push({ sql: `${select(sql, TIMED)}\nGROUP BY ${by}`, params, parts });
  }
  return branches;
}
