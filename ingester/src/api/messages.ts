import { z } from 'zod';
import { messagesQuerySchema, traceQuerySchema } from '../model';
import { answers, DAY, json, MESSAGE, parametersOf, pathParameter, queryParameters } from './openapi';
import { queryOf, type Names } from './parameters';
import { framesOf, nextOf, noticesOf, QUERY_REFUSALS, rowsOf } from './reading';
import type { ApiDependencies, Route } from './route';

const NAMES: Names = { numbers: ['limit'], texts: ['cursor'], lists: [], beginnings: true };

/** Messages with their final states, and the life of one of them. */
export function messageRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/messages',
      needs: 'read',
      doc: {
        tag: 'events',
        summary: 'One row per message with its final state, newest first',
        description: 'A value of a dimension that ends in `*` is a beginning.',
        parameters: queryParameters(NAMES, messagesQuerySchema),
        answer: json('A page of messages', answers.page('messages', answers.messageRow)),
        refusals: QUERY_REFUSALS,
        examples: {
          'mail to an address': { parameters: { ...DAY, recipient: [MESSAGE.recipient] } },
          'hard bounces of addresses that begin alike': {
            parameters: { recipient: ['bob*'], outcome: ['hard'], limit: 10 },
          },
        },
      },
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
      doc: {
        tag: 'events',
        summary: "A message's whole life, a row per event",
        parameters: [
          pathParameter('messageId', 'Message-Id, with or without brackets'),
          ...parametersOf(traceQuerySchema, {
            recipient: 'Its recipient, where the Message-Id went to several',
          }),
        ],
        answer: json(
          'Its events in order',
          z.object({ events: z.array(answers.traceRow), notices: answers.notices }),
        ),
        refusals: QUERY_REFUSALS,
        examples: {
          'a message': { parameters: { messageId: MESSAGE.messageId } },
          'one recipient of it': {
            parameters: { messageId: MESSAGE.messageId, recipient: MESSAGE.recipient },
          },
        },
      },
      handle: async (context) => {
        const { recipient } = context.req.query();
        const query = { queryType: 'trace', messageId: context.req.param('messageId'), recipient };
        const [frame] = await framesOf(deps, context, query);
        return context.json({ events: rowsOf(frame), notices: noticesOf(frame) });
      },
    },
  ];
}
