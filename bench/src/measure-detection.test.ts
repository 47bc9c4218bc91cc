import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAdded, measureDetection } from './measure-detection';
import { plans } from './plan';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchtower-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plan = {
  ...plans.quick,
  load: { bytes: 5e6, runs: 1, naiveRuns: 1 },
  queries: { sizes: [30_000], bytesPerDay: 1.2e6, runs: 1 },
  detection: { loads: 1, reruns: 1, asked: 1 },
};

// A watch that is not told of the commits, or finds nothing, costs nothing.
it('loads the same rows with detection and without, and the one with it finds incidents', async () => {
  const { figures, samples } = await measureAdded(folder, plan);
  const { rows, without, beside, incidents } = samples as Record<string, { events: number }[]> & {
    rows: number;
  };
  expect([without, beside]).toMatchObject([[{ events: rows }], [{ events: rows }]]);
  expect(incidents).toBeGreaterThan(0);
  expect(figures[0]).toMatchObject({ target: { atMost: 1.1 } });
}, 120_000);

// A run that sees no days, or causes of an incident that is not there, would be measured as fast ones.
it('looks at all days of a store, and asks why of every kind that it finds', async () => {
  const { figures, samples } = await measureDetection(folder, plan);
  const { runs, causes } = (
    samples as Record<string, { runs: { incidents: number }[]; causes: { name: string; rows: number }[] }>
  )['0.03 M'] ?? { runs: [], causes: [] };
  expect(runs[0]?.incidents).toBeGreaterThan(0);
  expect(causes.length).toBeGreaterThan(1);
  expect(causes.every(({ rows }) => rows > 0)).toBe(true);
  expect(figures.map(({ target }) => target)).toEqual([
    { atMost: 60 },
    undefined,
    ...causes.map(() => ({ atMost: 1000 })),
  ]);
}, 240_000);
