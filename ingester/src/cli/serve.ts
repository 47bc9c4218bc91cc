import { exposure, openApi, pruneUploads } from '../api';
import type { Settings } from '../config';
import { watchIncidents, type DetectionWatch } from '../detect';
import { watchFolder } from '../ingest';
import { openLog } from '../log';
import { Failure } from './failure';
import type { Io } from './io';
import { openParts } from './parts';
import { announce, findService, withdraw } from './service-file';

/** Runs the service until it is told to stop: opens the store, serves the API, watches the drop folder. */
export async function serve(settings: Settings, io: Io): Promise<void> {
  const problem = exposure(settings);
  if (problem !== undefined) throw new Failure(problem, 2);
  const other = await findService(settings.dataDir);
  if (other)
    throw new Failure(`a service with this data folder runs already: ${other.url} (process ${other.pid})`);

  const stopped = stopSignal();
  const log = openLog(io.stderr);
  const parts = await openParts(settings, ({ message }) => {
    log.error(message);
    // Nothing is drained: what is under way belongs to the other one now. The line is written first.
    setImmediate(() => process.exit(1));
  });
  let pruning: NodeJS.Timeout | undefined;
  let detection: DetectionWatch | undefined;
  try {
    const prune = (): Promise<void> => pruneUploads(settings.dataDir, settings.doneDays);
    await prune();
    pruning = setInterval(() => {
      void prune().catch((err: unknown) => log.warn({ err }, 'old uploads were not removed'));
    }, PRUNE_EVERY).unref();
    const { store, ingest, reasons, context } = parts;
    const watch = watchIncidents(store, {
      rulesDir: settings.rulesDir,
      complaintProviders: context.complaintProviders,
      timezone: settings.timezone,
      ready: () => reasons.refresh(),
      onTrouble: (err) => log.warn({ err }, 'incidents were not looked for, or their rules are not valid'),
    });
    detection = watch;
    ingest.onCommit(() => watch.touch());
    const api = await openApi({ ...parts, settings, log }, settings);
    const folder = await watchFolder(parts.ingest, settings, (line) => log.warn(line));
    await announce(settings.dataDir, { url: api.url, pid: process.pid });
    io.stdout.write(welcome(settings, api.url));
    await stopped;
    await withdraw(settings.dataDir);
    await folder.close();
    await api.close();
  } finally {
    clearInterval(pruning);
    await detection?.close();
    await parts.close();
  }
}

/** How often uploads that are too old are looked for, milliseconds. */
const PRUNE_EVERY = 3_600_000;

/** How long after the first signal a further one is an echo of it: npm passes on what the terminal sent to all. */
const ECHO = 2_000;

/** Resolves at SIGINT or SIGTERM. Someone who asks again, because draining takes too long, ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const stop = (): void => {
      first ??= Date.now();
      if (Date.now() - first > ECHO) process.exit(1);
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}

function welcome({ dropDir, dataDir, clickhouseUrl }: Settings, url: string): string {
  const store = clickhouseUrl ? `ClickHouse server (uploads and state in ${dataDir})` : dataDir;
  return [
    `PMTA Watchtower answers at ${url}`,
    `  drop folder  ${dropDir}   (copy PowerMTA logs here: .csv, .csv.gz, .zip)`,
    `  store        ${store}`,
    `  ask          npx watchtower status | files | query`,
    `  dashboards   GRAFANA_HOME=/path/to/grafana npm run grafana (see README.md)`,
    `Stop with Ctrl+C.`,
    '',
  ].join('\n');
}
