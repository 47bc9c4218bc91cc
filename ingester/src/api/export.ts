import type { Log } from '../log';
import {
  eventsQuerySchema,
  exportChunks,
  EXPORT_FORMATS,
  metricsQuerySchema,
  QueryError,
  type ExportChunk,
  type ExportFormat,
} from '../model';
import { signalOf, storeOf } from './asking';
import { withoutVariables } from './dashboardParameters';
import { ApiError } from './errors';
import { z } from 'zod';
import { DAY, MESSAGE, parametersOf, queryParameters, type RouteDoc } from './openapi';
import { queryOf, type Names } from './parameters';
import { refusal } from './queries';
import { QUERY_REFUSALS } from './reading';
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
  parquet: 'application/vnd.apache.parquet',
};

/** Header with what is to be known about an export, a JSON array of sentences. */
export const NOTICES_HEADER = 'X-Watchtower-Notices';

/** Parameters of events and of figures, each once; what an export means otherwise than a query comes last. */
const PARAMETERS = new Map(
  [
    ...queryParameters(EVENTS, eventsQuerySchema),
    ...queryParameters(TABLES, metricsQuerySchema),
    ...parametersOf(
      z.object({ format: z.enum(EXPORT_FORMATS).optional(), limit: z.int().min(1).optional() }),
      { format: 'Without it, csv', limit: 'At most so many rows of the whole file' },
    ),
  ].map((parameter) => [parameter.name, parameter]),
);

const DOC: RouteDoc = {
  tag: 'analytics',
  summary: 'Events or figures as a file, written as they are read',
  description:
    'Figures where `metrics` or `groupBy` stand, else every event that matches, however many. Of figures at most 100,000 rows.',
  parameters: [...PARAMETERS.values()],
  answer: {
    status: 200,
    description: 'The file; one that breaks off ends the connection',
    content: Object.fromEntries(
      Object.values(CONTENT_TYPES).map((type) => [type.split(';', 1)[0] ?? type, z.string()]),
    ),
    headers: { [NOTICES_HEADER]: 'What is to be known about the file, a JSON array of sentences' },
  },
  refusals: QUERY_REFUSALS,
  examples: {
    'events as CSV': {
      parameters: { ...DAY, vmta: [MESSAGE.vmta], columns: ['time', 'recipient', 'diag'] },
    },
    'events as JSON lines': { parameters: { format: 'jsonl', limit: 1000 } },
    'figures as Parquet': {
      parameters: { format: 'parquet', metrics: ['delivered', 'bounceRate'], groupBy: ['provider'] },
    },
  },
};

/** Events or figures as a file. */
export function exportRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/analytics/export',
      needs: 'read',
      doc: DOC,
      handle: (context) => download(deps, context),
    },
  ];
}

/**
 * The export that parameters ask for: of figures where they name metrics or groups, else of events.
 * @throws ApiError 400 for a format that is none
 */
export function exportOf(parameters: Record<string, string[]>): {
  query: Record<string, unknown>;
  format: ExportFormat;
} {
  const figures = 'metrics' in parameters || 'groupBy' in parameters;
  const { format = 'csv', ...query } = queryOf(parameters, figures ? TABLES : EVENTS);
  const known = EXPORT_FORMATS.find((name) => name === format);
  if (!known)
    throw new ApiError(400, 'invalid_request', `format: must be one of ${EXPORT_FORMATS.join(', ')}`);
  return { query: { ...query, queryType: figures ? 'metrics' : 'events' }, format: known };
}

/** The first page is read before the answer begins, so that a query that fails is told by its status. */
async function download(deps: ApiDependencies, context: ApiContext): Promise<Response> {
  const { query, format } = exportOf(withoutVariables(context.req.queries()));
  // Each page has a deadline of its own in the engine; the whole may take as long as there are rows.
  const answering = { ...deps.context, masked: context.get('masked'), signal: signalOf(deps, context, null) };
  const chunks = exportChunks(storeOf(deps, context), query, format, answering);
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
  log: Log,
  breakOff: () => void,
): ReadableStream<Uint8Array> {
  let ready: IteratorResult<ExportChunk, void> | undefined = first;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const { done, value } = ready ?? (await chunks.next());
          ready = undefined;
          if (done) controller.close();
          else controller.enqueue(value.bytes);
        } catch (error) {
          log.warn({ err: error }, 'an export broke off');
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
