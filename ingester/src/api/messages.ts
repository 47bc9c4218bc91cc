import { queryOf, type Names } from './parameters';
import { framesOf, nextOf, noticesOf, rowsOf } from './reading';
import type { ApiDependencies, Route } from './route';

const NAMES: Names = { numbers: ['limit'], texts: ['cursor'], lists: [], beginnings: true };

/** Messages with their final states, and the life of one of them. */
export function messageRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/messages',
      needs: 'read',
      handle: async (context) => {
        const query = { ...queryOf(context.req.queries(), NAMES), queryType: 'messages' };
        const [frame] = await framesOf(deps, context, query);
        return context.json({ messages: rowsOf(frame), next: nextOf(frame) });
      },
    },
    {
      method: 'GET',
      path: '/api/events/related/:messageId',
      needs: 'read',
      handle: async (context) => {
        const { recipient } = context.req.query();
        const query = { queryType: 'trace', messageId: context.req.param('messageId'), recipient };
        const [frame] = await framesOf(deps, context, query);
        return context.json({ events: rowsOf(frame), notices: noticesOf(frame) });
      },
    },
  ];
}
