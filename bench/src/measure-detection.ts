import { rm } from 'node:fs/promises';
import { ask } from './ask';
import { writeAcctLog, type AcctLog } from './logs';
import { checked, type Measured } from './measure-load';
import type { Plan } from './plan';
import { withFreshStore, withProcess, type MeasuredProcess } from './process';
import type { DetectionRun, FoundIncident, LoadResult } from './protocol';
import type { Figure } from './report';
import type { QueryRequest } from './service';
import { median, ratio } from './stats';
import { buildAll, storeOf } from './stores';

/** Most times as long as without it that a load may take with detection. */
const ADDED = 1.1;

/** Most seconds of a full run over 30 days. */
const RERUN = 60;

/** Most ms of an answer that says why. */
const CAUSES = 1000;

/** The time that a question of causes without an incident is about, in ms. */
const ASKED = 2 * 3_600_000;

/** The causes of one incident, or of the last hours; ms. */
interface Timing {
  readonly name: string;
  readonly statements: number;
  readonly rows: number;
  readonly times: number[];
}

/** The same log loaded with detection and without, run by run in turn. */
export async function measureAdded(folder: string, { load, detection }: Plan): Promise<Measured> {
  const log = await writeAcctLog(folder, load.bytes, 0, 'mixed');
  const [without, beside]: [LoadResult[], LoadResult[]] = [[], []];
  let found: FoundIncident[] = [];
  for (let run = 0; run < detection.loads; run++) {
    // Whichever is first may find the machine in another state.
    for (const watched of run % 2 === 0 ? [false, true] : [true, false]) {
      const { result, incidents } = await loaded(folder, log, watched);
      (watched ? beside : without).push(result);
      if (watched) found = incidents;
    }
  }
  await rm(log.path);
  const [on, off] = [beside, without].map((runs) => runs.map(({ seconds }) => seconds)) as [
    number[],
    number[],
  ];
  const cpu = (runs: readonly LoadResult[]) => runs.map(({ cpuSeconds }) => cpuSeconds);
  return {
    figures: [
      {
        name: 'load with detection against without',
        value: ratio(on, off),
        unit: 'x',
        target: { atMost: ADDED },
      },
      { name: 'processor time of both', value: ratio(cpu(beside), cpu(without)), unit: 'x' },
      {
        name: 'load without detection',
        value: median(off),
        unit: `s (${log.rows.toLocaleString('en')} rows)`,
      },
    ],
    samples: { rows: log.rows, without, beside, incidents: found.length },
  };
}

async function loaded(folder: string, log: AcctLog, watched: boolean) {
  const work = async (subject: MeasuredProcess) => {
    const result = checked(log, await subject.call('load', { paths: [log.path] }));
    return { result, incidents: watched ? await subject.call('incidents', {}) : [] };
  };
  return withFreshStore(folder, work, watched);
}

/**
 * A full run of detection over stores of 30 days, and the causes of an incident of each kind that it finds there. Stores are
 * built in `folder` as those of the questions are.
 */
export async function measureDetection(folder: string, { queries, detection }: Plan): Promise<Measured> {
  const figures: Figure[] = [];
  const samples: Record<string, unknown> = {};
  const builds = await buildAll(folder, queries);
  for (const size of queries.sizes) {
    const many = `${size / 1e6} M`;
    const { runs, causes } = await withProcess(storeOf(folder, size), async (subject) => {
      const taken: DetectionRun[] = [];
      for (let run = 0; run < detection.reruns; run++) taken.push(await subject.call('detect', {}));
      return { runs: taken, causes: await timeCauses(subject, detection.asked) };
    });
    const [first] = runs;
    figures.push(
      {
        name: `${many}: full run of detection`,
        value: median(runs.map(({ seconds }) => seconds)),
        unit: `s (${first?.statements} statements, ${first?.incidents} incidents)`,
        target: { atMost: RERUN },
      },
      {
        name: `${many}: processor time of it`,
        value: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
        unit: 's',
      },
      ...causes.map(({ name, statements, rows, times }) => ({
        name: `${many}: causes of ${name}`,
        value: median(times),
        unit: `ms (${statements} statements, ${rows.toLocaleString('en')} rows)`,
        target: { atMost: CAUSES },
      })),
    );
    samples[many] = { built: builds.get(size), runs, causes };
  }
  return { figures, samples };
}

/** Asks for the causes of the newest incident of each kind, and of what fared worse in the last hours. */
async function timeCauses(subject: MeasuredProcess, asked: number): Promise<Timing[]> {
  const newest = new Map((await subject.call('incidents', {})).map(({ kind, id }) => [kind, id]));
  const { end } = await subject.call('sample', {});
  const of = (query: Record<string, unknown>): QueryRequest => ({
    queries: [{ refId: 'A', queryType: 'causes', ...query }],
  });
  const requests: [string, QueryRequest][] = [
    ...[...newest].sort().map(([kind, incident]): [string, QueryRequest] => [kind, of({ incident })]),
    ['the last two hours', of({ from: end - ASKED, to: end })],
  ];
  const timings: Timing[] = [];
  for (const [name, request] of requests) {
    const { waves, rows } = await subject.call('record', { request });
    const times: number[] = [];
    for (let run = 0; run < asked; run++) times.push(await ask(subject.opened.url, request));
    timings.push({ name, statements: waves.flat().length, rows, times });
  }
  return timings;
}
