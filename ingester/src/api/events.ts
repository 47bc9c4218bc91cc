import { eventsQuerySchema } from '../model';
import { answers, DAY, json, MESSAGE, queryParameters } from './openapi';
import { queryOf, type Names } from './parameters';
import { framesOf, nextOf, QUERY_REFUSALS, rowsOf } from './reading';
import type { ApiDependencies, Route } from './route';

const NAMES: Names = { numbers: ['limit'], texts: ['search', 'cursor', 'order'], lists: ['columns'] };

/** Single events. */
export function eventRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/events',
      needs: 'read',
      doc: {
        tag: 'events',
        summary: 'Single events, newest first',
        parameters: queryParameters(NAMES, eventsQuerySchema, {
          limit: 'At most so many events; without it, 100',
        }),
        answer: json('A page of events', answers.page('events', answers.eventRow)),
        refusals: QUERY_REFUSALS,
        examples: {
          'bounces of a VMTA': {
            parameters: { ...DAY, vmta: [MESSAGE.vmta], eventType: ['bounce'], limit: 50 },
          },
          'some columns, oldest first': {
            parameters: { order: 'asc', columns: ['time', 'recipient', 'header:x-campaign'] },
          },
          'replies that match': {
            parameters: { filters: [{ dimension: 'diag', operator: 'regex', values: ['^550 '] }] },
          },
        },
      },
      handle: async (context) => {
        const asked = queryOf(context.req.queries(), NAMES);
        const query = { ...asked, queryType: 'events', format: 'table' };
        const [frame] = await framesOf(deps, context, query);
        return context.json({ events: rowsOf(frame), next: nextOf(frame) });
      },
    },
  ];
}
