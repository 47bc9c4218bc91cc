import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Ingest } from '../ingest';
import type { AnswerContext } from '../model';
import type { Settings } from '../config';
import type { Store } from '../store';
import type { Permission } from './access';
import type { Monitor } from './monitor';
import type { RouteDoc } from './openapi';

/** What the routes work with. */
export interface ApiDependencies {
  store: Pick<Store, 'read' | 'mode'>;
  ingest: Ingest;
  settings: Pick<Settings, 'keys' | 'dataDir' | 'maxFileBytes'>;
  /** What answering a query needs to know besides the store. */
  context: AnswerContext;
  monitor: Monitor;
  /** Takes one line for each request that failed by our fault. */
  log: (line: string) => void;
}

/** What stands beside a request: Node's own request and response, and whether recipients are hidden from who sent it. */
export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: { masked: boolean };
}

/** A request as Hono hands it over. */
export type ApiContext = Context<ApiEnv>;

/** One route. Permission and documentation stand in it, so that a route without either does not compile. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  needs: Permission;
  doc: RouteDoc;
  handle: (context: ApiContext) => Promise<Response> | Response;
}
