import {
  columns,
  planQuestion,
  planSql,
  rawRanges,
  type Counter,
  type DimensionName,
  type Filter,
  type Plan,
  type Statement,
} from '../../model';
import type { Comparison, Row } from '../figures';
import type { SymptomName } from './symptoms';

/** Reasons that are looked at. */
const MOST_REASONS = 20;

/** Seconds of single events that are read for the reasons of a place: beyond it those of its provider and job are told. */
const MOST_RAW = 4 * 86_400;

/** What servers said, or the MTA's category: how often now and before, and the part of what was added. */
export interface Diagnostic {
  readonly reason: string;
  /** Class by the diagnostic rules; empty for a category. */
  readonly class: string;
  readonly now: number;
  readonly before: number;
  readonly share: number;
}

/** The failures of a symptom: their counter, and the outcome that such events have. */
const FAILURES: Readonly<Partial<Record<SymptomName, { counter: Counter; outcome: string }>>> = {
  deferrals: { counter: 'deferrals', outcome: 'deferred' },
  bounces: { counter: 'hardBounced', outcome: 'hard' },
  blocks: { counter: 'blocked', outcome: 'block' },
};

/** Dimensions that rollups by reason hold. */
const HELD: readonly string[] = ['provider', 'job', 'user'];

/** What is asked of the reasons of a symptom, and whether the place had to be widened to what rollups hold. */
export interface ReasonQuestion {
  readonly statement: Statement;
  readonly widened: boolean;
}

/**
 * SQL of the reasons (or MTA's categories) of a symptom, those that grew most first: rows of `g0`, and `g1` the class of a
 * reason, `now`, `before`, and `added`, the sum of what all of them grew by. Undefined where the symptom has no reasons.
 */
export function reasonsSql(
  symptom: SymptomName,
  comparison: Comparison,
  by: 'reason' | 'bounceCategory',
): ReasonQuestion | undefined {
  const failure = FAILURES[symptom];
  if (!failure) return undefined;
  const { counter, outcome } = failure;
  const groupBy: readonly DimensionName[] = by === 'reason' ? ['reason', 'reasonClass'] : ['bounceCategory'];
  const { now, before } = comparison;
  const windows = [now, ...before];
  const from = Math.min(...windows.map(([start]) => start));
  const planOf = (filters: readonly Filter[]) =>
    planQuestion({
      ...comparison,
      from,
      to: now[1],
      windows,
      metrics: [],
      counters: [counter],
      groupBy,
      filters,
    });
  // Of events, those with another outcome need not be read.
  const narrow: readonly Filter[] = [
    ...comparison.filters,
    { dimension: 'outcome', operator: '=', values: [outcome] },
  ];
  const held = planOf(comparison.filters);
  const exact = isRolled(held) ? held : planOf(narrow);
  const widened = rawSeconds(exact) > MOST_RAW;
  const plan = widened
    ? planOf(comparison.filters.filter(({ dimension }) => HELD.includes(dimension)))
    : exact;
  return { statement: sumSql(plan, before.length, counter), widened };
}

function sumSql(plan: Plan, windowsBefore: number, counter: Counter): Statement {
  const keys = plan.question.groupBy.map((_, index) => columns.group(index)).join(', ');
  const { sql, params } = planSql(plan);
  const [n, isNow] = [columns.counter(counter), `${columns.window} = 0`];
  return {
    sql: [
      `SELECT ${keys}, toFloat64(sumIf(${n}, ${isNow})) AS now, sumIf(${n}, NOT (${isNow})) / ${Math.max(1, windowsBefore)} AS before, sum(greatest(now - before, 0)) OVER () AS added`,
      `FROM (\n${sql}\n)`,
      `WHERE ${columns.group(0)} != ''`,
      `GROUP BY ${keys}`,
      `ORDER BY now - before DESC, ${keys}`,
      `LIMIT ${MOST_REASONS}`,
    ].join('\n'),
    params,
  };
}

/** The diagnostics that grew, of the rows of `reasonsSql`. */
export function diagnosticsOf(rows: readonly Row[]): Diagnostic[] {
  return rows
    .map((row) => {
      const [now, before, added] = [Number(row['now']), Number(row['before']), Number(row['added'])];
      return {
        reason: String(row[columns.group(0)] ?? ''),
        class: String(row[columns.group(1)] ?? ''),
        now,
        before,
        share: added > 0 ? (now - before) / added : 0,
      };
    })
    .filter(({ now, before }) => now > before);
}

/** The kind of trouble that deferrals are, by what at least half of the added ones say. */
export function kindOf(diagnostics: readonly Diagnostic[]): string {
  const shareOf = (...classes: string[]) =>
    diagnostics.filter((one) => classes.includes(one.class)).reduce((sum, { share }) => sum + share, 0);
  if (shareOf('unreachable') >= 0.5) return 'provider_unreachable';
  if (shareOf('block') >= 0.5) return 'block';
  if (shareOf('greylisting') >= 0.5) return 'greylisting';
  return shareOf('throttling', 'policy') >= 0.5 ? 'throttling' : 'deferrals';
}

function isRolled({ parts }: Plan): boolean {
  return parts.some(({ slices }) => slices.some(({ grain }) => grain !== 'raw'));
}

function rawSeconds({ parts }: Plan): number {
  return rawRanges(parts).reduce((sum, [from, to]) => sum + to - from, 0);
}
