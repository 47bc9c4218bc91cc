import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call that reached the service, with its path as it stood on the wire, and what the service said. */
export interface Reached {
  readonly method: string;
  readonly path: string;
  /** The key that came with it. */
  readonly key: string | undefined;
  readonly status: number;
  readonly answer: string;
}

/** Stands between Grafana and the service, passes every call on as it is, and tells what came through. */
export class Witness {
  readonly reached: Reached[] = [];
  private readonly server = createServer((incoming, outgoing) => this.pass(incoming, outgoing));

  constructor(private readonly service: string) {}

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = '', url: path = '', headers } = incoming;
    const { hostname, port } = new URL(this.service);
    const onward = send({ hostname, port, method, path, headers }, (answered) => {
      const { statusCode: status = 0 } = answered;
      const pieces: Buffer[] = [];
      outgoing.writeHead(status, answered.headers);
      answered.on('data', (piece: Buffer) => {
        pieces.push(piece);
        outgoing.write(piece);
      });
      answered.on('end', () => {
        const key = headers.authorization?.replace(/^Bearer /, '');
        this.reached.push({ method, path, key, status, answer: Buffer.concat(pieces).toString() });
        outgoing.end();
      });
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  }
}
