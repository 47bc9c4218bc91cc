import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { announce, findService, withdraw } from './service-file';

let dataDir: string;
let server: Server;
let url: string;

beforeEach(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'service-'));
  server = createServer((_request, response) => response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dataDir, { recursive: true });
});

it('finds the service that announced itself, until it withdraws', async () => {
  expect(await findService(dataDir)).toBeUndefined();
  await announce(dataDir, { url, pid: process.pid });
  expect(await findService(dataDir)).toEqual({ url, pid: process.pid });
  await withdraw(dataDir);
  expect(await findService(dataDir)).toBeUndefined();
});

it('does not believe what a killed service left behind', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  await announce(dataDir, { url, pid });
  expect(await findService(dataDir)).toBeUndefined();
});

it('does not believe a file whose process lives but is another one', async () => {
  await announce(dataDir, { url: 'http://127.0.0.1:9', pid: process.pid });
  expect(await findService(dataDir)).toBeUndefined();
});

it('takes a damaged file for none', async () => {
  writeFileSync(path.join(dataDir, 'service.json'), '{"url":');
  expect(await findService(dataDir)).toBeUndefined();
});
