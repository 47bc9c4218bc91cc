import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { standardIncidents, type IncidentPlan } from './incidents';
import type { Truth } from './truth';
import { writeLogs } from './write';

const DAY = 86400;

/** What {@link writeDemo} writes. */
export interface DemoOptions {
  /** Existing folder. */
  dir: string;
  /** Messages per day. */
  messages: number;
  seed: string;
  /** How many days; the incidents are in the last one, the days before are quiet. */
  days: number;
  /** Epoch seconds at which the logs end. */
  now: number;
}

/**
 * Writes days of logs that end now, the last incident still going on. The files appear whole: they are written in a
 * hidden folder beside and renamed. The same options give the same files.
 */
export async function writeDemo(options: DemoOptions): Promise<{ files: string[]; truth: Truth }> {
  const { dir, messages, seed, days, now } = options;
  const start = now - days * DAY;
  const hidden = await mkdtemp(join(dir, '.demo-'));
  try {
    const { truth } = await writeLogs(hidden, {
      messages: messages * days,
      seed,
      start,
      seconds: days * DAY,
      until: now,
      incidents: [...standardIncidents(now - DAY, DAY), ongoing(now)],
      received: true,
      rotate: { seconds: DAY },
      prefix: `demo-${now}-`,
    });
    const files = (await readdir(hidden)).sort();
    for (const file of files) await rename(join(hidden, file), join(dir, file));
    return { files: files.map((file) => join(dir, file)), truth };
  } finally {
    await rm(hidden, { recursive: true, force: true });
  }
}

function ongoing(now: number): IncidentPlan {
  return {
    kind: 'throttling',
    provider: 'gmail',
    vmta: 'VMTA-2',
    share: 0.85,
    start: now - 2400,
    end: now + 3600,
  };
}
