import { z } from 'zod';
import { BusyError, type Store } from '../../store';
import type { AnswerContext } from '../context';
import { rangeOf } from '../checks';
import { QueryError } from '../errors';
import { rowsFrame, type ColumnKind, type Frame, type Notice, type Value } from '../frames';
import { chooseInterval, MAX_POINTS } from '../interval';
import { limitSchema, rangeShape, stepShape } from '../schema';
import { guardSql } from './sqlGuard';
import { OPEN_TABLES, SQL_TABLES } from './sqlTables';

/** Most rows of an answer. */
export const MAX_ROWS = 10_000;

/** A query of type `sql`: one SELECT of people's own over the documented tables, with macros for range and step. */
export const sqlQuerySchema = z.object({
  ...rangeShape,
  queryType: z.literal('sql'),
  sql: z.string('a text is missing').min(1, 'must not be empty').max(20_000, 'at most 20000 characters'),
  ...stepShape,
  limit: limitSchema(MAX_ROWS),
});

/** A checked query of type `sql`. */
export type SqlQuery = z.infer<typeof sqlQuerySchema>;

/** Answers people's own SQL as a table. A viewer may read rollups alone, as events hold recipients. */
export async function answerSql(
  store: Pick<Store, 'read'>,
  query: SqlQuery,
  { masked, signal }: AnswerContext,
): Promise<Frame[]> {
  const limit = query.limit ?? MAX_ROWS;
  const read: Store['read'] = (text, options) =>
    store.read(text, { ...options, untrusted: true, ...(signal && { signal }) });
  const tables = masked ? OPEN_TABLES : SQL_TABLES;
  const sql = await guardSql(store.read.bind(store), expanded(query), tables);
  try {
    const columns = await read<{ name: string; type: string }>(`DESCRIBE TABLE (${sql})`);
    const rows = await read<Record<string, unknown>>(sql);
    const text = `Cut to ${limit} rows; there are more`;
    const notices: Notice[] = rows.length > limit ? [{ severity: 'warning', text }] : [];
    const kinds = columns.map(({ name, type }) => ({ name, kind: kindOf(type) }));
    return [
      rowsFrame(
        kinds,
        rows.slice(0, limit).map((row) => kinds.map(({ name, kind }) => cellOf(kind, row[name]))),
        { refId: query.refId, notices, custom: {} },
      ),
    ];
  } catch (error) {
    throw explained(error);
  }
}

/** Turns, time and memory are the service's own limits and told by it; what else the engine says is about the SQL. */
function explained(error: unknown): unknown {
  if (error instanceof BusyError || error instanceof DOMException) return error;
  const text = error instanceof Error ? error.message : String(error);
  const type = error instanceof Error && 'type' in error ? String(error.type) : '';
  if (/TIMEOUT_EXCEEDED|MEMORY_LIMIT_EXCEEDED/.test(text + type)) return error;
  return new QueryError(400, `sql: ${text.split('\n')[0]?.slice(0, 300) ?? ''}`);
}

/** The SQL with its macros replaced; what they hold of the person's own is judged with all the rest. */
function expanded(query: SqlQuery): string {
  if (!query.sql.includes('$__')) return query.sql;
  const { from, to } = rangeOf(query);
  const { seconds } = chooseInterval({ ...query, from, to, points: MAX_POINTS });
  const column = String.raw`\(\s*([A-Za-z_][\w.]*)\s*\)`;
  const sql = query.sql
    .replace(
      new RegExp(String.raw`\$__timeFilter${column}`, 'g'),
      (_, name: string) => `(${name} >= toDateTime(${from}, 'UTC') AND ${name} < toDateTime(${to}, 'UTC'))`,
    )
    .replace(
      new RegExp(String.raw`\$__timeInterval${column}`, 'g'),
      (_, name: string) => `toStartOfInterval(${name}, INTERVAL ${seconds} SECOND)`,
    )
    .replace(/\$__interval_s\b/g, String(seconds))
    .replace(/\$__from\b/g, String(query.from))
    .replace(/\$__to\b/g, String(query.to));
  const [rest] = /\$__\w*/.exec(sql) ?? [];
  if (rest !== undefined) throw new QueryError(400, `sql: ${rest} is no macro, or its column is not a name`);
  return sql;
}

function kindOf(type: string): ColumnKind {
  const inner = /^(?:LowCardinality|Nullable)\((.*)\)$/.exec(type)?.[1];
  if (inner !== undefined) return kindOf(inner);
  if (/^Date/.test(type)) return 'instant';
  return /^(U?Int|Float|Decimal|Bool|Interval)/.test(type) ? 'number' : 'text';
}

/** Instants come as epoch seconds, days as text. */
function cellOf(kind: ColumnKind, value: unknown): Value {
  if (value === null || value === undefined) return kind === 'text' ? '' : null;
  if (kind === 'number') return Number(value);
  if (kind === 'text') return typeof value === 'string' ? value : JSON.stringify(value);
  const text = String(value as string | number);
  return /^\d{4}-/.test(text) ? Date.parse(text) : Number(text) * 1000;
}
