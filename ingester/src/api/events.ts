import { answer, type Frame } from '../model';
import { ApiError } from './errors';
import { contextOf } from './queries';
import type { ApiContext, ApiDependencies, Route } from './route';

/** Parameters that are numbers in a query. */
const NUMBERS = ['from', 'to', 'limit'];

/** Parameters that are texts in a query. */
const TEXTS = ['search', 'cursor', 'order'];

/** Every instant there may be an event at, epoch ms. */
const EVER = { from: 0, to: Date.UTC(2099, 0, 1) };

/** Single events. */
export function eventRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/events',
      needs: 'read',
      handle: async (context) => context.json(await events(deps, context)),
    },
  ];
}

async function events(
  deps: ApiDependencies,
  context: ApiContext,
): Promise<{ events: Record<string, unknown>[]; next: unknown }> {
  const query = queryOf(context.req.queries());
  const request = { queries: [{ refId: 'A', ...query }] };
  const { A: result } = (await answer(deps.store, request, contextOf(deps, context))).results;
  if (!result || 'error' in result) throw refusal(result?.status ?? 500, result?.error ?? 'no answer');
  const [frame] = result.frames;
  return { events: frame ? rowsOf(frame) : [], next: frame?.schema.meta?.custom?.['next'] ?? null };
}

/** The events query that the parameters of an address ask for: any further name is a dimension to filter by. */
function queryOf(parameters: Record<string, string[]>): Record<string, unknown> {
  const query: Record<string, unknown> = { ...EVER, queryType: 'events', format: 'table' };
  const filters: unknown[] = [];
  for (const [name, values] of Object.entries(parameters)) {
    const [first = ''] = values;
    if (NUMBERS.includes(name)) query[name] = /^\d{1,15}$/.test(first) ? Number(first) : first;
    else if (TEXTS.includes(name)) query[name] = first;
    else if (name === 'columns') query[name] = values.flatMap((value) => value.split(','));
    else filters.push({ dimension: name, operator: 'in', values });
  }
  return { ...query, filters };
}

/** What a query that failed is answered with where it is the whole request. */
export function refusal(status: number, message: string): ApiError {
  if (status === 400 || status === 501) return new ApiError(400, 'invalid_request', message);
  return new ApiError(status === 504 ? 504 : 503, 'query_failed', message);
}

/** A frame's rows as objects; instants are ISO 8601 in UTC. */
export function rowsOf({ schema: { fields }, data: { values } }: Frame): Record<string, unknown>[] {
  const rows = values[0]?.length ?? 0;
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      fields.map(({ name, type }, column) => {
        const value = values[column]?.[row] ?? null;
        return [name, type === 'time' && typeof value === 'number' ? new Date(value).toISOString() : value];
      }),
    ),
  );
}
