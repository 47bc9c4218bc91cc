import {
  MOST_INSIGHTS,
  rangeOf,
  rowsFrame,
  type AnswerContext,
  type Frame,
  type InsightsQuery,
  type Statement,
} from '../../model';
import type { Store } from '../../store';
import { backlog } from './backlog';
import { INSIGHT_COLUMNS, ranked, type View } from './card';
import { incidentCards } from './incidents';
import { newReasons } from './newReasons';
import { reputation } from './reputation';
import { topRisks } from './risks';
import { trends } from './trends';

/** Where cards come from. */
const SOURCES = [incidentCards, reputation, backlog, trends, newReasons, topRisks] as const;

/** Cards look back for two weeks, in epoch seconds: before this nothing is looked for. */
const FIRST = 14 * 86_400;

/** Answers an insights query: the few cards worth reading, worst first. Throws QueryError, or what the store throws. */
export async function answerInsights(
  store: Pick<Store, 'read'>,
  query: InsightsQuery,
  context: AnswerContext,
): Promise<Frame[]> {
  const { from, to } = rangeOf(query);
  const { signal } = context;
  const view: View = {
    window: [from, to],
    filters: query.filters,
    context,
    store,
    read: <T>({ sql, params }: Statement) => store.read<T>(sql, { params, ...(signal && { signal }) }),
  };
  const cards =
    from < to && to > FIRST ? (await Promise.all(SOURCES.map((source) => source(view)))).flat() : [];
  const rows = ranked(cards, query.limit ?? MOST_INSIGHTS).map(({ linked, ...card }) => [
    ...[card.id, card.severity, card.kind, card.sentence, card.link],
    linked?.() ?? [],
  ]);
  return [rowsFrame(INSIGHT_COLUMNS, rows, { refId: query.refId, notices: [], custom: {} })];
}
