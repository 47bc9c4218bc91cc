import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { alertRoutes } from './alerts';
import { analyticsRoutes } from './analytics';
import { documentationRoutes, pageHeaders } from './documentation';
import { ApiError, envelope } from './errors';
import { eventRoutes } from './events';
import { exportRoutes } from './export';
import { fileRoutes } from './files';
import { guard } from './guard';
import { healthRoutes } from './health';
import { incidentRoutes } from './incidents';
import { Limits } from './limits';
import { messageRoutes } from './messages';
import { queryRoutes } from './queries';
import { requests } from './requests';
import { streamRoutes } from './stream';
import { userRoutes } from './users';
import type { ApiContext, ApiDependencies, ApiEnv, Route } from './route';

/** Every route of the API. */
export function routes(deps: ApiDependencies): Route[] {
  const answering = [
    ...healthRoutes(deps),
    ...queryRoutes(deps),
    ...eventRoutes(deps),
    ...messageRoutes(deps),
    ...analyticsRoutes(deps),
    ...incidentRoutes(deps),
    ...exportRoutes(deps),
    ...fileRoutes(deps),
    ...streamRoutes(deps),
    ...alertRoutes(deps),
    ...userRoutes(deps),
  ];
  return [...answering, ...documentationRoutes(answering)];
}

/** The whole API as a Hono application; it wants to be served by Node, whose request it reads addresses and bodies from. */
export function createApp(deps: ApiDependencies): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  const limits = new Limits(deps.rateLimits);
  app.use(requests(deps));
  // What stands first has the last word on headers.
  app.use('/docs', pageHeaders);
  app.use(
    secureHeaders({
      strictTransportSecurity: false,
      xFrameOptions: 'DENY',
      contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    }),
  );
  app.use(async (context, next) => {
    refuseDetours(context);
    await next();
    context.header('Cache-Control', 'no-store');
  });
  for (const { method, path, needs, doc, handle } of routes(deps)) {
    app.on(method, path, async (context) => {
      await guard(deps, limits, context, needs, doc.body !== undefined);
      return handle(context);
    });
  }
  app.notFound(async (context) => {
    await guard(deps, limits, context, 'public', false);
    return context.json(envelope(new ApiError(404, 'not_found', 'there is no such route')), 404);
  });
  app.onError((error, context) => {
    const known = error instanceof ApiError ? error : internal(error, context, deps);
    if (known.retryAfter !== undefined) context.header('Retry-After', String(known.retryAfter));
    // What is left of a refused body that has arrived is dropped; where more is to come, the connection cannot carry
    // another request.
    if (context.env.incoming.complete) context.env.incoming.resume();
    else context.header('Connection', 'close');
    return context.json(envelope(known), known.status);
  });
  return app;
}

/** A proxy that takes `..%2f` or `%2e%2e` for part of a name would let a path through that it does not allow. */
function refuseDetours(context: ApiContext): void {
  const path = (context.env.incoming.url ?? '').split('?', 1)[0] ?? '';
  if (/%2f|%5c|\\/i.test(path)) throw new ApiError(400, 'invalid_path', 'the path holds an encoded slash');
  // Clients resolve these before they send.
  if (path.split('/').some((part) => /^(\.|%2e){1,2}$/i.test(part)))
    throw new ApiError(400, 'invalid_path', 'the path holds a part that is only dots');
}

/** What went wrong is for the log: it may name tables, paths or addresses. */
function internal(error: Error, context: ApiContext, { log }: ApiDependencies): ApiError {
  const id = context.get('id');
  log.error({ id, err: error }, 'a request failed by our fault');
  return new ApiError(500, 'internal', 'the request failed; the log of the service says why', {
    requestId: id,
  });
}
