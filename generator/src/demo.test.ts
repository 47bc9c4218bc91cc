import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { writeDemo } from './demo';

const NOW = 1789477777;
let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'demo-'))));
afterEach(() => rmSync(dir, { recursive: true }));

test('the demo ends now, with an incident still going on and mail waiting', async () => {
  const { truth, files } = await writeDemo({ dir, messages: 40_000, seed: 'demo', days: 1, now: NOW });
  const lasts = truth.files.map(({ last }) => last);
  expect(Math.max(...lasts)).toBeLessThanOrEqual(NOW);
  expect(Math.max(...lasts)).toBeGreaterThan(NOW - 60);
  expect(truth.incidents.at(-1)).toMatchObject({ kind: 'throttling', ongoing: true });
  expect(truth.incidents.at(-1)?.window.rate).toBeGreaterThan(0.6);
  expect(truth.in_queue_at_end).toBeGreaterThan(0);
  expect(readdirSync(dir).sort()).toEqual(files.map((file) => file.slice(dir.length + 1)));
  expect(readFileSync(files[0] as string, 'utf8')).toMatch(/^type,timeLogged/);
});

test('no name without a dot is there before its file is whole', async () => {
  const sizes = new Map<string, number>();
  const look = (): void => {
    for (const name of readdirSync(dir)) {
      if (!name.startsWith('.') && !sizes.has(name)) sizes.set(name, statSync(join(dir, name)).size);
    }
  };
  let done = false;
  const demo = writeDemo({ dir, messages: 5000, seed: 'demo', days: 2, now: NOW }).finally(
    () => (done = true),
  );
  while (!done) {
    look();
    await setImmediate();
  }
  const { files } = await demo;
  look();
  expect([...sizes.keys()].sort()).toEqual(files.map((file) => basename(file)));
  for (const [name, size] of sizes) expect(statSync(join(dir, name)).size).toBe(size);
});

test('several days: files of each, incidents only in the last', async () => {
  const { truth } = await writeDemo({ dir, messages: 2000, seed: 'demo', days: 3, now: NOW });
  expect(truth.messages.injected).toBe(6000);
  expect(truth.files.filter(({ type }) => type === 'acct')).toHaveLength(3);
  expect(Math.min(...truth.incidents.map(({ start }) => start))).toBeGreaterThanOrEqual(NOW - 86400);
});
