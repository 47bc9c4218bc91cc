import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { splitLog, writeAcctLog } from './logs';
import { measureRates, measureSmallFiles } from './measure-load';
import type { LoadResult } from './protocol';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchtower-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tiny = 200_000;

// Ways that do different amounts of work cannot be compared: all three must leave the same numbers behind.
it('loads the same rows in all three ways', async () => {
  const log = await writeAcctLog(folder, tiny);
  const { figures, samples } = await measureRates(folder, { bytes: tiny, runs: 1, naiveRuns: 1 }, log);
  const { service, floor, naive } = samples as Record<'service' | 'floor' | 'naive', LoadResult[]>;
  const [own] = service;
  expect(own).toMatchObject({ events: log.rows, bytes: log.bytes });
  expect([floor, naive]).toMatchObject([[same(own)], [same(own)]]);
  expect(figures.filter(({ target }) => target).map(({ name }) => name)).toEqual([
    'load against the floor',
    'load against the naive way',
  ]);
});

// A split that drops a row would compare many files with a longer one.
it('loads the same rows from small files and from a large one', async () => {
  const { figures, samples } = await measureSmallFiles(folder, { count: 5, bytes: tiny / 5, runs: 1 });
  const { rows, small, large } = samples as Record<'small' | 'large', LoadResult[]> & { rows: number };
  expect(large[0]?.events).toBe(rows);
  expect(small).toMatchObject([same(large[0])]);
  expect(figures[0]).toMatchObject({
    name: '5 files against one of the same rows',
    target: { atLeast: 0.5 },
  });
});

// Copies of one day would be recognised as duplicates, and nothing of them would be loaded.
it('writes another log for every day', async () => {
  const logs = [await writeAcctLog(folder, tiny, 1), await writeAcctLog(folder, tiny, 2)];
  const firstRows = logs.map(({ path }) => readFileSync(path, 'utf8').split('\n')[1]);
  expect(firstRows[0]).toMatch(/2026-09-16/);
  expect(firstRows[1]).toMatch(/2026-09-17/);
  for (const { bytes } of logs) expect(Math.abs(bytes / tiny - 1)).toBeLessThan(0.1);
});

it('splits a log into files that each have its header', async () => {
  const log = await writeAcctLog(folder, tiny);
  const own = join(folder, 'split');
  mkdirSync(own);
  const parts = (await splitLog(log, own, 7)).map((path) => readFileSync(path, 'utf8'));
  const header = parts[0]?.split('\n', 1)[0] ?? '';
  expect(parts).toHaveLength(7);
  const rows = parts.map((part) => {
    expect(part.startsWith(`${header}\n`)).toBe(true);
    return part.slice(header.length + 1);
  });
  expect(`${header}\n${rows.join('')}`).toBe(readFileSync(log.path, 'utf8'));
});

function same(result: LoadResult | undefined): Partial<LoadResult> {
  return { events: result?.events ?? NaN, rolledUp: result?.rolledUp ?? NaN };
}
