import type { Counter } from '../../model';

/** A part of the risk: a rate by event counts, its points at the rate `full` and beyond. */
export interface RiskPart {
  readonly points: number;
  readonly full: number;
  readonly numerator: readonly Counter[];
  /** SQL of the denominator over counters; a part with none is not reported. */
  readonly denominator: (counter: (name: Counter) => string) => string;
}

/** The parts of the risk. Complaints are those of providers that report any, in relation to what was delivered there. */
export const RISK_PARTS = {
  complaint: {
    points: 45,
    full: 0.003,
    numerator: ['reportedComplaints'],
    denominator: (c) => c('reportedDelivered'),
  },
  hardBounce: { points: 30, full: 0.05, numerator: ['hardBounced'], denominator: sent },
  block: { points: 15, full: 0.03, numerator: ['blocked', 'blockDeferrals'], denominator: attempts },
  deferral: { points: 10, full: 0.3, numerator: ['deferrals'], denominator: attempts },
} as const satisfies Record<string, RiskPart>;

/** Name of a part. */
export type RiskPartName = keyof typeof RISK_PARTS;

/** Names of the parts. */
export const RISK_PART_NAMES = Object.keys(RISK_PARTS) as RiskPartName[];

/** Messages below which there is not enough data for a risk. */
export const MINIMUM_MESSAGES = 100;

/** Messages at the rate of all mail that every rate is smoothed with. */
const PSEUDO_MESSAGES = 200;

/** Levels of a risk, each from above its points on. */
const RISK_LEVELS = [
  ['critical', 75],
  ['high', 50],
  ['medium', 25],
] as const;

/** Rates of all mail, 0 to 1. */
export type GlobalRates = Readonly<Record<RiskPartName, number>>;

/** The level of a risk, which may be null: then there is none. */
export function levelOf(score: number | null): string {
  if (score === null) return '';
  return RISK_LEVELS.find(([, above]) => score > above)?.[0] ?? 'low';
}

/** SQL of the messages with a final outcome. */
export function sent(c: (name: Counter) => string): string {
  return `(${c('delivered')} + ${c('bounced')})`;
}

function attempts(c: (name: Counter) => string): string {
  return `(${c('delivered')} + ${c('bounced')} - ${c('expired')} + ${c('deferrals')})`;
}

/** What the score is made of: SQL of the numerator and the denominator of each part. */
export interface RiskSums {
  readonly numerator: (part: RiskPartName) => string;
  readonly denominator: (part: RiskPartName) => string;
}

/** SQL of a part's smoothed rate, NULL where the part is not reported. */
export function rateSql(
  part: RiskPartName,
  { numerator, denominator }: RiskSums,
  rates: GlobalRates,
): string {
  const [n, d] = [numerator(part), denominator(part)];
  return `if(${d} > 0, (${n} + ${PSEUDO_MESSAGES} * ${rates[part]}) / (${d} + ${PSEUDO_MESSAGES}), NULL)`;
}

/** SQL of the points that the parts that are reported may have together. */
export function reportedSql({ denominator }: RiskSums): string {
  return RISK_PART_NAMES.map((part) => `${RISK_PARTS[part].points} * (${denominator(part)} > 0)`).join(' + ');
}

/**
 * SQL of the points that a part has of the score: those of all parts that are reported add up to it. `rate` is SQL of its
 * smoothed rate, `reported` of what the reported parts may have together.
 */
export function pointsSql(part: RiskPartName, messages: string, rate: string, reported: string): string {
  const { points, full } = RISK_PARTS[part];
  // least and greatest pass over a NULL, so whether there is a rate is asked once more.
  const own = `${points} * greatest(0, least(1, ${rate} / ${full}))`;
  return `if(${messages} >= ${MINIMUM_MESSAGES} AND isNotNull(${rate}), 100 * ${own} / (${reported}), NULL)`;
}

/** SQL of the score, 0 to 100, from SQL of the points of each part; NULL without enough data. */
export function scoreSql(messages: string, reported: string, points: (part: RiskPartName) => string): string {
  const all = RISK_PART_NAMES.map((part) => `ifNull(${points(part)}, 0)`).join(' + ');
  return `if(${messages} < ${MINIMUM_MESSAGES} OR (${reported}) = 0, NULL, ${all})`;
}
