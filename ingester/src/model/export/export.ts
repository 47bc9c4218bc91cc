import type { Store } from '../../store';
import { answer } from '../answer';
import type { AnswerContext } from '../context';
import { QueryError } from '../errors';
import { csvText, jsonLines } from './exportText';
import { parquetPages, type ParquetPages } from './parquet';
import type { Frame } from '../frames';
import { LIMITS } from '../schema';

/** Events that are read at once: enough to spare round trips, few enough to hold for a slow reader. */
const PAGE = 5_000;

/** What an export can be written as. */
export const EXPORT_FORMATS = ['csv', 'jsonl', 'parquet'] as const;

/** Name of a format of exports. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A piece of an export; what is to be known about the whole stands in the notices of the first one. */
export interface ExportChunk {
  readonly bytes: Uint8Array;
  readonly notices: readonly string[];
}

/**
 * Writes out a query of type `events`, all pages of it, or of type `metrics` as one table. The next page is read when
 * it is asked for, so nothing runs ahead of a slow reader. `limit` bounds the whole export.
 * @throws QueryError with the status and message of the page that failed
 */
export async function* exportChunks(
  store: Pick<Store, 'read'>,
  query: Readonly<Record<string, unknown>>,
  format: ExportFormat,
  context: AnswerContext,
): AsyncGenerator<ExportChunk, void> {
  let parquet: ParquetPages | undefined;
  let first = true;
  for await (const { frame, notices } of pages(store, query, context)) {
    if (format === 'parquet') parquet ??= await parquetPages(frame);
    const bytes = parquet
      ? parquet.page(frame)
      : Buffer.from(format === 'csv' ? csvText(frame, first) : jsonLines(frame));
    if (first || bytes.length > 0) yield { bytes, notices };
    first = false;
  }
  if (parquet) yield { bytes: parquet.end(), notices: [] };
}

interface Page {
  readonly frame: Frame;
  readonly notices: readonly string[];
}

async function* pages(
  store: Pick<Store, 'read'>,
  query: Readonly<Record<string, unknown>>,
  context: AnswerContext,
): AsyncGenerator<Page, void> {
  if (query['queryType'] !== 'events') {
    const frame = await ask(store, { limit: LIMITS.rows, ...query, format: 'table' }, context);
    yield { frame, notices: (frame.schema.meta?.notices ?? []).map(({ text }) => text) };
    return;
  }
  const { limit } = query;
  let left = limit;
  let cursor = query['cursor'];
  for (;;) {
    const size = typeof left === 'number' ? Math.min(left, PAGE) : (left ?? PAGE);
    const frame = await ask(store, { ...query, format: 'table', limit: size, cursor }, context);
    yield { frame, notices: [] };
    cursor = frame.schema.meta?.custom?.['next'] ?? null;
    if (typeof left === 'number') left -= PAGE;
    if (cursor === null || (typeof left === 'number' && left <= 0)) return;
  }
}

async function ask(
  store: Pick<Store, 'read'>,
  query: Readonly<Record<string, unknown>>,
  context: AnswerContext,
): Promise<Frame> {
  const { A: result } = (await answer(store, { queries: [{ ...query, refId: 'A' }] }, context)).results;
  const [frame] = result && 'frames' in result ? result.frames : [];
  if (frame) return frame;
  throw new QueryError(result?.status ?? 500, result && 'error' in result ? result.error : 'no answer');
}
