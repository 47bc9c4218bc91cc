import { z } from 'zod';
import { check, ApiError } from './errors';
import { readJson } from './input';
import { answers, json, pathParameter } from './openapi';
import { framesOf, rowsOf } from './reading';
import { storeOf } from './asking';
import type { ApiDependencies, Route } from './route';

const acknowledgement = z.object({
  note: z.string('a text').trim().max(2000, 'at most 2000 characters').default(''),
});

/** What people say of an incident; it stays whatever detection makes of the incident later. */
export function incidentRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/incidents/:id/ack',
      needs: 'admin',
      doc: {
        tag: 'analytics',
        summary: 'Acknowledges an incident, with a note',
        description:
          'Who did it is the person whom Grafana names beside the key, else the role of the key. A person of Grafana has to be an Editor or Admin there. A later call replaces the note.',
        parameters: [pathParameter('id', 'Id of the incident')],
        body: { description: 'The note', content: { 'application/json': acknowledgement } },
        answer: json('The incident as it is now', z.object({ incident: answers.incidentRow })),
        refusals: { 404: 'there is no such incident', 408: 'the body took too long to arrive' },
        examples: {
          'someone is on it': {
            parameters: { id: 'throttling-1' },
            body: { type: 'application/json', value: { note: 'Slowed the mailing down.' } },
          },
        },
      },
      handle: async (context) => {
        // Recipients are hidden from whoever is less than an Editor: they look, and say nothing.
        if (context.get('masked'))
          throw new ApiError(403, 'forbidden', 'incidents are acknowledged by Editors and Admins of Grafana');
        const { note } = check(acknowledgement, await readJson(context));
        const id = context.req.param('id') ?? '';
        const [known] = await storeOf(deps, context).read<{ n: number }>(
          'SELECT count() AS n FROM watchtower.incidents WHERE id = {id:String}',
          { params: { id } },
        );
        if (!known?.n) throw new ApiError(404, 'not_found', `there is no incident ${id}`);
        const person = context.get('person')?.told.user;
        const ackBy = person ?? context.get('role') ?? 'local';
        await deps.store.append('incident_notes', [{ id, ackBy, note, version: Date.now() }]);
        const filters = [{ dimension: 'id', operator: '=', values: [id] }];
        const [frame] = await framesOf(deps, context, { queryType: 'incidents', filters });
        return context.json({ incident: rowsOf(frame)[0] });
      },
    },
  ];
}
