import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { healthDuring } from './health';
import { writeAcctLog, type AcctLog } from './logs';
import type { Measured } from './measure-load';
import type { Plan } from './plan';
import { withFreshStore, withProcess, type MeasuredProcess } from './process';
import type { TableSize } from './protocol';
import { percentile } from './stats';

const MB = 1e6;

/** The most memory above idle: one file, then several one after the other into the same process. */
export async function measureMemory(folder: string, { files, bytes }: Plan['memory']): Promise<Measured> {
  return withFreshStore(folder, async (subject) => {
    const { idleBytes } = subject.opened;
    const peaks: number[] = [];
    for (let n = 0; n < files; n++) {
      // Days of the past: rows of the future would be refused.
      const log = await writeAcctLog(folder, bytes, -n);
      await subject.call('load', { paths: [log.path] });
      await rm(log.path);
      peaks.push((await subject.call('peak', {})) - idleBytes);
    }
    const size = `of ${Math.round(bytes / MB)} MB`;
    const target = { atMost: 1500 };
    return {
      figures: [
        { name: 'idle', value: idleBytes / MB, unit: 'MB resident' },
        { name: `peak above idle, 1 file ${size}`, value: (peaks[0] ?? 0) / MB, unit: 'MB', target },
        {
          name: `peak above idle, ${files} files ${size}`,
          value: (peaks.at(-1) ?? 0) / MB,
          unit: 'MB',
          target,
        },
      ],
      samples: { idleBytes, peaksAboveIdle: peaks },
    };
  });
}

/** Time to answer while a log is loaded, size on disk, start-up and queries: all on one store that grows. */
export async function measureStore(folder: string, plan: Plan, log: AcctLog): Promise<Measured[]> {
  const dataDir = await mkdtemp(join(folder, 'store-'));
  try {
    const { health, storage, events } = await withProcess(dataDir, async (filler) => ({
      health: await measureHealth(filler, log),
      storage: await measureStorage(filler, log.rows),
      events: await filler.call('multiply', plan.startup),
    }));
    const { readyMs, timings } = await withProcess(dataDir, async (fresh) => ({
      readyMs: fresh.opened.readyMs,
      timings: await fresh.call('queries', { runs: plan.queryRuns }),
    }));
    const many = `${(events / 1e6).toFixed(1)} M events`;
    return [
      health,
      storage,
      {
        figures: [{ name: `start-up with ${many}`, value: readyMs, unit: 'ms' }],
        samples: { events, readyMs },
      },
      {
        figures: timings.flatMap(({ name, medianMs, readRows }) => [
          { name: `${name}, ${many}`, value: medianMs, unit: `ms (${readRows.toLocaleString('en')} rows)` },
        ]),
        samples: timings,
      },
    ];
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measureHealth(subject: MeasuredProcess, { path }: AcctLog): Promise<Measured> {
  const times = await healthDuring(subject.opened.url, () => subject.call('load', { paths: [path] }));
  const of = (p: number) => percentile(times, p);
  return {
    figures: [
      { name: '/healthz during a load, p50', value: of(0.5), unit: 'ms' },
      { name: '/healthz during a load, p99', value: of(0.99), unit: 'ms', target: { atMost: 50 } },
      { name: '/healthz during a load, longest', value: of(1), unit: 'ms' },
    ],
    samples: { requests: times.length, p50: of(0.5), p90: of(0.9), p99: of(0.99), max: of(1) },
  };
}

async function measureStorage(subject: MeasuredProcess, events: number): Promise<Measured> {
  const loaded = await subject.call('storage', { optimise: false });
  const merged = await subject.call('storage', { optimise: true });
  const perEvent = (tables: readonly TableSize[]) =>
    tables.reduce((sum, { bytes }) => sum + bytes, 0) / events;
  const eventsOnly = (tables: readonly TableSize[]) => tables.filter(({ table }) => table === 'events');
  const unit = 'bytes/event';
  return {
    figures: [
      { name: 'events, as loaded', value: perEvent(eventsOnly(loaded)), unit },
      { name: 'events, merged', value: perEvent(eventsOnly(merged)), unit },
      { name: 'all tables, as loaded', value: perEvent(loaded), unit },
      { name: 'all tables, merged', value: perEvent(merged), unit },
    ],
    samples: { events, loaded, merged },
  };
}
