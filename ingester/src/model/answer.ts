import type { z } from 'zod';
import { BusyError, type Store } from '../store';
import { QueryError } from './errors';
import type { Frame } from './frames';
import { answerDistribution } from './metrics/answerDistribution';
import { answerEvents } from './events/answerEvents';
import type { AnswerContext } from './context';
import { answerMetrics } from './metrics/answerMetrics';
import { distributionQuerySchema, isDistribution } from './metrics/distributionQuery';
import { eventsQuerySchema } from './events/eventsQuery';
import { answerFiles, answerIngestErrors, filesQuerySchema, ingestErrorsQuerySchema } from './service/files';
import {
  describeMistake,
  metricsQuerySchema,
  querySchema,
  type QueryRequest,
  type QueryType,
} from './schema';
import { answerFlows } from './flows/flows';
import { answerIncidents, incidentsQuerySchema } from './incidents';
import { diagnosisOf } from './diagnosis/diagnosis';
import { causesQuerySchema, insightsQuerySchema, riskQuerySchema } from './diagnosis/queries';
import { flowsQuerySchema } from './flows/flowsQuery';
import { maskFrames } from './masking';
import { answerMessages } from './messages/messages';
import { messagesQuerySchema } from './messages/messagesQuery';
import { answerService, serviceQuerySchema } from './service/service';
import { answerSql, sqlQuerySchema } from './sql/sqlQuery';
import { answerTrace } from './messages/trace';
import { traceQuerySchema } from './messages/traceQuery';
import { answerValues, valuesQuerySchema } from './values';

/** The answer to one query: frames, or an error with an HTTP status of its own. */
export type QueryResult =
  | { readonly status: 200; readonly frames: readonly Frame[] }
  | { readonly status: number; readonly error: string; readonly errorSource: 'downstream' };

/** Answers by refId. */
export interface QueryResponse {
  readonly results: Readonly<Record<string, QueryResult>>;
}

type Read = Pick<Store, 'read'>;

/** One way to ask: what it looks like, and how it is answered. */
interface Answer {
  readonly schema: z.ZodType;
  readonly respond: (store: Read, query: unknown, context: AnswerContext) => Promise<Frame[]>;
}

/** A query type: its input is checked by a schema before it is answered. */
function served<T extends z.ZodType>(
  schema: T,
  respond: (store: Read, query: z.output<T>, context: AnswerContext) => Promise<Frame[]>,
): Answer {
  return { schema, respond: (store, query, context) => respond(store, check(schema, query), context) };
}

const cells = served(metricsQuerySchema, answerMetrics);
const distributions = served(distributionQuerySchema, answerDistribution);

/** The query types with every way to ask them. */
const ANSWERS: Readonly<Record<QueryType, readonly [Answer, ...Answer[]]>> = {
  metrics: [cells, distributions],
  events: [served(eventsQuerySchema, answerEvents)],
  values: [served(valuesQuerySchema, answerValues)],
  files: [served(filesQuerySchema, answerFiles)],
  ingestErrors: [served(ingestErrorsQuerySchema, answerIngestErrors)],
  service: [served(serviceQuerySchema, answerService)],
  flows: [served(flowsQuerySchema, answerFlows)],
  messages: [served(messagesQuerySchema, answerMessages)],
  sql: [served(sqlQuerySchema, answerSql)],
  trace: [served(traceQuerySchema, answerTrace)],
  incidents: [served(incidentsQuerySchema, answerIncidents)],
  insights: [
    served(insightsQuerySchema, (store, query, context) =>
      diagnosisOf(context).insights(store, query, context),
    ),
  ],
  causes: [
    served(causesQuerySchema, (store, query, context) => diagnosisOf(context).causes(store, query, context)),
  ],
  risk: [
    served(riskQuerySchema, (store, query, context) => diagnosisOf(context).risk(store, query, context)),
  ],
};

/** The schemas that input of a query type is checked by, one per way to ask. */
export function schemasOf(queryType: QueryType): readonly [z.ZodType, ...z.ZodType[]] {
  const [first, ...rest] = ANSWERS[queryType];
  return [first.schema, ...rest.map(({ schema }) => schema)];
}

/** Answers every query of a checked request. Never rejects for a query that fails: its result says so. */
export async function answer(
  store: Pick<Store, 'read'>,
  request: QueryRequest,
  context: AnswerContext,
): Promise<QueryResponse> {
  const results = await Promise.all(
    request.queries.map(
      async (query) => [query.refId, await answerOne(store, query, request, context)] as const,
    ),
  );
  return { results: Object.fromEntries(results) };
}

async function answerOne(
  store: Pick<Store, 'read'>,
  query: QueryRequest['queries'][number],
  request: QueryRequest,
  context: AnswerContext,
): Promise<QueryResult> {
  try {
    const { queryType } = check(querySchema, query);
    const [usual] = ANSWERS[queryType];
    const { respond } = usual === cells && isDistribution(query) ? distributions : usual;
    const range = {
      ...(request.from !== undefined && { from: request.from }),
      ...(request.to !== undefined && { to: request.to }),
    };
    const frames = await respond(store, { ...range, ...query, queryType }, context);
    return { status: 200, frames: context.masked ? maskFrames(frames, { ...query, queryType }) : frames };
  } catch (error) {
    const { status, message } = asQueryError(error);
    return { status, error: message, errorSource: 'downstream' };
  }
}

function check<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (!result.success) throw new QueryError(400, describeMistake(result.error));
  return result.data;
}

const TOO_LONG = 'the query ran for too long: ask for a shorter range or fewer groups';

/** The engine's errors that a person can act on, by the code's name in the message. */
const ENGINE_ERRORS: readonly (readonly [pattern: RegExp, status: number, message: string])[] = [
  [
    /CANNOT_COMPILE_REGEXP|cannot compile re2/i,
    400,
    'a regular expression of the filters is not valid (RE2 syntax)',
  ],
  [/TIMEOUT_EXCEEDED/, 504, TOO_LONG],
  [/MEMORY_LIMIT_EXCEEDED/, 422, 'the query needs too much memory: ask for a shorter range or fewer groups'],
];

function asQueryError(error: unknown): QueryError {
  if (error instanceof QueryError) return error;
  if (error instanceof BusyError) return new QueryError(503, error.message);
  if (error instanceof DOMException && error.name === 'TimeoutError') return new QueryError(504, TOO_LONG);
  const type = error instanceof Error && 'type' in error ? String(error.type) : '';
  const text = error instanceof Error ? `${error.message} ${type}`.trim() : String(error);
  const known = ENGINE_ERRORS.find(([pattern]) => pattern.test(text));
  if (known) return new QueryError(known[1], known[2]);
  return new QueryError(500, `the store could not answer: ${text.split('\n')[0]?.slice(0, 300) ?? ''}`);
}
