import { standardIncidents } from '@pmta-watchtower/generator';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { generated, happened, openWatch } from './detect.testkit';

const START = 1_789_430_400;

let logs: Awaited<ReturnType<typeof generated>>;
let expected: string[];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watchtower-order-'));
  logs = await generated({
    ...{ messages: 40_000, seed: 'order', start: START, rotate: { seconds: 3 * 3600 } },
    incidents: standardIncidents(START, 86_400),
  });
  const watch = await openWatch();
  expected = happened(await watch.load(...logs.paths));
  await watch.close();
}, 300_000);

afterAll(() => {
  logs.remove();
  rmSync(folder, { recursive: true });
});

/** The same numbers for the same seed. */
function randomly(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((each) => ({ each, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ each }) => each);
}

/** Cuts a log between two of its rows into two logs. */
function split(path: string, random: () => number): string[] {
  const [header = '', ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const at = Math.floor(random() * rows.length);
  return [rows.slice(0, at), rows.slice(at)]
    .filter((part) => part.length > 0)
    .map((part, index) => {
      const file = join(folder, `${index}-${at}-${basename(path)}`);
      writeFileSync(file, [header, ...part].map((row) => `${row}\n`).join(''));
      return file;
    });
}

it('finds what is there at all', () => {
  expect(expected.length).toBeGreaterThan(4);
});

// Logs come late, in pieces, twice, and from several machines: what is told must not depend on it.
it.each([1, 2])(
  'the same in any order and pace: %d',
  async (seed) => {
    const random = randomly(seed * 7919);
    const pieces = logs.paths.flatMap((path) => (random() < 0.3 ? split(path, random) : [path]));
    const again = pieces.filter(() => random() < 0.2);
    const order = shuffled([...pieces, ...again], random);
    const watch = await openWatch();
    for (let at = 0; at < order.length; ) {
      const count = 1 + Math.floor(random() * 6);
      await watch.load(...order.slice(at, at + count));
      at += count;
    }
    expect(happened(await watch.look())).toEqual(expected);
    // No thing is told twice: an id of its own for each, and none that stands beside what was retracted.
    const standing = (await watch.all()).filter(({ state }) => state !== 'retracted');
    expect(new Set(standing.map(({ id }) => id)).size).toBe(expected.length);
    await watch.close();
  },
  300_000,
);

// A look that was cut off leaves nothing behind: the next one begins from what is stored.
it('the same after a look that failed half way', async () => {
  const watch = await openWatch();
  let reads = 0;
  const broken = watch.another({
    pause: () => (++reads > 0 ? Promise.reject(new Error('cut off')) : Promise.resolve()),
  });
  const half = Math.floor(logs.paths.length / 2);
  await watch.load(...logs.paths.slice(0, half));
  await expect(broken.update()).rejects.toThrow('cut off');
  await watch.load(...logs.paths.slice(half));
  await broken.update().catch(() => undefined);
  expect(reads).toBeGreaterThan(0);
  expect(happened(await watch.look())).toEqual(expected);
  await watch.close();
}, 300_000);
