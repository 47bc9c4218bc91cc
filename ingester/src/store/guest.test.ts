import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '.';
import { serveEngine } from './http.testkit';

// Without it what people write would run with the rights to change and drop everything, held by the list of words alone.
test('SQL of people goes to the server as the user who may only read, everything else as the other', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'watchtower-guest-'));
  const engine = await serveEngine(join(dir, 'engine'));
  const asked: { user: string; sql: string }[] = [];
  // Passes everything on and notes who came.
  const door = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', () => {
      const body = Buffer.concat(pieces);
      const [user = ''] = Buffer.from(incoming.headers.authorization?.slice(6) ?? '', 'base64')
        .toString()
        .split(':');
      asked.push({ user, sql: body.toString() });
      const { method, headers } = incoming;
      send(`${engine.url}${incoming.url ?? ''}`, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      }).end(body);
    });
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  const url = (user: string) => `http://${user}:secret@127.0.0.1:${(door.address() as AddressInfo).port}`;
  const store = await openStore({
    dataDir: dir,
    clickhouseUrl: url('writer'),
    clickhouseReadUrl: url('reader'),
  });
  expect(await store.read('SELECT 1 AS own')).toEqual([{ own: 1 }]);
  expect(await store.read('SELECT 2 AS theirs', { untrusted: true })).toEqual([{ theirs: 2 }]);
  await store.close();
  door.close();
  await engine.close();
  rmSync(dir, { recursive: true });
  const byReader = asked.filter(({ user }) => user === 'reader');
  expect(byReader.map(({ sql }) => sql.split('\n')[0])).toEqual(['SELECT 2 AS theirs']);
  expect(asked.some(({ user, sql }) => user === 'writer' && sql.startsWith('SELECT 1 AS own'))).toBe(true);
  expect(asked.every(({ user }) => user === 'writer' || user === 'reader')).toBe(true);
});
