import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLogs, type FileTruth } from '@pmta-watchtower/generator';
import { CrashSite, type CrashPlan, type CrashReport, type Ending } from './crash.testkit';

/** Every crash leaves a store in which the next start finishes the work, as if nothing had happened. */

let logs: string;
let waves: string[][];
let loaded: CrashReport;
let deleted: CrashReport;
let deletions: string[];

beforeAll(async () => {
  logs = mkdtempSync(join(tmpdir(), 'watchtower-crash-logs-'));
  // tran holds final attempts too and lacks the ids, bounce lacks one: copies and completed ids cross the files.
  const { files } = await writeLogs(logs, {
    messages: 500,
    seed: 'crash',
    start: 1_789_506_000, // Three hours before midnight: inserts go into two partitions.
    seconds: 6 * 3600,
    layout: 'seed',
    rb: 'remote',
    without: { tran: ['jobId', 'header_Message-Id'], bounce: ['header_Message-Id'] },
    rotate: { seconds: 2 * 3600 },
  });
  const of = (kind: FileTruth['type'] | 'rest') =>
    files
      .filter((file) =>
        kind === 'rest' ? !['acct', 'tran', 'bounce'].includes(file.type) : file.type === kind,
      )
      .map(({ name }) => join(logs, name));
  waves = [of('bounce'), [...of('tran'), ...of('acct')], of('rest')];
  deletions = files.filter(({ type }) => type === 'acct').map(({ name }) => name);
  loaded = await undisturbed({ deletions: [] });
  deleted = await undisturbed({ deletions });
  expect(loaded.events.length).toBeGreaterThan(500);
  expect(deleted.events).not.toEqual(loaded.events);
}, 120_000);

afterAll(() => rmSync(logs, { recursive: true, force: true }));

async function undisturbed(work: { deletions: string[] }): Promise<CrashReport> {
  const site = new CrashSite({ waves, retries: [], ...work });
  try {
    const ending = await site.run();
    expect(ending).toMatchObject({ code: 0, stderr: '', spooled: [] });
    return ending.report as CrashReport;
  } finally {
    site.clear();
  }
}

/** The next start after one or several crashes. */
function expectWhole({ code, stderr, report, spooled }: Ending, like: CrashReport): void {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(report?.drift).toEqual([]);
  expect(report?.doubled).toEqual([]);
  expect(report?.openCommits).toBe(0);
  expect(report?.events).toEqual(like.events);
  expect(report?.files).toEqual(like.files);
  expect(spooled).toEqual([]);
}

async function crashed(site: CrashSite, kill: CrashPlan['kill']): Promise<Ending> {
  const ending = await site.run(kill);
  expect(ending).toMatchObject({ signal: 'SIGKILL', code: null });
  return ending;
}

describe('kill -9 while files are loaded', () => {
  for (const [step, n] of [
    ['hash', 1],
    ['ledger', 1],
    ['ledger', 3],
    ['inserted', 1],
    ['inserted', 3],
    ['chunk', 2],
  ] as const) {
    it(`at '${step}' for the ${n}. time: the next start finishes the work`, async () => {
      const site = new CrashSite({ waves, deletions: [], retries: [] });
      expect((await crashed(site, { step, n })).at).toBe(step);
      expectWhole(await site.run(), loaded);
      site.clear();
    });
  }

  for (const afterMs of [2, 20, 60]) {
    it(`${afterMs} ms into the insert: what was half written is finished`, async () => {
      const site = new CrashSite({ waves, deletions: [], retries: [] });
      expect((await crashed(site, { step: 'ledger', n: 2, afterMs })).at).toBe(`ledger + ${afterMs} ms`);
      expectWhole(await site.run(), loaded);
      site.clear();
    });
  }

  for (const losing of ['events', 'totals_minute', 'dimension_hour', 'pair_day', 'file_totals']) {
    it(`when the engine had noted the insert into ${losing} and not made its part: it is made`, async () => {
      const site = new CrashSite({ waves, deletions: [], retries: [] });
      await crashed(site, { step: 'inserted', n: 2, losing });
      expectWhole(await site.run(), loaded);
      site.clear();
    });
  }

  it('when rows are written and what they change is not, and the engine merges before the next start: it is finished', async () => {
    const site = new CrashSite({ waves, deletions: [], retries: [] });
    expect((await crashed(site, { step: 'rows', n: 2 })).at).toBe('rows');
    expectWhole(await site.run(undefined, { merging: true }), loaded);
    site.clear();
  });

  it('again while the next start finishes what the first crash left', async () => {
    const site = new CrashSite({ waves, deletions: [], retries: [] });
    await crashed(site, { step: 'inserted', n: 2 });
    await crashed(site, { step: 'ledger', n: 1, afterMs: 15 });
    await crashed(site, { step: 'inserted', n: 1 });
    expectWhole(await site.run(), loaded);
    site.clear();
  });

  it('at any other time', async () => {
    const site = new CrashSite({ waves, deletions: [], retries: [] });
    let random = 9653;
    let crashes = 0;
    for (let run = 0; run < 10; run++) {
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
      const ending = await site.run({ afterMs: 300 + (random % 1500) });
      if (ending.at === 'timer') crashes++;
    }
    expect(crashes).toBeGreaterThan(2);
    expectWhole(await site.run(), loaded);
    site.clear();
  });
});

describe('kill -9 with everything loaded', () => {
  let whole: CrashSite;

  beforeAll(async () => {
    whole = new CrashSite({ waves, deletions: [], retries: [] });
    await whole.run();
  });

  afterAll(() => whole.clear());

  for (const kill of [
    { afterMs: 3 },
    { afterMs: 40 },
    {},
    { step: 'inserted', losing: 'dimension_hour' },
  ] as const) {
    it(`in the middle of a deletion (${JSON.stringify(kill)}): the next start finishes it`, async () => {
      const site = whole.copy().with({ deletions });
      await crashed(site, { step: 'ledger', n: 2, ...kill });
      expectWhole(await site.run(), deleted);
      site.clear();
    });
  }

  for (const [n, losing] of [
    [1, undefined],
    [2, undefined],
    [2, 'pair_hour'],
  ] as const) {
    it(`in the ${n}. removal, when its rows are written and then merge away (${losing ?? 'nothing'} lost): the next start finishes it`, async () => {
      const site = whole.copy().with({ deletions });
      expect((await crashed(site, { step: 'rows', n, losing })).at).toBe('rows');
      const ending = await site.run(undefined, { merging: true });
      expect(ending.report?.merged).toBeGreaterThan(0);
      expectWhole(ending, deleted);
      site.clear();
    });
  }

  for (const kill of [
    { step: 'ledger', n: 1, afterMs: 40 },
    { step: 'chunk', n: 1 },
    { step: 'hash', n: 1 },
  ] as const) {
    it(`while a file is loaded again (${JSON.stringify(kill)}): it is loaded once`, async () => {
      const site = whole.copy();
      await crashed(site.with({ retries: deletions.slice(0, 1) }), kill);
      expectWhole(await site.run(), loaded);
      site.clear();
    });
  }
});

describe('kill -9 while a file is deleted that has copies', () => {
  let whole: CrashSite;
  let expected: CrashReport;

  beforeAll(async () => {
    const [name = ''] = deletions;
    const text = readFileSync(join(logs, name));
    const copies = { 'copy.csv': text, 'partial.csv': text.subarray(0, -40) };
    const paths = Object.entries(copies).map(([copy, content]) => {
      writeFileSync(join(logs, copy), content);
      return join(logs, copy);
    });
    const work = { waves: [[join(logs, name)], paths], retries: [] };
    whole = new CrashSite({ ...work, deletions: [] });
    const before = (await whole.run()).report;
    expect(before?.files.map(({ status }) => status).sort()).toEqual(['duplicate', 'duplicate', 'loaded']);
    const undisturbed = whole.copy().with({ deletions: [name] });
    expected = (await undisturbed.run()).report as CrashReport;
    undisturbed.clear();
    expect(expected.files.map(({ name, status }) => [name, status])).toEqual([
      ['copy.csv', 'loaded'],
      ['partial.csv', 'duplicate'],
    ]);
    expect(expected.events).toEqual(before?.events);
  });

  afterAll(() => whole.clear());

  for (const [when, kill] of [
    ['while its rows are taken back', { step: 'ledger', n: 1, afterMs: 10 }],
    ['when they are, and no copy was chosen', { step: 'chunk', n: 1 }],
    ['when the copy was read', { step: 'hash', n: 1 }],
    ["when the copy's rows were written", { step: 'inserted', n: 2 }],
  ] as const) {
    it(`${when}: the next start puts the copy in its place`, async () => {
      const site = whole.copy().with({ deletions: deletions.slice(0, 1) });
      await crashed(site, kill);
      expectWhole(await site.run(), expected);
      site.clear();
    });
  }
});
