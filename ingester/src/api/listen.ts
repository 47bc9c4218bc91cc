import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Server } from 'node:http';
import { isIPv6, type AddressInfo } from 'node:net';
import type { ApiEnv } from './route';

/** How long a connection may stay without a byte in either direction, in milliseconds: longer than any query. */
const IDLE_TIMEOUT = 300_000;

/** How long requests under way may take to end after `close`, in milliseconds. */
const DRAIN_TIMEOUT = 5_000;

/** An API that listens. */
export interface Listening {
  /** Where to reach it from this machine. */
  url: string;
  /** Takes no more requests and resolves when those under way are answered. */
  close(): Promise<void>;
}

/** Serves an application on an address; port 0 takes a free one. Rejects where the address cannot be had. */
export async function listen(
  app: Hono<ApiEnv>,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.headersTimeout = 15_000;
  // A large upload may take as long as it needs while bytes arrive.
  server.requestTimeout = 0;
  server.timeout = IDLE_TIMEOUT;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server.address() as AddressInfo),
    close: () => drain(server),
  };
}

/** An address that means "every interface" is reached through loopback. */
function urlOf({ address, port }: AddressInfo): string {
  const own = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${isIPv6(own) ? `[${own}]` : own}:${port}`;
}

async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT);
  await closed;
  clearTimeout(timer);
}
