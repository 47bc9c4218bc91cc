import {
  columns,
  planQuestion,
  planSql,
  withPrefix,
  type Counter,
  type DimensionName,
  type Filter,
  type Plan,
  type Statement,
  type TimeRange,
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
  const sides = [comparison.now, ...comparison.before];
  const plansOf = (filters: readonly Filter[]) =>
    sides.map(([from, to]) =>
      planQuestion({ ...comparison, from, to, metrics: [], counters: [counter], groupBy, filters }),
    );
  // Of events, those with another outcome need not be read.
  const narrow: readonly Filter[] = [
    ...comparison.filters,
    { dimension: 'outcome', operator: '=', values: [outcome] },
  ];
  const held = plansOf(comparison.filters);
  const exact = held.some(isRolled) ? held : plansOf(narrow);
  const widened = secondsOf(exact) > MOST_RAW;
  const plans = widened
    ? plansOf(comparison.filters.filter(({ dimension }) => HELD.includes(dimension)))
    : exact;
  return { statement: sumSql(plans, groupBy.length, counter), widened };
}

function sumSql(plans: readonly Plan[], groups: number, counter: Counter): Statement {
  const keys = Array.from({ length: groups }, (_, index) => columns.group(index));
  const sides = plans.map((plan, index) => {
    const { sql, params } = withPrefix(planSql(plan), `w${index}_`);
    const isNow = index === 0 ? 1 : 0;
    return {
      sql: `SELECT ${keys.join(', ')}, ${columns.counter(counter)} AS n, ${isNow} AS isNow FROM (\n${sql}\n)`,
      params,
    };
  });
  const before = Math.max(1, plans.length - 1);
  return {
    sql: [
      `SELECT ${keys.join(', ')}, toFloat64(sumIf(n, isNow = 1)) AS now, sumIf(n, isNow = 0) / ${before} AS before, sum(greatest(now - before, 0)) OVER () AS added`,
      `FROM (\n${sides.map(({ sql }) => sql).join('\nUNION ALL\n')}\n)`,
      `WHERE ${columns.group(0)} != ''`,
      `GROUP BY ${keys.join(', ')}`,
      `ORDER BY now - before DESC, ${keys.join(', ')}`,
      `LIMIT ${MOST_REASONS}`,
    ].join('\n'),
    params: Object.assign({}, ...sides.map(({ params }) => params)) as Statement['params'],
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

function secondsOf(plans: readonly Plan[]): number {
  const ranges = plans.flatMap(({ parts }) =>
    parts.flatMap(({ slices }) =>
      slices.filter(({ grain }) => grain === 'raw').flatMap((slice) => slice.ranges),
    ),
  );
  return ranges.reduce((sum, [from, to]: TimeRange) => sum + to - from, 0);
}
