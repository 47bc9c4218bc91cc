import { writeLogs } from '@pmta-watchtower/generator';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileRecord } from '../ingester/src/ingest';
import { stamp, type Cells } from '../ingester/src/ingest/ingest.testkit';
import { Site, type Service } from './service';
import { differences, type Truth } from './truth';

const START = Date.UTC(2026, 8, 15) / 1000;

let site: Site;

afterEach(() => site.remove());

const logs = async (): Promise<{ folder: string; names: string[]; truth: Truth }> => {
  const folder = path.join(site.folder, 'logs');
  mkdirSync(folder);
  const { truth, files } = await writeLogs(folder, { messages: 400, seed: 'folder', start: START });
  return { folder, names: files.map(({ name }) => name), truth };
};

const until = async (what: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 400; tries++) {
    if (await what()) return;
    await sleep(100);
  }
  throw new Error('nothing of the kind happened within 40 seconds');
};

/** Rows of a job of its own under the header of `log`, `seconds` apart from `from` (epoch seconds) on. */
function mailing(log: Buffer, from: number, rows: number, seconds: number, more: Cells = {}): string {
  const header = log.toString('utf8', 0, log.indexOf('\n')).split(',');
  return Array.from({ length: rows }, (_, i) => {
    const at = from + i * seconds;
    const who = { orig: 'live@sender.example', rcpt: `user${at}@gmail.com`, jobId: 'J-live' };
    const cells: Cells = { type: 'd', timeLogged: stamp(at), timeQueued: stamp(at - 5), ...who, ...more };
    return `${header.map((column) => cells[column] ?? '').join(',')}\n`;
  }).join('');
}

const files = async (service: Service): Promise<FileRecord[]> =>
  (await service.get<{ files: FileRecord[] }>('/api/files')).files;

it('puts loaded files into .done, refused ones into .failed beside their reason, and takes nodes from sub-folders', async () => {
  site = new Site();
  const { folder, names } = await logs();
  const service = await site.serve();
  mkdirSync(path.join(site.drop, 'mta1'));
  for (const name of names) copyFileSync(path.join(folder, name), path.join(site.drop, 'mta1', name));
  writeFileSync(path.join(site.drop, 'strange.csv'), 'no,such,header\n1,2,3\n');

  await until(() => existsSync(path.join(site.drop, '.failed', 'strange.csv.reason.txt')));
  await until(() => readdirSync(path.join(site.drop, 'mta1')).length === 0);
  expect(readdirSync(path.join(site.drop, '.done', 'mta1')).sort()).toEqual([...names].sort());
  expect(readFileSync(path.join(site.drop, '.failed', 'strange.csv.reason.txt'), 'utf8')).toMatch(
    /strange\.csv: .+/,
  );
  const found = await files(service);
  expect(new Set(found.map(({ node, status }) => `${node} ${status}`))).toEqual(
    new Set(['mta1 loaded', ' rejected']),
  );

  copyFileSync(path.join(folder, names[0] ?? ''), path.join(site.drop, 'mta1', 'again.csv'));
  await until(async () =>
    (await files(service)).some(({ name, status }) => name === 'again.csv' && status === 'duplicate'),
  );
  await service.stop();
});

it('follows a live log in place over a restart and its rotation, and the whole copy of it adds nothing', async () => {
  site = new Site({ WATCHTOWER_AFTER_LOAD: 'keep' });
  const { folder, names, truth } = await logs();
  mkdirSync(site.drop);
  const [acct = '', ...others] = names;
  for (const name of others) copyFileSync(path.join(folder, name), path.join(site.drop, name));
  const text = readFileSync(path.join(folder, acct));
  const live = path.join(site.drop, 'acct.csv');
  const part = (from: number, to: number): Buffer =>
    text.subarray(Math.floor(text.length * from), Math.floor(text.length * to));

  let service = await site.serve();
  writeFileSync(live, part(0, 0.1));
  for (let tenth = 1; tenth < 6; tenth++) {
    await sleep(1500);
    appendFileSync(live, part(tenth / 10, (tenth + 1) / 10));
  }
  await until(async () => (await files(service)).some(({ name, rows }) => name === 'acct.csv' && rows > 100));
  await service.stop('SIGKILL');

  appendFileSync(live, part(0.6, 0.9));
  service = await site.serve();
  await sleep(2500);
  appendFileSync(live, part(0.9, 1));
  renameSync(live, path.join(site.drop, acct));
  writeFileSync(live, text.subarray(0, text.indexOf('\n') + 1));
  await until(async () => {
    const [frame] = await service.ask({ from: 0, to: Date.UTC(2090, 0, 1), metrics: ['delivered'] });
    return frame?.data.values[0]?.[0] === truth.messages.delivered;
  });
  expect(await differences(service.ask, truth)).toEqual([]);

  await service.upload([path.join(folder, acct)]);
  await service.settled(names.length + 1);
  expect(await differences(service.ask, truth)).toEqual([]);
  expect(
    readdirSync(site.drop)
      .filter((name) => !name.startsWith('.'))
      .sort(),
  ).toEqual([...names, 'acct.csv'].sort());

  // What is wrong now must be known now: from the line in the live log to the incident that is asked for.
  const spikes = async (): Promise<readonly unknown[]> => {
    const query = { from: 0, to: Date.UTC(2090, 0, 1), queryType: 'incidents' };
    const filters = [{ dimension: 'kind', values: ['bounce_spike'] }];
    const [frame] = await service.ask({ ...query, filters });
    return frame?.data.values[0] ?? [];
  };
  const now = Math.floor(Date.now() / 1000);
  appendFileSync(live, mailing(text, now - 3600, 300, 10));
  await until(async () =>
    (await files(service)).some(({ name, rows }) => name === 'acct.csv' && rows === 300),
  );
  expect(await spikes()).toEqual([]);
  const written = Date.now();
  const bad = { type: 'b', bounceCat: 'bad-mailbox', dsnStatus: '5.1.1 (bad destination mailbox address)' };
  appendFileSync(live, mailing(text, now - 300, 60, 2, bad));
  await until(async () => (await spikes()).length === 1);
  process.stdout.write(`an incident ${((Date.now() - written) / 1000).toFixed(1)} s after its line\n`);
  await service.stop();
}, 120_000);
