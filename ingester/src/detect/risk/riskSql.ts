import {
  aged,
  agedSql,
  columns,
  planQuestion,
  type Counter,
  type DimensionName,
  type Filter,
  type Plan,
  type Statement,
} from '../../model';
import {
  pointsSql,
  rateSql,
  reportedSql,
  RISK_PART_NAMES,
  RISK_PARTS,
  scoreSql,
  sent,
  type GlobalRates,
  type RiskPartName,
  type RiskSums,
} from './score';

const HOUR = 3600;

/** Seconds that a risk looks back, and after which an event has half of its weight. */
export const WEEK = 7 * 24 * HOUR;
const HALF_LIFE = 3 * 24 * HOUR;

/** A question of risk: the week ends with the hour of `to` (epoch s). */
export interface RiskQuestion {
  readonly to: number;
  readonly dimension: DimensionName;
  readonly filters: readonly Filter[];
  readonly complaintProviders: readonly string[];
}

/** The week, and the one before it. */
const WEEKS = ['now', 'before'] as const;
type Week = (typeof WEEKS)[number];

const COUNTERS: readonly Counter[] = [
  ...(['delivered', 'bounced', 'expired', 'hardBounced', 'blocked', 'blockDeferrals', 'deferrals'] as const),
  ...(['reportedDelivered', 'reportedComplaints'] as const),
];

/** The end of the hour in which a range ends: rollups know whole hours. Both weeks are after 1970 began. */
export function weekEnd(to: number): number {
  return Math.max(2 * WEEK, Math.ceil(to / HOUR) * HOUR);
}

/** Whose risk is told: all mail, where nothing is said of values and filters. */
type Mail = Pick<RiskQuestion, 'to' | 'complaintProviders'> &
  Partial<Pick<RiskQuestion, 'dimension' | 'filters'>>;

/** Counters by value and hour over both weeks. */
export function planRisk({ to, complaintProviders, dimension, filters = [] }: Mail): Plan {
  const end = weekEnd(to);
  return planQuestion({
    from: end - 2 * WEEK,
    to: end,
    metrics: [],
    counters: COUNTERS,
    groupBy: dimension === undefined ? [] : [dimension],
    filters,
    bucketing: { seconds: HOUR, timezone: 'UTC' },
    complaintProviders,
  });
}

/** SQL of one row: `<week>_<part>`, the rate of all mail by part in each week. */
export function globalSql({ to, complaintProviders }: Mail): Statement {
  const { sql, params } = weighted({ to, complaintProviders });
  const rates = WEEKS.flatMap((week) =>
    RISK_PART_NAMES.map((part) => {
      const { numerator, denominator } = sumsOf(week);
      return `if(${denominator(part)} > 0, ${numerator(part)} / ${denominator(part)}, 0) AS ${week}_${part}`;
    }),
  );
  return { sql: `SELECT ${rates.join(', ')}\nFROM (\n${sql}\n)`, params };
}

/**
 * SQL of the riskiest values: `g0`, `messages`, `score`, `before`, `points_<part>`, `rate_<part>`, `events_<part>`,
 * `of_<part>`, and of all values how many there are, `found`, and how many have not enough data, `few`.
 */
export function riskSql(
  question: RiskQuestion,
  rates: Readonly<Record<Week, GlobalRates>>,
  limit: number,
): Statement {
  const { sql, params } = weighted(question, 'g0');
  // Step by step: written out in one expression, they took longer to analyse than to answer.
  const steps = [
    (week: Week) => [
      `${reportedSql(sumsOf(week))} AS ${week}_reported`,
      ...RISK_PART_NAMES.map((part) => `${rateSql(part, sumsOf(week), rates[week])} AS ${week}_rate_${part}`),
    ],
    (week: Week) =>
      RISK_PART_NAMES.map((part) => {
        const points = pointsSql(part, `${week}_messages`, `${week}_rate_${part}`, `${week}_reported`);
        return `${points} AS ${week}_points_${part}`;
      }),
    (week: Week) => {
      const points = (part: RiskPartName) => `${week}_points_${part}`;
      return [`${scoreSql(`${week}_messages`, `${week}_reported`, points)} AS ${week}_score`];
    },
  ];
  const scored = steps.reduce(
    (from, step) => `SELECT *, ${WEEKS.flatMap(step).join(', ')}\nFROM (\n${from}\n)`,
    sql,
  );
  const told = [
    'g0',
    'now_messages AS messages',
    'now_score AS score',
    'before_score AS before',
    ...['points', 'rate', 'events', 'of'].flatMap((what) =>
      RISK_PART_NAMES.map((part) => `now_${what}_${part} AS ${what}_${part}`),
    ),
    'count() OVER () AS found',
    'countIf(score IS NULL) OVER () AS few',
  ];
  return {
    sql: [
      `SELECT ${told.join(', ')}`,
      `FROM (\n${scored}\n)`,
      "WHERE g0 != '' AND now_messages > 0",
      'ORDER BY score DESC NULLS LAST, messages DESC, g0',
      `LIMIT ${limit}`,
    ].join('\n'),
    params,
  };
}

/** Names of the sums of a week in `weighted`. */
function sumsOf(week: Week): RiskSums {
  return {
    numerator: (part: RiskPartName) => `${week}_n_${part}`,
    denominator: (part: RiskPartName) => `${week}_d_${part}`,
  };
}

/** SELECT of the sums of both weeks: messages and events as they are, what the parts are made of weighed by age. */
function weighted(question: Mail, group?: string): Statement {
  const end = weekEnd(question.to);
  const split = end - WEEK;
  const windows = { now: [split, end], before: [split - WEEK, split] } as const;
  const { sql, params } = agedSql(planRisk(question), {
    windows: WEEKS.map((week) => windows[week]),
    halfLife: HALF_LIFE,
  });
  const sums: readonly (readonly [name: string, sql: string])[] = [
    ['messages', sent(columns.counter)],
    ...RISK_PART_NAMES.flatMap((part) => {
      const { numerator, denominator } = RISK_PARTS[part];
      return [
        [`events_${part}`, numerator.map(columns.counter).join(' + ')],
        [`of_${part}`, denominator(columns.counter)],
        [`n_${part}`, numerator.map(aged).join(' + ')],
        [`d_${part}`, denominator(aged)],
      ] as const;
    }),
  ];
  const both = WEEKS.flatMap((week, index) =>
    sums.map(([name, of]) => `sumIf(${of}, ${columns.window} = ${index}) AS ${week}_${name}`),
  );
  const keys = group === undefined ? [] : [group];
  return {
    sql: [
      `SELECT ${[...keys, ...both].join(', ')}`,
      `FROM (\n${sql}\n)`,
      ...(group === undefined ? [] : [`GROUP BY ${group}`]),
    ].join('\n'),
    params,
  };
}
