import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureQueries } from './measure-queries';

// A question that is no longer answered, or a repetition that leaves nothing to look for, would only show in a run of an hour.
it('asks every question over two stores, and takes a store that was kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchtower-bench-'));
  try {
    const plan = { sizes: [4000, 12_000], bytesPerDay: 300_000, runs: 1 };
    const { figures, samples } = await measureQueries(folder, plan);
    const named = (words: string) => figures.filter(({ name }) => name.endsWith(words));
    expect(named(', median').length).toBeGreaterThan(40);
    expect(named(', largest / smallest').length).toBeGreaterThan(20);
    const { built } = (samples as Record<string, { built: { events: number } }>)['0.012 M'] ?? {};
    expect(built?.events).toBeGreaterThanOrEqual(12_000);
    expect(named('from the commit to the event, p95')).toHaveLength(2);
    const again = await measureQueries(folder, { ...plan, sizes: [4000] }, 'messages of a job');
    expect((again.samples as Record<string, { built: unknown }>)['0.004 M']?.built).toBeUndefined();
    expect(again.figures).toHaveLength(4);
    expect(again.figures.every(({ name }) => name.includes('messages of a job, 30 days'))).toBe(true);
    await expect(measureQueries(folder, { ...plan, sizes: [4000] }, 'no such')).rejects.toThrow('--only');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 240_000);
