import { z } from 'zod';
import { ApiError } from './errors';
import { json, text } from './openapi';
import type { ApiDependencies, Route } from './route';
import { readState, type ServiceState } from './state';
import { API_VERSION } from './version';

/** What one with a key is told of the service's state. */
const STATE = {
  apiVersion: z.string(),
  schemaVersion: z.number().nullable(),
  newestEventAgeSeconds: z.number().nullable(),
  ingestLagSeconds: z.number(),
  waitingFiles: z.number(),
  waitingQueries: z.number(),
  problem: z.string().nullable(),
};

/** Whether the process lives, whether it can answer, and its figures. */
export function healthRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/healthz',
      needs: 'public',
      doc: {
        tag: 'service',
        summary: 'Whether the process lives',
        description: 'Does not ask the store.',
        answer: json('It does', z.object({ status: z.literal('ok') })),
      },
      handle: (context) => context.json({ status: 'ok' }),
    },
    {
      method: 'GET',
      path: '/readyz',
      needs: 'public',
      doc: {
        tag: 'service',
        summary: 'Whether the store answers',
        description: 'One who brings a key learns the state of store and ingest as well.',
        answer: json(
          'It does',
          z.object({
            status: z.literal('ready'),
            store: z.enum(['embedded', 'server']),
            ...z.object(STATE).partial().shape,
          }),
        ),
        refusals: { 503: 'it does not: `store_unavailable`' },
      },
      handle: async (context) => {
        const known = context.get('role') !== undefined || !context.get('masked');
        return context.json({ status: 'ready', store: deps.store.mode, ...(await readiness(deps, known)) });
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      needs: 'read',
      doc: {
        tag: 'service',
        summary: 'Figures of requests, ingest, queries, store and process for Prometheus',
        answer: text("Prometheus' text format", 'text/plain'),
      },
      handle: async (context) =>
        context.text(await deps.monitor.render(await readState(deps)), 200, {
          'content-type': deps.monitor.contentType,
        }),
    },
  ];
}

/** What the service's state is; nothing of it to one who brings no key. */
async function readiness(deps: ApiDependencies, known: boolean): Promise<Record<string, unknown>> {
  const state = await readState(deps);
  const details = known ? described(state) : {};
  if (state.problem === undefined) return details;
  deps.log.warn({ problem: state.problem }, 'the store does not answer');
  throw new ApiError(503, 'store_unavailable', 'the store does not answer', known ? details : undefined, 10);
}

function described({ store, problem, newestEventAge, ingest, turns }: ServiceState): Record<string, unknown> {
  return {
    apiVersion: API_VERSION,
    schemaVersion: store?.schemaVersion ?? null,
    newestEventAgeSeconds: newestEventAge,
    ingestLagSeconds: ingest.lagSeconds,
    waitingFiles: (ingest.files.queued ?? 0) + (ingest.files.loading ?? 0),
    waitingQueries: turns.waiting,
    problem: problem ?? (ingest.trouble || null),
  };
}
