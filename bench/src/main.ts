import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeAcctLog } from './logs';
import { measureBackend } from './measure-backend';
import { measureDashboards } from './measure-dashboards';
import { measureAdded, measureDetection } from './measure-detection';
import { measureRates, measureSmallFiles, type Measured } from './measure-load';
import { measurePanels } from './measure-panels';
import { measureQueries } from './measure-queries';
import { measureMemory, measureStore } from './measure-service';
import { plans, type Extent } from './plan';
import { renderReport, type Report } from './report';

const RESULTS = join(__dirname, '..', 'results');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean' },
      full: { type: 'boolean' },
      queries: { type: 'boolean' },
      detection: { type: 'boolean' },
      keep: { type: 'string' },
      sizes: { type: 'string' },
      only: { type: 'string' },
      panels: { type: 'boolean' },
      dashboards: { type: 'boolean' },
    },
  });
  const extent: Extent = values.quick ? 'quick' : values.full ? 'full' : 'default';
  const folder = await mkdtemp(join(tmpdir(), 'watchtower-bench-'));
  try {
    const kept = values.keep === undefined ? folder : resolve(values.keep);
    await mkdir(kept, { recursive: true });
    const report = emptyReport(extent);
    try {
      if (values.dashboards) await measureOpened(report, values.only);
      else if (values.queries) await measureQuestions(report, kept, sizesOf(values.sizes), values.only);
      else if (values.detection) await measureLooks(report, folder, kept, sizesOf(values.sizes));
      else if (values.panels) await measureBuiltPanels(report);
      else await measureAll(report, folder);
    } finally {
      // What was measured before something failed took its time too.
      await write(report);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function write(report: Report): Promise<void> {
  await mkdir(RESULTS, { recursive: true });
  const file = join(RESULTS, `${report.date.replaceAll(':', '-').slice(0, 19)}.json`);
  await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
  process.stdout.write(`\n${renderReport(report)}\n${file}\n`);
}

function emptyReport(extent: Extent): Report {
  return {
    date: new Date().toISOString(),
    extent,
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      node: process.versions.node,
      platform: process.platform,
    },
    figures: [],
    samples: {},
  };
}

/** What dashboards ask, all or what `only` names, over the stores in `folder`, which are built where they are not there. */
async function measureQuestions(
  report: Report,
  folder: string,
  sizes: number[] | undefined,
  only: string | undefined,
): Promise<void> {
  const plan = plans[report.extent].queries;
  const { figures, samples } = await measureQueries(folder, sizes ? { ...plan, sizes } : plan, only);
  report.figures.push(...figures);
  report.samples.queries = samples;
}

/** Numbers of events, `10e6,100e6`. Throws where one is none. */
function sizesOf(text: string | undefined): number[] | undefined {
  const sizes = text?.split(',').map(Number);
  if (sizes && !sizes.every((size) => Number.isInteger(size) && size > 0))
    throw new Error(`--sizes: '${text}' is no list of numbers of events such as 10e6,100e6`);
  return sizes;
}

/** What detection costs: beside a load, over the stores in `kept`, and in answers that say why. */
async function measureLooks(
  report: Report,
  folder: string,
  kept: string,
  sizes: number[] | undefined,
): Promise<void> {
  const plan = plans[report.extent];
  const take = taking(report);
  await take('detection beside a load', () => measureAdded(folder, plan));
  const queries = sizes ? { ...plan.queries, sizes } : plan.queries;
  await take('full runs of detection, and causes', () => measureDetection(kept, { ...plan, queries }));
}

/** The dashboards of a running Grafana. */
async function measureOpened(report: Report, only: string | undefined): Promise<void> {
  await taking(report)('dashboards', () => measureDashboards(only));
}

/** The built panels alone, in a browser. */
async function measureBuiltPanels(report: Report): Promise<void> {
  await taking(report)('panels', () => measurePanels(plans[report.extent].panels));
}

/** Measures one thing after the other into the report, and says which is under way. */
function taking(report: Report) {
  return async (name: string, work: () => Promise<Measured | Measured[]>): Promise<void> => {
    process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${name}\n`);
    const found = [await work()].flat();
    report.figures.push(...found.flatMap(({ figures }) => figures));
    report.samples[name] = found.map(({ samples }) => samples);
  };
}

async function measureAll(report: Report, folder: string): Promise<void> {
  const plan = plans[report.extent];
  const take = taking(report);
  const log = await writeAcctLog(folder, plan.load.bytes);
  await take('load', () => measureRates(folder, plan.load, log));
  await take('health, storage, start-up, queries', () => measureStore(folder, plan, log));
  await rm(log.path);
  await take('small files', () => measureSmallFiles(folder, plan.smallFiles));
  await take('backend of the datasource', () => measureBackend(folder, plan.backend));
  await take('memory', () => measureMemory(folder, plan.memory));
  await take('panels', () => measurePanels(plan.panels));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
