import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame } from '../ingester/src/model';
import { hasGo } from '../scripts/plugin.cjs';
import { Backend, DAY, SEEN, START } from './backend';

const there = hasGo();
if (!there) process.stderr.write('Go is not installed: the tests of the built backend are skipped.\n');

// The built backend, started and spoken to over the plugin protocol as Grafana does, in front of the real service.
(there ? describe : describe.skip)('calls to the built backend', () => {
  let backend: Backend;

  beforeAll(async () => {
    backend = await Backend.open();
  }, 300_000);

  afterAll(() => backend?.close());

  describe('the test button', () => {
    it('tells what answers', async () => {
      const { apiVersion, schemaVersion } = await backend.service.get<{
        apiVersion: string;
        schemaVersion: number;
      }>('/readyz');
      const { status, message, details } = await backend.health({ pluginVersion: apiVersion });
      expect(status).toBe('OK');
      expect(message).toMatch(`Watchtower ${apiVersion} answers, schema ${schemaVersion}, newest event `);
      expect(details).toMatchObject({ status: 'ready', apiVersion });
    });

    it.each([
      ['a wrong key', { secrets: { readKey: 'wrong' } }, 'does not accept the read key'],
      ['no key', { secrets: {} }, 'does not accept the read key'],
      ['another version', { pluginVersion: '99.0.0' }, 'this plugin is of version 99.0.0'],
      ['an address where nothing is', { settings: { apiUrl: 'http://127.0.0.1:1' } }, 'cannot be reached'],
      ['no address', { settings: {} }, 'is not set'],
    ])('says what to do: %s', async (_, more, says) => {
      const { status, message } = await backend.health(more);
      expect([status, message]).toEqual(['ERROR', expect.stringContaining(says)]);
    });
  });

  describe('resources', () => {
    it.each([
      ['model', ''],
      ['dimensions', ''],
      ['dimensions/provider/values', '?search=mail'],
      ['files', '?limit=2'],
      ['export', `?from=${SEEN.from}&to=${SEEN.to}&format=csv&limit=5`],
    ])('of a Viewer are those of the API: %s', async (route, query) => {
      const { status, body, headers } = await backend.resource('Viewer', 'GET', route, query);
      const path = route === 'export' ? '/api/analytics/export' : `/api/${route}`;
      const own = await backend.service.open(path + query, { headers: { 'X-Watchtower-Role': 'Viewer' } });
      expect(status).toBe(200);
      expect(headers['Content-Type']).toEqual([own.headers.get('content-type')]);
      expect(body).toBe(await own.text());
      expect(body.length).toBeGreaterThan('{"values":[]}'.length);
    });

    it('change files for those alone who may, and tell the others', async () => {
      const [file] = await backend.wrong();
      const route = `files/${file?.id ?? ''}`;
      const tries = [
        await backend.resource('Viewer', 'POST', `${route}/retry`),
        await backend.resource('', 'POST', `${route}/retry`),
        await backend.resource('Viewer', 'DELETE', route),
        await backend.resource('Editor', 'DELETE', route),
      ];
      expect(tries.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
      expect(tries.filter(({ body }) => !body.includes('needs the role'))).toEqual([]);
      expect(await backend.wrong()).toEqual([file]);
      // What was uploaded is not kept: it is the API that says so, to one who may ask.
      const retried = await backend.resource('Editor', 'POST', `${route}/retry`);
      expect([retried.status, JSON.parse(retried.body)]).toMatchObject([
        422,
        { message: 'the file is gone' },
      ]);
      expect((await backend.resource('Admin', 'DELETE', route)).status).toBe(200);
      expect(await backend.wrong()).toEqual([]);
    });
  });

  describe('the live stream', () => {
    const streams = async () =>
      /^watchtower_streams (\d+)$/m.exec(await (await backend.service.open('/metrics')).text())?.[1];

    it('brings what a commit added', async () => {
      const asker = backend.as('Viewer');
      const coming = backend.host.call<Frame[]>('stream', { asker, path: 'counters', frames: 1 });
      while ((await streams()) !== '1') await sleep(20);
      const { truth, files } = await backend.write('later', START + 5 * DAY, 60);
      await backend.service.upload(files);
      const [frame] = await coming;
      expect(frame?.schema.fields.map(({ name, typeInfo }) => [name, typeInfo.frame])).toEqual([
        ['time', 'time.Time'],
        ...['delivered', 'bounced', 'deferred', 'complaints'].map((name) => [name, 'float64']),
      ]);
      const { delivered, bounced, deferrals, complaints } = truth.messages;
      expect(frame?.data.values.slice(1)).toEqual([[delivered], [bounced], [deferrals], [complaints]]);
      // Nobody listens any more: the connection to the API is given up.
      while ((await streams()) !== '0') await sleep(20);
    });

    it('has no other channel, and takes nothing', async () => {
      const asker = backend.as('Admin');
      await expect(backend.host.call('stream', { asker, path: 'other', frames: 1 })).rejects.toThrow(
        'NOT_FOUND',
      );
      expect(await backend.host.call('publish', { asker, path: 'counters' })).toBe('PERMISSION_DENIED');
    });
  });

  // The last one, as it ends the service.
  it('tells on each query that the service is gone', async () => {
    await backend.service.stop();
    const query = { ...SEEN, queryType: 'metrics', metrics: ['delivered'] };
    const results = await backend.through(
      [
        { ...query, refId: 'A' },
        { ...query, refId: 'B' },
      ],
      'Viewer',
    );
    const gone = {
      status: 502,
      frames: [],
      error: expect.stringContaining('cannot be reached'),
      errorSource: 'downstream',
    };
    expect(results).toEqual({ A: gone, B: gone });
    expect(await backend.health()).toMatchObject({ status: 'ERROR' });
  });
});
