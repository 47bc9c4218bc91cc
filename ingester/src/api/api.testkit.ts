import type { Settings } from '../config';
import type { Room } from '../ingest/ingest.testkit';
import { createApp, listen, Monitor, type ApiDependencies, type Listening } from '.';

/** Serves a room's store and ingest on a free port, with these keys. */
export async function serveRoom(
  { store, ingest, dataDir }: Room,
  keys: Settings['keys'] = {},
  more: Partial<ApiDependencies> = {},
): Promise<Listening> {
  const settings = { keys, dataDir, maxFileBytes: 1000 };
  const context = { timezone: 'UTC', complaintProviders: [] };
  const monitor = new Monitor();
  const deps = { store, ingest, settings, context, monitor, log: () => undefined, ...more };
  const api = await listen(createApp(deps), { host: '127.0.0.1', port: 0 });
  monitor.close();
  return api;
}
