import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasGo } from '../../scripts/plugin.cjs';
import { measureBackend } from './measure-backend';

// An answer that fails, or one that is too short, would be measured as a fast one, and only show in a long run.
(hasGo() ? it : it.skip)(
  'compares answers of ten thousand points',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watchtower-bench-'));
    try {
      const { figures, samples } = await measureBackend(folder, { bytesPerDay: 200_000, runs: 3 });
      expect(figures.filter(({ target }) => target).map(({ target }) => target)).toEqual([
        { atMost: 1.25 },
        { atMost: 1.25 },
      ]);
      expect(samples).toMatchObject(
        ['one series', 'seven series'].map((name) => ({
          name,
          api: [expect.any(Number), expect.any(Number), expect.any(Number)],
          backend: [expect.any(Number), expect.any(Number), expect.any(Number)],
        })),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  240_000,
);
