import { z } from 'zod';
import {
  answer,
  dimensions,
  GROUPING,
  queryRequestSchema,
  type AnswerContext,
  type QueryRequest,
} from '../model';
import { ApiError, check } from './errors';
import { readJson } from './input';
import { EVER } from './parameters';
import type { ApiContext, ApiDependencies, Route } from './route';

/** Most values a look-up lists: more than a person reads in a drop-down. */
const MAX_VALUES = 100;

const valuesSchema = z.object({
  search: z.string().max(500, 'must have at most 500 characters').default(''),
});

/** Queries, and the names and values of dimensions that a filter can be built from. */
export function queryRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/query',
      needs: 'read',
      handle: async (context) => {
        const request = check(queryRequestSchema, await readJson(context));
        return context.json(await answer(deps.store, request, contextOf(deps, context)));
      },
    },
    {
      method: 'GET',
      path: '/api/dimensions',
      needs: 'read',
      handle: (context) => context.json({ dimensions: describeDimensions() }),
    },
    {
      method: 'GET',
      path: '/api/dimensions/:name/values',
      needs: 'read',
      handle: async (context) => context.json({ values: await values(deps, context) }),
    },
  ];
}

function describeDimensions(): { name: string; description: string; groupBy: boolean }[] {
  const grouping: readonly string[] = GROUPING;
  return Object.entries(dimensions).map(([name, { description }]) => ({
    name,
    description,
    groupBy: grouping.includes(name),
  }));
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
  const { A: result } = (await answer(deps.store, request, contextOf(deps, context))).results;
  if (result && 'error' in result) throw new ApiError(503, 'query_failed', result.error);
  return (result?.frames ?? []).flatMap((frame) => frame.data.values[0] ?? []);
}

/** What answering needs to know, with a signal that gives up when the client has gone. */
export function contextOf(deps: ApiDependencies, context: ApiContext): AnswerContext {
  const { outgoing } = context.env;
  const left = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) left.abort();
  });
  const masked = context.get('masked');
  return { ...deps.context, files: deps.ingest, masked, signal: left.signal };
}
