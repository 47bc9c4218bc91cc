import { rm } from 'node:fs/promises';
import { hasGo, openHost } from '../../scripts/plugin.cjs';
import { START, writeAcctLog } from './logs';
import type { Measured } from './measure-load';
import type { Plan } from './plan';
import { withFreshStore } from './process';
import { median, ratio } from './stats';

const DAY_MS = 86_400_000;

/** How much longer an answer may take through Grafana's backend than from the API itself. */
const OVERHEAD = 1.25;

/** Least numbers in an answer that is compared. */
const POINTS = 10_000;

/** Days of logs that are loaded. */
const DAYS = 7;

/** Answers of ten thousand points, over the last so many days. */
const QUESTIONS = [
  { name: 'one series', days: DAYS, query: {} },
  { name: 'seven series', days: 1, query: { groupBy: ['provider'], limit: 7 } },
] as const;

/** Times of single answers, run by run, in ms, and how many numbers one holds; see grafana-datasource/host. */
interface Comparison {
  api: number[];
  backend: number[];
  points: number;
}

/**
 * The same answers from the API over HTTP and through the built backend of the datasource over the plugin protocol, run by
 * run in turn, each until the whole answer is there. Without Go nothing is measured, and it is said.
 */
export async function measureBackend(
  folder: string,
  { bytesPerDay, runs }: Plan['backend'],
): Promise<Measured> {
  if (!hasGo()) {
    const why = 'Go is not installed: the backend of the datasource is not measured';
    process.stderr.write(`${why}\n`);
    return { figures: [], samples: why };
  }
  return withFreshStore(folder, async (subject) => {
    for (let day = 0; day < DAYS; day++) {
      const { path } = await writeAcctLog(folder, bytesPerDay, day);
      await subject.call('load', { paths: [path] });
      await rm(path);
    }
    const end = START * 1000 + DAYS * DAY_MS;
    const { url } = subject.opened;
    const host = openHost();
    try {
      const found: Measured[] = [];
      for (const { name, days, query } of QUESTIONS) {
        const range = { from: end - days * DAY_MS, to: end, intervalMs: 60_000, maxDataPoints: 11_000 };
        const metrics = { refId: 'A', queryType: 'metrics', metrics: ['delivered'], format: 'timeseries' };
        const asker = { settings: { apiUrl: url }, secrets: {}, role: 'Viewer' };
        const queries = [{ ...metrics, ...query, ...range }];
        found.push(measuredOf(name, await host.call<Comparison>('compare', { asker, queries, url, runs })));
      }
      return {
        figures: found.flatMap(({ figures }) => figures),
        samples: found.map(({ samples }) => samples),
      };
    } finally {
      await host.close();
    }
  });
}

function measuredOf(name: string, comparison: Comparison): Measured {
  const { api, backend, points } = comparison;
  if (points < POINTS) throw new Error(`${name}: the answer has ${points} points instead of ${POINTS}`);
  const what = `${points.toLocaleString('en')} points in ${name}`;
  return {
    figures: [
      { name: `${what}, from the API`, value: median(api), unit: 'ms' },
      { name: `${what}, through the backend`, value: median(backend), unit: 'ms' },
      {
        name: `${what}, backend / API`,
        value: ratio(backend, api),
        unit: 'x',
        target: { atMost: OVERHEAD },
      },
    ],
    samples: { name, ...comparison },
  };
}
