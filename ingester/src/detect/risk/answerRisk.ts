import {
  describeParts,
  heldNotices,
  QueryError,
  rangeOf,
  rawRanges,
  rowsFrame,
  type AnswerContext,
  type Column,
  type Frame,
  type Notice,
  type RiskQuery,
} from '../../model';
import type { Store } from '../../store';
import { globalSql, planRisk, riskSql, WEEK, weekEnd, type RiskQuestion } from './riskSql';
import { levelOf, MINIMUM_MESSAGES, RISK_PART_NAMES, type GlobalRates, type RiskPartName } from './score';

/** Values where the query sets no limit. */
const DEFAULT_LIMIT = 100;

/** The value of a dimension with its risk; `score`, `before` and points 0 to 100, rates 0 to 1, null where not known. */
export interface Risk {
  readonly value: string;
  readonly score: number | null;
  /** The score of the week before. */
  readonly before: number | null;
  readonly messages: number;
  readonly points: Readonly<Record<RiskPartName, number | null>>;
  readonly rates: Readonly<Record<RiskPartName, number | null>>;
  /** What was counted of each part in the week, and of how many. */
  readonly events: Readonly<Record<RiskPartName, number>>;
  readonly of: Readonly<Record<RiskPartName, number>>;
}

/** Values by their risk, worst first, and how many there are in all and without enough data. */
export interface Risks {
  readonly risks: readonly Risk[];
  readonly found: number;
  readonly few: number;
}

type Row = Readonly<Record<string, number | string | null>>;

/** Columns of an answer after that of the dimension. */
export const RISK_COLUMNS: readonly Column[] = [
  { name: 'score', kind: 'number', unit: 'short' },
  { name: 'level', kind: 'text' },
  { name: 'trend', kind: 'number', unit: 'short' },
  { name: 'messages', kind: 'number', unit: 'short' },
  ...RISK_PART_NAMES.map((part): Column => ({ name: `${part}Points`, kind: 'number', unit: 'short' })),
  ...RISK_PART_NAMES.map((part): Column => ({ name: `${part}Rate`, kind: 'number', unit: 'percentunit' })),
];

/** Answers a risk query: one row per value, worst first. Throws QueryError, or what the store throws. */
export async function answerRisk(
  store: Pick<Store, 'read'>,
  query: RiskQuery,
  context: AnswerContext,
): Promise<Frame[]> {
  const { dimension, filters } = query;
  const { complaintProviders, signal } = context;
  const { to } = rangeOf({ from: 0, ...query });
  const question = { to, dimension, filters, complaintProviders };
  if (!isToldOf(question))
    throw new QueryError(
      400,
      `filters: no rollup holds ${dimension} together with ${filters.map(({ dimension }) => dimension).join(', ')}; risk is told from rollups alone`,
    );
  const { parts } = planRisk(question);
  const limit = query.limit ?? DEFAULT_LIMIT;
  const rates = await readRates(store, question, signal);
  const { risks, found, few } = await readRisks(store, question, rates, limit, signal);
  const read: Store['read'] = (sql, options) => store.read(sql, { ...options, ...(signal && { signal }) });
  const notices = [...noticesOf(found, few, limit), ...(await heldNotices(read, parts, context))];
  const end = weekEnd(to);
  const custom = {
    range: [(end - WEEK) * 1000, end * 1000],
    ...describeParts(parts, { ...question, from: end - 2 * WEEK, to: end, metrics: [], groupBy: [] }),
  };
  const rows = risks.map(({ value, score, before, messages, points, rates }) => [
    value,
    score,
    levelOf(score),
    score === null || before === null ? null : score - before,
    messages,
    ...RISK_PART_NAMES.map((part) => points[part]),
    ...RISK_PART_NAMES.map((part) => rates[part]),
  ]);
  return [
    rowsFrame([{ name: dimension, kind: 'text' }, ...RISK_COLUMNS], rows, {
      refId: query.refId,
      notices,
      custom,
    }),
  ];
}

/** Whether rollups hold the dimension together with the filters. */
export function isToldOf(question: RiskQuestion): boolean {
  return rawRanges(planRisk(question).parts).length === 0;
}

/** Rates of all mail in both weeks. */
export type BothRates = Readonly<Record<'now' | 'before', GlobalRates>>;

/** Reads the rates of all mail, by which those of little mail are judged: the same for every dimension. */
export async function readRates(
  store: Pick<Store, 'read'>,
  mail: Pick<RiskQuestion, 'to' | 'complaintProviders'>,
  signal?: AbortSignal,
): Promise<BothRates> {
  const { sql, params } = globalSql(mail);
  const [row = {}] = await store.read<Row>(sql, { params, ...(signal && { signal }) });
  return { now: ratesOf(row, 'now'), before: ratesOf(row, 'before') };
}

/** Reads the riskiest values of a dimension, at most `limit`, by the rates of all mail; rollups have to tell of them. */
export async function readRisks(
  store: Pick<Store, 'read'>,
  question: RiskQuestion,
  rates: BothRates,
  limit: number,
  signal?: AbortSignal,
): Promise<Risks> {
  const { sql, params } = riskSql(question, rates, limit);
  const rows = await store.read<Row>(sql, { params, ...(signal && { signal }) });
  return {
    risks: rows.map(riskOf),
    found: Number(rows[0]?.['found'] ?? 0),
    few: Number(rows[0]?.['few'] ?? 0),
  };
}

function riskOf(row: Row): Risk {
  return {
    value: String(row['g0']),
    score: numberIn(row, 'score'),
    before: numberIn(row, 'before'),
    messages: Number(row['messages']),
    points: byPart((part) => numberIn(row, `points_${part}`)),
    rates: byPart((part) => numberIn(row, `rate_${part}`)),
    events: byPart((part) => Number(row[`events_${part}`])),
    of: byPart((part) => Number(row[`of_${part}`])),
  };
}

function ratesOf(row: Row, week: string): GlobalRates {
  return byPart((part) => Number(row[`${week}_${part}`] ?? 0));
}

function byPart<T>(value: (part: RiskPartName) => T): Record<RiskPartName, T> {
  return Object.fromEntries(RISK_PART_NAMES.map((part) => [part, value(part)])) as Record<RiskPartName, T>;
}

function numberIn(row: Row, name: string): number | null {
  const value = row[name];
  return typeof value === 'number' ? value : null;
}

function noticesOf(found: number, few: number, limit: number): Notice[] {
  const text = (message: string): Notice => ({ severity: 'info', text: message });
  return [
    ...(few > 0
      ? [text(`Not enough data for ${few} of ${found}: a risk needs ${MINIMUM_MESSAGES} messages in 7 days`)]
      : []),
    ...(found > limit ? [text(`Cut to ${limit}, worst first; ${found - limit} more are left out`)] : []),
  ];
}
