import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { ApiDependencies, ApiEnv } from './route';

/** Name of the header with a request's id, in both directions. */
export const REQUEST_ID = 'X-Request-Id';

/** Asked every few seconds by machines: such lines would hide the others. */
const QUIET = ['/healthz', '/readyz', '/metrics'];

/** Gives each request an id, and notes in log and figures what became of it. */
export function requests({ log, monitor }: ApiDependencies): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    const start = performance.now();
    const id = idOf(context.env.incoming.headers['x-request-id']);
    context.set('id', id);
    await next();
    const seconds = (performance.now() - start) / 1000;
    const route = routePath(context, -1);
    const { status } = context.res;
    context.header(REQUEST_ID, id);
    monitor.observe(context.req.method, route, status, seconds);
    // The whole path may name a recipient, and is a stranger's: the pattern says enough.
    const line = {
      id,
      method: context.req.method,
      route,
      status,
      seconds: Math.round(seconds * 1000) / 1000,
      address: context.env.incoming.socket.remoteAddress,
      role: context.get('role'),
      ...context.get('person')?.told,
    };
    log[QUIET.includes(route) && status < 400 ? 'debug' : 'info'](line, 'request');
  };
}

/** An id of the one who asks, so that its log and ours can be laid side by side, or one of our own. */
function idOf(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:+/=-]{1,128}$/.test(given) ? given : randomUUID();
}
