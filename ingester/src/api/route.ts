import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Ingest } from '../ingest';
import type { AnswerContext } from '../model';
import type { Settings } from '../config';
import type { Log } from '../log';
import type { Store } from '../store';
import type { Permission, Role } from './access';
import type { Person } from './asker';
import type { RateLimits } from './limits';
import type { LiveCounters } from './stream';
import type { Monitor } from './monitor';
import type { RouteDoc } from './openapi';

/** What the routes work with. */
export interface ApiDependencies {
  store: Pick<Store, 'read' | 'append' | 'mode' | 'turns'>;
  ingest: Ingest;
  settings: Pick<Settings, 'keys' | 'dataDir' | 'maxFileBytes'>;
  /** What answering a query needs to know besides the store. */
  context: AnswerContext;
  monitor: Monitor;
  stream: LiveCounters;
  log: Log;
  /** Other limits than the service's own. */
  rateLimits?: RateLimits;
  /** Another deadline for queries, in milliseconds. */
  queryDeadline?: number;
}

/** What stands beside a request: Node's own request and response, its id, and what is known of who sent it. */
export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: { id: string; masked: boolean; person?: Person; role?: Role };
}

/** A request as Hono hands it over. */
export type ApiContext = Context<ApiEnv>;

/** One route. Permission and documentation stand in it, so that a route without either does not compile. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  needs: Permission;
  doc: RouteDoc;
  handle: (context: ApiContext) => Promise<Response> | Response;
}
