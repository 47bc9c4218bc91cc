import { queryOf, type Names } from './parameters';
import { framesOf, nextOf, rowsOf } from './reading';
import type { ApiDependencies, Route } from './route';

const NAMES: Names = { numbers: ['limit'], texts: ['search', 'cursor', 'order'], lists: ['columns'] };

/** Single events. */
export function eventRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/events',
      needs: 'read',
      handle: async (context) => {
        const asked = queryOf(context.req.queries(), NAMES);
        const query = { ...asked, queryType: 'events', format: 'table' };
        const [frame] = await framesOf(deps, context, query);
        return context.json({ events: rowsOf(frame), next: nextOf(frame) });
      },
    },
  ];
}
