import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { splitLog, writeAcctLog, type AcctLog } from './logs';
import type { Plan } from './plan';
import { withFreshStore } from './process';
import type { LoadResult } from './protocol';
import type { Figure } from './report';
import { median, rates, ratio } from './stats';

/** Figures, and the single runs behind them. */
export interface Measured {
  figures: Figure[];
  samples: unknown;
}

/** The same file by the service, by the engine alone and naively, run by run in turn. */
export async function measureRates(folder: string, plan: Plan['load'], log: AcctLog): Promise<Measured> {
  const service: LoadResult[] = [];
  const floor: LoadResult[] = [];
  const naive: LoadResult[] = [];
  const { path } = log;
  for (let run = 0; run < plan.runs; run++) {
    service.push(await loaded(folder, log, [path]));
    floor.push(checked(log, await withFreshStore(folder, (subject) => subject.call('floor', { path }))));
    if (run < plan.naiveRuns)
      naive.push(checked(log, await withFreshStore(folder, (subject) => subject.call('naive', { path }))));
  }
  const [own, engine, simple] = [service, floor, naive].map(rowRates) as [number[], number[], number[]];
  const cpu = (runs: LoadResult[]) => median(runs.map(({ cpuSeconds }) => (cpuSeconds / log.rows) * 1e6));
  return {
    figures: [
      { name: 'load, end to end', value: median(own), unit: 'rows/s' },
      { name: 'floor: INSERT … SELECT by the engine', value: median(engine), unit: 'rows/s' },
      { name: 'naive: csv-parse, JSONEachRow', value: median(simple), unit: 'rows/s' },
      { name: 'load against the floor', value: ratio(own, engine), unit: 'x', target: { atLeast: 0.6 } },
      { name: 'load against the naive way', value: ratio(own, simple), unit: 'x', target: { atLeast: 5 } },
      { name: 'CPU per row, load', value: cpu(service), unit: 'us' },
      { name: 'CPU per row, floor', value: cpu(floor), unit: 'us' },
      { name: 'CPU per row, naive', value: cpu(naive), unit: 'us' },
    ],
    samples: { rows: log.rows, bytes: log.bytes, service, floor, naive },
  };
}

/** Many small files against one file of the same rows, run by run in turn. */
export async function measureSmallFiles(folder: string, plan: Plan['smallFiles']): Promise<Measured> {
  const own = join(folder, 'small');
  await mkdir(own);
  const log = await writeAcctLog(own, plan.count * plan.bytes);
  const paths = await splitLog(log, own, plan.count);
  const small: LoadResult[] = [];
  const large: LoadResult[] = [];
  for (let run = 0; run < plan.runs; run++) {
    small.push(await loaded(folder, log, paths));
    large.push(await loaded(folder, log, [log.path]));
  }
  await rm(own, { recursive: true });
  const name = `${paths.length} files against one of the same rows`;
  return {
    figures: [
      { name, value: ratio(rowRates(small), rowRates(large)), unit: 'x', target: { atLeast: 0.5 } },
      { name: `${paths.length} files`, value: median(rowRates(small)), unit: 'rows/s' },
    ],
    samples: { rows: log.rows, files: paths.length, small, large },
  };
}

/** Loads files into a fresh store with the service. */
async function loaded(folder: string, log: AcctLog, paths: string[]): Promise<LoadResult> {
  return checked(log, await withFreshStore(folder, (subject) => subject.call('load', { paths })));
}

/** The result; throws where rows are missing: a time is worth nothing then. */
export function checked(log: AcctLog, result: LoadResult): LoadResult {
  if (result.events !== log.rows || result.rolledUp === 0)
    throw new Error(`${result.events} of ${log.rows} rows were loaded, ${result.rolledUp} in the rollup`);
  return result;
}

function rowRates(runs: readonly LoadResult[]): number[] {
  return rates(runs.map(({ events, seconds }) => ({ amount: events, seconds })));
}
