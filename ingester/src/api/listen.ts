import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Server } from 'node:http';
import { isIPv6, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ApiEnv } from './route';

/** How long a connection may stay without a byte in either direction, in milliseconds: longer than any query. */
const IDLE_TIMEOUT = 300_000;

/** How long a connection stays open after an answer, in milliseconds: longer than clients keep one (Grafana 90 s), as what they send into one that closes is lost. */
const KEPT_OPEN = 100_000;

/** How long requests under way may take to end after `close`, in milliseconds. */
const DRAIN_TIMEOUT = 5_000;

/** Connections at once; more are closed as they come. */
const MAX_CONNECTIONS = 1000;

/** Request line and headers together, in bytes: filters stand in addresses. */
const MAX_HEADER_BYTES = 16_384;

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
  const serverOptions = { maxHeaderSize: MAX_HEADER_BYTES, connectionsCheckingInterval: 5_000 };
  // Node itself drops what is left of a body that nobody read. The adaptor would end the connection behind every answer to
  // a request whose body was not read, though the answer says that it stays open.
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions,
    autoCleanupIncoming: false,
  }) as Server;
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = 15_000;
  // A large upload may take as long as it needs while bytes arrive.
  server.requestTimeout = 0;
  server.timeout = IDLE_TIMEOUT;
  server.keepAliveTimeout = KEPT_OPEN;
  server.on('clientError', refuse);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server.address() as AddressInfo),
    close: () => drain(server),
  };
}

/** What Node could not read as a request, or not in time. */
const UNREADABLE: Readonly<Record<string, readonly [status: string, code: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'too_large',
    `address and headers hold at most ${MAX_HEADER_BYTES} bytes`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'timeout', 'the request took too long to arrive'],
};

function refuse({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const [status, word, message] = UNREADABLE[code] ?? ['400 Bad Request', 'invalid_request', 'not HTTP'];
  const body = JSON.stringify({ error: { code: word, message, details: null } });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
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
