import type { AnswerContext, Grouping, Part, Statement } from '../../model';
import type { Store } from '../../store';
import {
  cellsOf,
  comparisonSql,
  countedEdge,
  WHOLE,
  type Cell,
  type Comparison,
  type Row,
  type Wanted,
} from '../figures';
import type { Sides } from './findings';
import { baselineOf, only, type Baseline, type Scope } from './scope';

/** Groups of each kind of place that are looked at, those that changed most. */
const MOST_CELLS = 50;

/** What the causes of a scope are looked for with. */
export interface Inquiry {
  readonly scope: Scope;
  readonly baseline: Baseline;
  readonly comparison: Comparison;
  /** All mail of the scope; of an incident, that of its place. */
  readonly all: Sides;
  /** What is read for the mail of the scope as a whole. */
  readonly parts: readonly Part[];
  /** Reads the groups of several groupings of a comparison, of each those that changed most in relation to the totals first. */
  compare(
    comparison: Comparison,
    groupings: readonly Grouping[],
    wanted: Pick<Wanted, 'totals' | 'figures'>,
  ): Promise<Cell[][]>;
  read(statement: Statement): Promise<Row[]>;
}

/** Opens an inquiry: finds what to compare with and how the mail fares as a whole. Throws what the store throws. */
export async function openInquiry(
  store: Pick<Store, 'read'>,
  scope: Scope,
  context: AnswerContext,
): Promise<Inquiry> {
  const { complaintProviders, signal } = context;
  const read = ({ sql, params }: Statement) => store.read<Row>(sql, { params, ...(signal && { signal }) });
  const filters = [...scope.filters, ...scope.place.map(only)];
  const baseline = await baselineOf(store, { ...scope, filters }, context);
  const { latency } = baseline;
  const comparison: Comparison = {
    now: scope.window,
    before: baseline.windows,
    filters,
    complaintProviders,
    slowFrom: latency === null ? undefined : countedEdge(Math.max(3 * latency, latency + 10)),
  };
  const totals = comparisonSql(comparison, [WHOLE]);
  const [[all] = []] = cellsOf(await read(totals), [WHOLE]);
  return {
    scope,
    baseline,
    comparison,
    all: all as Sides,
    parts: totals.parts,
    compare: async (asked, groupings, wanted) =>
      groupings.length === 0
        ? []
        : cellsOf(await read(comparisonSql(asked, groupings, { ...wanted, limit: MOST_CELLS })), groupings),
    read,
  };
}

/** Dimensions of which the filters let one value through. */
export function fixedIn({ filters }: Comparison): string[] {
  return filters.flatMap(({ dimension, operator, values }) =>
    (operator === '=' || operator === 'in') && values.length === 1 ? [dimension] : [],
  );
}
