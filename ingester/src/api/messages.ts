import { answer, type Frame } from '../model';
import { refusal, rowsOf } from './events';
import { contextOf } from './queries';
import type { ApiContext, ApiDependencies, Route } from './route';

/** Parameters that are numbers in a query. */
const NUMBERS = ['from', 'to', 'limit'];

/** Every instant there may be an event at, epoch ms. */
const EVER = { from: 0, to: Date.UTC(2099, 0, 1) };

/** Messages with their final states, and the life of one of them. */
export function messageRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/messages',
      needs: 'read',
      handle: async (context) => {
        const frame = await frameOf(deps, context, messagesQuery(context.req.queries()));
        return context.json({ messages: rowsOf(frame), next: frame.schema.meta?.custom?.['next'] ?? null });
      },
    },
    {
      method: 'GET',
      path: '/api/events/related/:messageId',
      needs: 'read',
      handle: async (context) => {
        const { recipient } = context.req.query();
        const query = { queryType: 'trace', messageId: context.req.param('messageId'), recipient };
        const frame = await frameOf(deps, context, query);
        const notices = (frame.schema.meta?.notices ?? []).map(({ text }) => text);
        return context.json({ events: rowsOf(frame), notices });
      },
    },
  ];
}

/** The query that the parameters ask for: any further name is a dimension, a value that ends in `*` a beginning. */
function messagesQuery(parameters: Record<string, string[]>): Record<string, unknown> {
  const query: Record<string, unknown> = { ...EVER, queryType: 'messages' };
  const filters: unknown[] = [];
  for (const [name, values] of Object.entries(parameters)) {
    const [first = ''] = values;
    if (NUMBERS.includes(name)) query[name] = /^\d{1,15}$/.test(first) ? Number(first) : first;
    else if (name === 'cursor') query[name] = first;
    else if (values.every((value) => value.endsWith('*')))
      filters.push({
        dimension: name,
        operator: 'startsWith',
        values: values.map((value) => value.slice(0, -1)),
      });
    else filters.push({ dimension: name, operator: 'in', values });
  }
  return { ...query, filters };
}

async function frameOf(
  deps: ApiDependencies,
  context: ApiContext,
  query: Record<string, unknown>,
): Promise<Frame> {
  const request = { queries: [{ refId: 'A', ...query }] };
  const { A: result } = (await answer(deps.store, request, contextOf(deps, context))).results;
  const [frame] = result && 'frames' in result ? result.frames : [];
  if (frame) return frame;
  throw result && 'error' in result ? refusal(result.status, result.error) : refusal(500, 'no answer');
}
