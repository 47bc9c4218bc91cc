import { createChdbConnection } from 'chdb/connection';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The real engine behind ClickHouse's HTTP protocol, as far as the official client speaks it. */
export interface EngineServer {
  url: string;
  close(): Promise<void>;
}

/** Serves an engine on a folder. Statements run one after the other on one connection. */
export async function serveEngine(folder: string, port = 0): Promise<EngineServer> {
  const connection = createChdbConnection({ path: folder });
  const scratch = mkdtempSync(join(tmpdir(), 'watchtower-http-'));
  let count = 0;
  let tail: Promise<unknown> = Promise.resolve();

  async function run(url: URL, body: Buffer): Promise<string> {
    for (const [name, value] of url.searchParams) {
      if (name.startsWith('param_')) {
        const text = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
        await connection.chdb.queryAsync(`SET ${name} = '${text}'`);
      }
    }
    const query = url.searchParams.get('query');
    const sql = query === null ? body.toString() : withInput(query, body);
    return (await connection.chdb.queryAsync(sql)).text();
  }

  /** An INSERT … SELECT … FROM input(structure) FORMAT CSV reads what came as the body. */
  function withInput(query: string, body: Buffer): string {
    const path = join(scratch, `${++count}.csv`);
    writeFileSync(path, body);
    return query
      .replace(/input\(('(?:[^'\\]|\\.)*')\)/, `file('${path}', 'CSV', $1)`)
      .replace(/\s+FORMAT CSV\s*$/, '');
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const url = new URL(request.url ?? '/', 'http://engine');
    const work = tail.then(() => run(url, Buffer.concat(parts)));
    tail = work.catch(() => undefined);
    try {
      response.setHeader('X-ClickHouse-Format', 'JSONEachRow');
      response.end(await work);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      response
        .writeHead(500, { 'X-ClickHouse-Exception-Code': '1' })
        .end(`Code: 1. DB::Exception: ${message}`);
    }
  }

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await tail;
      await connection.close();
      rmSync(scratch, { recursive: true });
    },
  };
}
