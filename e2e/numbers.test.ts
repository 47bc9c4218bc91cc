import { writeLogs, type LogOptions } from '@pmta-watchtower/generator';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Site, type Service } from './service';
import { differences, type Truth } from './truth';

const SAMPLES = path.resolve(__dirname, '../../shared/data');

const START = Date.UTC(2026, 8, 15) / 1000;

/** Ways to write the same events, each of which has to give the same numbers. */
const VARIANTS: Record<string, Partial<LogOptions>> = {
  'a file per kind': {},
  'epoch times': { time: 'epoch' },
  'times without a zone': { time: 'zoneless' },
  'every attempt in tran too': { layout: 'seed' },
  'one mixed series': { layout: 'mixed' },
  'quoted, CRLF, BOM, newlines in quotes': { style: 'quoted' },
  'rb rows that are remote bounces': { rb: 'remote' },
  'no Message-Id but in acct': { without: { bounce: ['header_Message-Id'], tran: ['header_Message-Id'] } },
  'no jobId but in acct': { without: { bounce: ['jobId'], tran: ['jobId'] } },
  'no Message-Id anywhere': { without: { all: ['header_Message-Id'] } },
  'redacted recipients': { redactRecipients: true },
  'a return path per recipient': { verp: true },
  'rotated and compressed': { rotate: { bytes: 100_000 }, gzip: true, received: true },
};

let site: Site;
let service: Service;

beforeEach(async () => {
  site = new Site();
  service = await site.serve();
});

afterEach(async () => {
  await service.stop();
  site.remove();
});

describe('the same events give the same numbers, however they were logged', () => {
  it.each(Object.entries(VARIANTS))('%s', async (_name, variant) => {
    const logs = path.join(site.folder, 'logs');
    mkdirSync(logs);
    const { truth, files } = await writeLogs(logs, {
      messages: 1500,
      seed: 'numbers',
      start: START,
      ...variant,
    });
    await service.upload(files.map(({ name }) => path.join(logs, name)));
    const loaded = await service.settled(files.length);
    expect(loaded.map(({ status, message }) => [status, message])).toEqual(files.map(() => ['loaded', '']));
    expect(await differences(service.ask, truth)).toEqual([]);
  });
});

const samples = existsSync(SAMPLES) ? readdirSync(SAMPLES).filter((name) => !name.includes('.')) : [];

describe('sample logs beside the repository, dropped into the folder', () => {
  const each = samples.length > 0 ? it.each(samples) : it.skip.each(['none are there']);
  each('%s', async (name) => {
    const folder = path.join(SAMPLES, name);
    const files = existsSync(path.join(folder, 'files')) ? path.join(folder, 'files') : folder;
    cpSync(files, site.drop, { recursive: true });
    const loaded = await service.settled(readdirSync(files).length);
    expect(loaded.map(({ status, message }) => [status, message])).toEqual(loaded.map(() => ['loaded', '']));
    const truth = path.join(folder, 'truth.json');
    if (!existsSync(truth)) return;
    expect(await differences(service.ask, JSON.parse(readFileSync(truth, 'utf8')) as Truth)).toEqual([]);
  });
});
