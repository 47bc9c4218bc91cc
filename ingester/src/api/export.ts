import { exportChunks, EXPORT_FORMATS, QueryError, type ExportChunk, type ExportFormat } from '../model';
import { ApiError } from './errors';
import { queryOf, type Names } from './parameters';
import { contextOf } from './queries';
import { refusal } from './reading';
import type { ApiContext, ApiDependencies, Route } from './route';

const EVENTS: Names = { numbers: ['limit'], texts: ['search', 'order', 'format'], lists: ['columns'] };
const TABLES: Names = {
  numbers: ['limit'],
  texts: ['orderBy', 'order', 'format', 'timezone'],
  lists: ['metrics', 'groupBy'],
};

const CONTENT_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
};

/** Header with what is to be known about an export, a JSON array of sentences. */
export const NOTICES_HEADER = 'X-Watchtower-Notices';

/** Events or figures as a file. */
export function exportRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/analytics/export',
      needs: 'read',
      handle: (context) => download(deps, context),
    },
  ];
}

/**
 * The export that parameters ask for: of figures where they name metrics or groups, else of events.
 * @throws ApiError 400 for a format that is none, 501 for Parquet
 */
export function exportOf(parameters: Record<string, string[]>): {
  query: Record<string, unknown>;
  format: ExportFormat;
} {
  const figures = 'metrics' in parameters || 'groupBy' in parameters;
  const { format = 'csv', ...query } = queryOf(parameters, figures ? TABLES : EVENTS);
  if (format === 'parquet')
    throw new ApiError(501, 'not_available', 'Parquet is not available in this version: csv or jsonl');
  const known = EXPORT_FORMATS.find((name) => name === format);
  if (!known)
    throw new ApiError(400, 'invalid_request', `format: must be one of ${EXPORT_FORMATS.join(', ')}`);
  return { query: { ...query, queryType: figures ? 'metrics' : 'events' }, format: known };
}

/** The first page is read before the answer begins, so that a query that fails is told by its status. */
async function download(deps: ApiDependencies, context: ApiContext): Promise<Response> {
  const { query, format } = exportOf(context.req.queries());
  const chunks = exportChunks(deps.store, query, format, contextOf(deps, context));
  const first = await chunks.next().catch((error: unknown) => {
    throw error instanceof QueryError ? refusal(error.status, error.message) : error;
  });
  const notices = first.done ? [] : first.value.notices;
  return context.body(
    streamOf(first, chunks, deps.log, () => context.env.outgoing.destroy()),
    200,
    {
      'Content-Type': CONTENT_TYPES[format],
      'Content-Disposition': `attachment; filename="watchtower-${String(query['queryType'])}.${format}"`,
      ...(notices.length > 0 && { [NOTICES_HEADER]: headerText(notices) }),
    },
  );
}

/**
 * Chunks as bytes, each made when the one before was taken. An error breaks the connection off: an end in good order
 * would make half a file look whole.
 */
function streamOf(
  first: IteratorResult<ExportChunk, void>,
  chunks: AsyncGenerator<ExportChunk, void>,
  log: (line: string) => void,
  breakOff: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let ready: IteratorResult<ExportChunk, void> | undefined = first;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = ready ?? (await chunks.next());
          ready = undefined;
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value.text));
        } catch (error) {
          log(`an export broke off: ${error instanceof Error ? error.message : String(error)}`);
          breakOff();
          controller.close();
        }
      },
      cancel: async () => {
        await chunks.return();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Headers hold plain ASCII, and not much of it. */
function headerText(notices: readonly string[]): string {
  const json = JSON.stringify(notices.slice(0, 10).map((text) => text.slice(0, 200)));
  return json.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
