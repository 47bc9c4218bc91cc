import { performance } from 'node:perf_hooks';
import { readFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { detect } from './detect';
import { loadFloor } from './floor';
import { loadNaively } from './naive';
import { commitAsService, loadAsService } from './load';
import { multiply } from './multiply';
import { pickSample } from './dashboard';
import { timeQueries } from './queries';
import { storage } from './storage';
import { dropCaches, record, replay } from './waves';
import type { Call, Reply, Subject } from './protocol';
import {
  openApi,
  openLog,
  openParts,
  readSettings,
  watchIncidents,
  type DetectionWatch,
  type Listening,
  type Parts,
} from './service';

interface Running extends Parts {
  api: Listening;
  dataDir: string;
  watch: DetectionWatch | undefined;
}

let running: Running | undefined;

const subject: Subject = {
  async open({ dataDir, watched }) {
    const settings = readSettings({ WATCHTOWER_DATA_DIR: dataDir, WATCHTOWER_PORT: '0' });
    const parts = await openParts(settings);
    // Its own log would be measured with it.
    const log = openLog(new PassThrough().resume());
    const api = await openApi({ ...parts, settings, log }, settings);
    const watch = watched ? watchAsService(parts, settings.rulesDir) : undefined;
    running = { ...parts, api, dataDir, watch };
    const ready = await fetch(`${api.url}/readyz`);
    if (!ready.ok) throw new Error(`/readyz answered ${ready.status}`);
    return { readyMs: performance.now(), idleBytes: process.memoryUsage.rss(), url: api.url };
  },
  load: ({ paths }) => loadAsService(parts(), paths),
  commit: ({ path }) => commitAsService(parts(), path),
  floor: ({ path }) => loadFloor(parts().store, path),
  naive: ({ path }) => loadNaively(parts().store, path),
  storage: ({ optimise }) => storage(parts().store, optimise),
  multiply: ({ events }) => multiply(parts().store, events),
  queries: ({ runs }) => timeQueries(parts(), runs),
  detect: () => detect(parts()),
  async incidents() {
    const { watch, context } = parts();
    await watch?.idle();
    const found = await context.incidents?.incidentsIn({ from: 0, to: Date.now() });
    return (found ?? []).map(({ id, kind }) => ({ id, kind }));
  },
  sample: () => pickSample(parts().store),
  record: ({ request }) => record(parts().dataDir, request, parts().context),
  replay: ({ waves }) => replay(parts().store, waves),
  dropCaches: () => dropCaches(parts().store),
  peak: peakBytes,
  async close() {
    const { api, ingest, store, watch } = parts();
    await api.close();
    await watch?.close();
    await ingest.close();
    await store.close();
  },
};

/** Looks for incidents beside everything else, told of every commit. Throws in the process where it fails. */
function watchAsService(
  { store, ingest, reasons, context }: Parts,
  rulesDir: string | undefined,
): DetectionWatch {
  const { complaintProviders, timezone } = context;
  const watch = watchIncidents(store, {
    rulesDir,
    complaintProviders,
    timezone,
    ready: () => reasons.refresh(),
    onTrouble: (error) => {
      throw error;
    },
  });
  ingest.onCommit(() => watch.touch());
  return watch;
}

function parts(): Running {
  if (!running) throw new Error('The store is not open');
  return running;
}

/** Linux keeps the true peak of this very program; elsewhere the peak may include what started it. */
async function peakBytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return 1024 * (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes));
}

process.on('message', ({ method, argument }: Call) => {
  const reply = (message: Reply): void => void process.send?.(message);
  subject[method](argument).then(
    (result) => reply({ result: result ?? null }),
    (error: unknown) =>
      reply({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
