import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { remoteConnection } from './remote';

let server: Server;
let answers: number[];

beforeEach(async () => {
  server = createServer((_request, response) => {
    response.writeHead(answers.shift() ?? 200, { 'retry-after': '0' }).end('{"files":[],"next":null}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

const connection = () => remoteConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {});

it('waits and asks again where it asked too often, and gives up on any other refusal', async () => {
  answers = [429, 429, 200];
  expect(await connection().list({ limit: 1 })).toEqual({ files: [], next: null });
  expect(answers).toEqual([]);
  answers = [503, 200];
  await expect(connection().list({ limit: 1 })).rejects.toThrow('HTTP 503');
});
