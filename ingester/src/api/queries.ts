import { z } from 'zod';
import {
  answer,
  describeModel,
  GROUPING,
  queryRequestSchema,
  type AnswerContext,
  type QueryRequest,
  type QueryResponse,
} from '../model';
import { RETRY_AFTER, signalOf, storeOf } from './asking';
import { ApiError, check } from './errors';
import { readJson } from './input';
import { answers, json, parametersOf, pathParameter, QUERY_EXAMPLES } from './openapi';
import { EVER } from './parameters';
import type { ApiContext, ApiDependencies, Route } from './route';

/** Most values a look-up lists: more than a person reads in a drop-down. */
const MAX_VALUES = 100;

const valuesSchema = z.object({
  search: z.string().max(500, 'must have at most 500 characters').default(''),
});

const dimensionsSchema = z.object({
  dimensions: z.array(z.object({ name: z.string(), description: z.string(), groupBy: z.boolean() })),
});

/** Queries, and the names and values of dimensions that a filter can be built from. */
export function queryRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/query',
      needs: 'read',
      doc: {
        tag: 'queries',
        summary: 'Answers queries with Grafana data frames',
        description:
          'A query that fails does so alone: its result has `status`, `error` and `errorSource`, the others are answered. An empty answer is a frame without rows.',
        body: { description: 'A range and queries', content: { 'application/json': queryRequestSchema } },
        answer: json('A result per query, by refId', answers.queryResponse),
        refusals: { 408: 'the body took too long to arrive', 413: 'the body is larger than 1 MB' },
        examples: QUERY_EXAMPLES,
      },
      handle: async (context) => {
        const request = check(queryRequestSchema, await readJson(context));
        const { results } = await answer(storeOf(deps, context), request, contextOf(deps, context));
        return context.json({ results: taken(results) });
      },
    },
    {
      method: 'GET',
      path: '/api/model',
      needs: 'read',
      doc: {
        tag: 'queries',
        summary: 'Everything a question can be built from',
        description:
          'Query types, metrics, dimensions, operators, formats, columns of events, figures of the service, and the tables, macros and functions of SQL, each with what it means.',
        answer: json('The model', answers.model),
      },
      handle: (context) => context.json(describeModel()),
    },
    {
      method: 'GET',
      path: '/api/dimensions',
      needs: 'read',
      doc: {
        tag: 'queries',
        summary: 'Every dimension, and whether figures can be split by it',
        answer: json('The dimensions', dimensionsSchema),
      },
      handle: (context) => context.json({ dimensions: describeDimensions() }),
    },
    {
      method: 'GET',
      path: '/api/dimensions/:name/values',
      needs: 'read',
      doc: {
        tag: 'queries',
        summary: 'Up to 100 values of a dimension, most attempts first',
        parameters: [
          pathParameter('name', 'A dimension that figures can be split by'),
          ...parametersOf(valuesSchema, { search: 'Only values that hold this text, in either case' }),
        ],
        answer: json('The values', z.object({ values: z.array(z.string()) })),
        refusals: { 404: 'there is no such dimension', 503: 'the store could not answer: `query_failed`' },
        examples: { 'providers with mail': { parameters: { name: 'provider', search: 'mail' } } },
      },
      handle: async (context) => context.json({ values: await values(deps, context) }),
    },
  ];
}

/** Results, where not all of them were refused because too many wait: then the request is, so that it is tried again. */
function taken(results: QueryResponse['results']): QueryResponse['results'] {
  const all = Object.values(results);
  const [first] = all;
  if (first && 'error' in first && all.every(({ status }) => status === 503)) throw refusal(503, first.error);
  return results;
}

/** What a query that failed is answered with where it is the whole request. */
export function refusal(status: number, message: string): ApiError {
  if (status === 404) return new ApiError(404, 'not_found', message);
  if (status === 400 || status === 501) return new ApiError(400, 'invalid_request', message);
  if (status === 503)
    return new ApiError(503, 'busy', message, { retryAfterSeconds: RETRY_AFTER }, RETRY_AFTER);
  return new ApiError(status === 504 ? 504 : 503, 'query_failed', message);
}

function describeDimensions(): z.infer<typeof dimensionsSchema>['dimensions'] {
  return describeModel().dimensions.map(({ name, description, groupBy }) => ({ name, description, groupBy }));
}

/** The values that were attempted most, among those that hold the searched text. */
async function values(deps: ApiDependencies, context: ApiContext): Promise<unknown[]> {
  const name = context.req.param('name') ?? '';
  if (!(GROUPING as readonly string[]).includes(name)) {
    throw new ApiError(404, 'not_found', `there is no dimension ${name} with values to list`);
  }
  const { search } = check(valuesSchema, context.req.query());
  const query = { refId: 'A', queryType: 'values', dimension: name, search, limit: MAX_VALUES };
  const request: QueryRequest = { ...EVER, queries: [query] };
  const { A: result } = (await answer(storeOf(deps, context), request, contextOf(deps, context))).results;
  if (result && 'error' in result) throw refusal(result.status, result.error);
  return (result?.frames ?? []).flatMap((frame) => frame.data.values[0] ?? []);
}

/** What answering needs to know, with a signal that gives up when the client has gone or waited for too long. */
export function contextOf(deps: ApiDependencies, context: ApiContext): AnswerContext {
  const masked = context.get('masked');
  return { ...deps.context, files: deps.ingest, masked, signal: signalOf(deps, context) };
}
