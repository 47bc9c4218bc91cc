import { standardIncidents } from '@pmta-watchtower/generator';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { generated, happened, openWatch } from './detect.testkit';

/** Six in the evening: a look that is cut off between two days has seen one. */
const START = 1_789_495_200;

let logs: Awaited<ReturnType<typeof generated>>;
let expected: string[];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watchtower-order-'));
  logs = await generated({
    ...{ messages: 15_000, seed: 'order', start: START, rotate: { seconds: 6 * 3600 } },
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

// Logs come late, in pieces, twice, and from several machines, and a look may be cut off, as by a restart: what is told must
// not depend on it.
it.each([1, 2])(
  'the same in any order and pace: %d',
  async (seed) => {
    const random = randomly(seed * 7919);
    const pieces = logs.paths.flatMap((path) => (random() < 0.3 ? split(path, random) : [path]));
    const again = pieces.filter(() => random() < 0.2);
    const order = shuffled([...pieces, ...again], random);
    const watch = await openWatch();
    const cut = watch.another({ pause: () => Promise.reject(new Error('cut off')) });
    for (let at = 0; at < order.length; ) {
      const count = 1 + Math.floor(random() * 6);
      await watch.load(...order.slice(at, at + count));
      at += count;
      if (at === count) await expect(cut.update()).rejects.toThrow('cut off');
    }
    await cut.update().catch(() => undefined);
    const standing = await watch.look();
    expect(happened(standing)).toEqual(expected);
    // No thing is told twice: an id of its own for each, and none that stands beside what was retracted.
    expect(new Set(standing.map(({ id }) => id)).size).toBe(expected.length);
    await watch.close();
  },
  300_000,
);
