import type { Store } from '../../store';
import type { AnswerContext } from '../context';
import { QueryError } from '../errors';
import { expiredNotices } from '../expired';
import type { FlowsQuery } from './flowsQuery';
import { linksSql, nodesSql, OTHER, planFlow, type FlowQuestion } from './flowsSql';
import { rowsFrame, type Column, type Frame, type Notice } from '../frames';
import { heldNotices } from '../metrics/held';
import { rawRanges } from '../metrics/planner';
import { describeParts } from '../metrics/shape';
import type { Statement } from '../metrics/tableSql';

/** Values of a level that stand for themselves where the query sets no limit. */
const DEFAULT_NODES = 10;

interface NodeRow {
  readonly level: number;
  readonly node: string;
}

interface LinkRow {
  readonly level: number;
  readonly source: string;
  readonly target: string;
  readonly value: number;
  readonly attempts: number;
  readonly delivered: number;
  readonly deferrals: number;
  readonly latencyP95: number | null;
}

const COLUMNS: readonly Column[] = [
  { name: 'source', kind: 'text' },
  { name: 'target', kind: 'text' },
  { name: 'level', kind: 'number' },
  { name: 'sourceDimension', kind: 'text' },
  { name: 'targetDimension', kind: 'text' },
  { name: 'value', kind: 'number', unit: 'short' },
  { name: 'attempts', kind: 'number', unit: 'short' },
  { name: 'deferralRate', kind: 'number', unit: 'percentunit' },
  { name: 'successRate', kind: 'number', unit: 'percentunit' },
  { name: 'latencyP95', kind: 'number', unit: 's' },
];

/** Answers a flows query: one row per link, level by level, the largest first. Throws QueryError, or what the store throws. */
export async function answerFlows(
  store: Pick<Store, 'read'>,
  query: FlowsQuery,
  context: AnswerContext,
): Promise<Frame[]> {
  const { signal } = context;
  const question = questionOf(query);
  const read = <T>({ sql, params }: Statement) => store.read<T>(sql, { params, ...(signal && { signal }) });
  const limit = query.limit ?? DEFAULT_NODES;
  const parts = planFlow(question);
  const { from, to } = parts.question;
  const nodes = from < to ? await read<NodeRow>(nodesSql(question, parts, limit + 1)) : [];
  const named = question.path.map((_, level) =>
    nodes
      .filter((node) => node.level === level)
      .slice(0, limit)
      .map(({ node }) => node),
  );
  const links = nodes.length > 0 ? await read<LinkRow>(linksSql(question, parts, named)) : [];
  const cut = question.path.filter((_, level) => nodes.filter((node) => node.level === level).length > limit);
  const rows = links.map((link) => {
    const [source, target] = [question.path[link.level], question.path[link.level + 1]];
    // Attempts of one outcome have no rate of outcomes.
    const rated = source !== 'outcome' && target !== 'outcome' && link.attempts > 0;
    return [
      link.source,
      link.target,
      link.level,
      source,
      target,
      link.value,
      link.attempts,
      rated ? link.deferrals / link.attempts : null,
      rated ? link.delivered / link.attempts : null,
      link.latencyP95,
    ];
  });
  const reader: Store['read'] = (sql, options) => store.read(sql, { ...options, ...(signal && { signal }) });
  const held = await heldNotices(reader, [parts.counts, parts.latency], context);
  const options = {
    refId: query.refId,
    notices: [
      ...expiredNotices(rawRanges([parts.counts, parts.latency]), context),
      ...noticesOf(cut, limit),
      ...held,
    ],
    custom: {
      value: question.value,
      ...describeParts([parts.counts, parts.latency], parts.question),
      ...(parts.folded && { folded: ['provider'] }),
    },
  };
  return [rowsFrame(COLUMNS, rows, options)];
}

function questionOf({ path, value, filters, from, to }: FlowsQuery): FlowQuestion {
  if (from === undefined || to === undefined) throw new QueryError(400, 'from and to are missing');
  if (from > to) throw new QueryError(400, 'from: must not be after to');
  return {
    range: [Math.ceil(from / 1000), Math.ceil(to / 1000)],
    path,
    value,
    filters,
  };
}

function noticesOf(cut: readonly string[], limit: number): Notice[] {
  if (cut.length === 0) return [];
  const text = `The ${limit} largest values of ${cut.join(', ')} stand for themselves, the rest is "${OTHER}"`;
  return [{ severity: 'info', text }];
}
