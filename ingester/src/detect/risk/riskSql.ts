import {
  columns,
  planQuestion,
  planSql,
  type Counter,
  type DimensionName,
  type Filter,
  type Plan,
  type Statement,
} from '../../model';
import {
  pointsSql,
  rateSql,
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

/** Counters by value and hour over both weeks; without a dimension, of all mail. */
export function planRisk({ to, complaintProviders, ...question }: RiskQuestion, all = false): Plan {
  const end = weekEnd(to);
  return planQuestion({
    from: end - 2 * WEEK,
    to: end,
    metrics: [],
    counters: COUNTERS,
    groupBy: all ? [] : [question.dimension],
    filters: all ? [] : question.filters,
    bucketing: { seconds: HOUR, timezone: 'UTC' },
    complaintProviders,
  });
}

/** SQL of one row: `<week>_<part>`, the rate of all mail by part in each week. */
export function globalSql(question: RiskQuestion): Statement {
  const { sql, params } = planSql(planRisk(question, true));
  const rates = WEEKS.flatMap((week) =>
    RISK_PART_NAMES.map((part) => {
      const { numerator, denominator } = sumsOf(week);
      return `if(${denominator(part)} > 0, ${numerator(part)} / ${denominator(part)}, 0) AS ${week}_${part}`;
    }),
  );
  return { sql: `SELECT ${rates.join(', ')}\nFROM (\n${weighted(question, sql)}\n)`, params };
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
  const { sql, params } = planSql(planRisk(question));
  const [now, before] = [sumsOf('now'), sumsOf('before')];
  const told = [
    'g0',
    `${now.messages} AS messages`,
    `${scoreSql(now, rates.now)} AS score`,
    `${scoreSql(before, rates.before)} AS before`,
    ...RISK_PART_NAMES.map((part) => `${pointsSql(part, now, rates.now)} AS points_${part}`),
    ...RISK_PART_NAMES.map((part) => `${rateSql(part, now, rates.now)} AS rate_${part}`),
    ...RISK_PART_NAMES.map((part) => `now_events_${part} AS events_${part}`),
    ...RISK_PART_NAMES.map((part) => `now_of_${part} AS of_${part}`),
    'count() OVER () AS found',
    'countIf(score IS NULL) OVER () AS few',
  ];
  return {
    sql: [
      `SELECT ${told.join(', ')}`,
      `FROM (\n${weighted(question, sql, 'g0')}\n)`,
      `WHERE g0 != '' AND ${now.messages} > 0`,
      'ORDER BY score DESC NULLS LAST, messages DESC, g0',
      `LIMIT ${limit}`,
    ].join('\n'),
    params,
  };
}

/** Names of the sums of a week in `weighted`. */
function sumsOf(week: Week): RiskSums {
  return {
    messages: `${week}_messages`,
    numerator: (part: RiskPartName) => `${week}_n_${part}`,
    denominator: (part: RiskPartName) => `${week}_d_${part}`,
  };
}

/** SELECT of the sums of both weeks over hourly counters: messages and events as they are, the rest weighed by the age of the hour's middle. */
function weighted({ to }: RiskQuestion, hourly: string, group?: string): string {
  const split = weekEnd(to) - WEEK;
  const sums = WEEKS.flatMap((week) => {
    const end = week === 'now' ? split + WEEK : split;
    const within = `(${columns.time} ${week === 'now' ? '>=' : '<'} ${split})`;
    const weight = `${within} * exp2((${columns.time} + ${HOUR / 2} - ${end}) / ${HALF_LIFE})`;
    const names = sumsOf(week);
    return [
      `sum(${within} * ${sent(columns.counter)}) AS ${names.messages}`,
      ...RISK_PART_NAMES.flatMap((part) => {
        const { numerator, denominator } = RISK_PARTS[part];
        const events = numerator.map(columns.counter).join(' + ');
        return [
          `sum(${within} * (${events})) AS ${week}_events_${part}`,
          `sum(${within} * ${denominator(columns.counter)}) AS ${week}_of_${part}`,
          `sum(${weight} * (${events})) AS ${names.numerator(part)}`,
          `sum(${weight} * ${denominator(columns.counter)}) AS ${names.denominator(part)}`,
        ];
      }),
    ];
  });
  const keys = group === undefined ? [] : [group];
  return [
    `SELECT ${[...keys, ...sums].join(', ')}`,
    `FROM (\n${hourly}\n)`,
    ...(group === undefined ? [] : [`GROUP BY ${group}`]),
  ].join('\n');
}
