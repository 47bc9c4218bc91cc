import { setTimeout as wait } from 'node:timers/promises';
import type { MeasuredProcess } from './process';

/** Most ms from a commit to the event that tells of it before the measurement is given up. */
const PATIENCE_MS = 30_000;

/** How often it is looked whether an event has come, in ms; its own time is taken when it comes. */
const LOOK_MS = 2;

/** An event of the live counters: when it came (epoch ms), and how many deliveries and bounces it told of. */
interface Told {
  readonly at: number;
  readonly ended: number;
}

/**
 * Loads logs one after the other while a client of the live counters listens: ms from each commit until the client was
 * told of all its deliveries and bounces, which is what the logs must consist of. Rejects where it is not told.
 */
export async function counterDelays(subject: MeasuredProcess, paths: readonly string[]): Promise<number[]> {
  const leaving = new AbortController();
  const response = await fetch(`${subject.opened.url}/api/stream`, { signal: leaving.signal });
  if (!response.ok || !response.body) throw new Error(`/api/stream answered ${response.status}`);
  const told: Told[] = [];
  const reading = follow(response.body, told).catch(() => undefined);
  try {
    await until(() => told.length > 0);
    const delays: number[] = [];
    for (const path of paths) {
      const seen = told.length;
      const { at, events } = await subject.call('commit', { path });
      const since = () => told.slice(seen).reduce((sum, { ended }) => sum + ended, 0);
      await until(() => since() >= events);
      delays.push((told.at(-1)?.at ?? NaN) - at);
    }
    return delays;
  } finally {
    leaving.abort();
    await reading;
  }
}

async function follow(body: AsyncIterable<Uint8Array>, told: Told[]): Promise<void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const at = performance.timeOrigin + performance.now();
    const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data === undefined) continue;
      const { delivered, bounced } = JSON.parse(data) as { delivered: number; bounced: number };
      told.push({ at, ended: delivered + bounced });
    }
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error('The live counters did not tell of a commit');
    await wait(LOOK_MS);
  }
}
