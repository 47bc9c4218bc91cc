import type { FileStatus } from '../ingest';
import { z } from 'zod';
import { ApiError } from './errors';
import { json, text } from './openapi';
import type { ApiDependencies, Route } from './route';

/** How long the store may take to say that it is there, in milliseconds. */
const STORE_DEADLINE = 5_000;

const WATCHED: FileStatus[] = ['queued', 'loading', 'following', 'rejected', 'failed'];

/** Most files of one status that are counted; beyond it the figure stands still. */
const MAX_COUNTED = 1000;

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
        answer: json(
          'It does',
          z.object({ status: z.literal('ready'), store: z.enum(['embedded', 'server']) }),
        ),
        refusals: { 503: 'it does not: `store_unavailable`' },
      },
      handle: async (context) => {
        await probe(deps);
        return context.json({ status: 'ready', store: deps.store.mode });
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      needs: 'read',
      doc: {
        tag: 'service',
        summary: 'Figures of requests, files and the process for Prometheus',
        answer: text("Prometheus' text format", 'text/plain'),
      },
      handle: async (context) =>
        context.text(deps.monitor.render(await filesByStatus(deps)), 200, {
          'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        }),
    },
  ];
}

async function probe({ store, log }: ApiDependencies): Promise<void> {
  try {
    await store.read('SELECT 1', { signal: AbortSignal.timeout(STORE_DEADLINE) });
  } catch (error) {
    log(`the store does not answer: ${String(error)}`);
    throw new ApiError(503, 'store_unavailable', 'the store does not answer');
  }
}

async function filesByStatus({ ingest }: ApiDependencies): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const status of WATCHED) {
    counts[status] = (await ingest.list({ status, limit: MAX_COUNTED })).files.length;
  }
  return counts;
}
