import { writeLogs } from '@pmta-watchtower/generator';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { FileRecord } from '../ingester/src/ingest';
import { Site, type Service } from './service';

const START = Date.UTC(2026, 8, 15) / 1000;
const RANGE = { from: 0, to: Date.UTC(2090, 0, 1) };
const TOTALS = { ...RANGE, queryType: 'metrics', metrics: ['delivered', 'bounced'], format: 'table' };

let site: Site;

afterEach(() => site.remove());

/** Small logs: acct first. */
const logs = async (): Promise<{ files: string[]; delivered: number; bounced: number }> => {
  const folder = path.join(site.folder, 'logs');
  mkdirSync(folder);
  const { truth, files } = await writeLogs(folder, { messages: 300, seed: 'lifecycle', start: START });
  return { ...truth.messages, files: files.map(({ name }) => path.join(folder, name)) };
};

const totals = async (service: Service): Promise<unknown[]> => {
  const [frame] = await service.ask(TOTALS);
  return (frame?.data.values ?? []).flat();
};

describe('serve', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with 0 at %s, and says no more where it can be reached',
    async (signal) => {
      site = new Site();
      const service = await site.serve();
      expect(statSync(path.join(site.data, 'service.json')).isFile()).toBe(true);
      const { code, stderr } = await service.stop(signal);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(readdirSync(site.data)).not.toContain('service.json');
    },
  );

  it('says where it answers, which folder takes logs and where the store is', async () => {
    site = new Site();
    const service = await site.serve();
    const { stdout } = await service.stop();
    expect(stdout).toContain(service.url);
    expect(stdout).toContain(site.drop);
    expect(stdout).toContain(site.data);
  });

  it('refuses a second service on the same data folder with one clear line', async () => {
    site = new Site();
    const service = await site.serve();
    const second = await site.run(['serve']);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/^watchtower: [^\n]*runs already[^\n]*\n$/);
    await service.stop();
  });

  it('starts again after kill -9, whatever that left behind', async () => {
    site = new Site();
    await (await site.serve()).stop('SIGKILL');
    const service = await site.serve();
    expect((await service.stop()).code).toBe(0);
  });

  it('refuses a port that is taken with one clear line', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    site = new Site({ WATCHTOWER_PORT: String((taken.address() as AddressInfo).port) });
    const { code, stderr } = await site.run(['serve']);
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^watchtower: [^\n]*EADDRINUSE[^\n]*\n$/);
  });

  it.each([
    [{ WATCHTOWER_PORT: 'x' }, /^watchtower: WATCHTOWER_PORT must be a port number[^\n]*\n$/],
    [
      { WATCHTOWER_HOST: '0.0.0.0' },
      /^watchtower: WATCHTOWER_HOST is 0\.0\.0\.0[^\n]*no key is set[^\n]*\n$/,
    ],
  ])('refuses %j with one clear line and exit code 2', async (settings, line) => {
    site = new Site(settings);
    const { code, stderr } = await site.run(['serve']);
    expect(code).toBe(2);
    expect(stderr).toMatch(line);
  });
});

describe('the command line', () => {
  const query = JSON.stringify({ queries: [{ refId: 'A', ...TOTALS }] });

  it('loads files without a service, prints what became of them, and answers from the store', async () => {
    site = new Site();
    const { files, delivered, bounced } = await logs();
    const loaded = await site.run(['ingest', ...files]);
    expect(loaded).toMatchObject({ code: 0, stderr: '' });
    for (const file of files) expect(loaded.stdout).toContain(path.basename(file));

    const answered = await site.run(['query', '--json'], query);
    const { results } = JSON.parse(answered.stdout) as {
      results: { A: { frames: { data: { values: number[][] } }[] } };
    };
    expect(results.A.frames[0]?.data.values).toEqual([[delivered], [bounced]]);
    expect((await site.run(['status'])).stdout).toMatch(/service +not running/);
  });

  it('talks to the service where one holds the store', async () => {
    site = new Site();
    const { files, delivered } = await logs();
    const service = await site.serve();
    expect(await site.run(['ingest', ...files])).toMatchObject({ code: 0 });
    expect((await site.run(['query', query])).stdout).toContain(delivered.toLocaleString('en-US'));
    expect((await site.run(['status'])).stdout).toContain(service.url);

    const { files: records } = await service.get<{ files: FileRecord[] }>('/api/files');
    expect((await site.run(['files'])).stdout).toContain(records[0]?.id);
    for (const { id } of records)
      expect(await site.run(['delete', id])).toMatchObject({ code: 0, stderr: '' });
    expect(await totals(service)).toEqual([]);
    await service.stop();
  });

  it('fails for a file that is not there, an id that is not there, and a query that is none', async () => {
    site = new Site();
    expect(await site.run(['ingest', 'nowhere.csv'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ENOENT'),
    });
    expect(await site.run(['delete', 'x'])).toMatchObject({
      code: 1,
      stderr: 'watchtower: there is no file x\n',
    });
    expect(await site.run(['query', '{'])).toMatchObject({
      code: 2,
      stderr: 'watchtower: the query is not JSON\n',
    });
    expect(await site.run(['nonsense'])).toMatchObject({ code: 2 });
  });

  it('writes a demo day whose figures are those it says', async () => {
    site = new Site();
    const demo = await site.run(['demo', '--messages', '500']);
    expect(demo.code).toBe(0);
    const files = readdirSync(site.drop).filter((name) => !name.startsWith('.'));
    const service = await site.serve();
    await service.settled(files.length);
    const [delivered] = await totals(service);
    expect(demo.stdout).toContain(`  ${String(delivered)}  `);
    await service.stop();
  });
});

describe('uploads', () => {
  it('answers 202 with the queued files of a form, and loads them', async () => {
    site = new Site();
    const { files, delivered, bounced } = await logs();
    const service = await site.serve();
    const queued = await service.upload(files, '?node=mta1');
    expect(queued.map(({ name, node }) => [name, node])).toEqual(
      files.map((file) => [path.basename(file), 'mta1']),
    );
    await service.settled(files.length);
    expect(await totals(service)).toEqual([delivered, bounced]);
    expect(readdirSync(path.join(site.data, 'uploads'))).toEqual([]);
    await service.stop();
  });

  it('survives kill -9 right after the answer: what was accepted is loaded, once', async () => {
    site = new Site();
    const { files, delivered, bounced } = await logs();
    const first = await site.serve();
    await first.upload(files);
    await first.stop('SIGKILL');
    const service = await site.serve();
    await service.settled(files.length);
    expect(await totals(service)).toEqual([delivered, bounced]);
    await service.stop();
  });
});
