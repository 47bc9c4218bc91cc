import { performance } from 'node:perf_hooks';
import type { DetectionRun } from './protocol';
import { Detector, loadDetectionRules, type Parts, type Store } from './service';

/** Looks for incidents in everything there is, as at a start of the service. */
export async function detect({ store, reasons, context }: Parts): Promise<DetectionRun> {
  const { complaintProviders, timezone } = context;
  let statements = 0;
  const counting: Pick<Store, 'read' | 'append'> = {
    read: (sql, options) => {
      statements++;
      return store.read(sql, options);
    },
    append: (table, rows, token) => store.append(table, rows, token),
  };
  await reasons.refresh();
  const detector = new Detector(counting, {
    rules: loadDetectionRules(undefined),
    complaintProviders,
    timezone,
  });
  const cpu = process.cpuUsage();
  const start = performance.now();
  await detector.update();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const found = await context.incidents?.incidentsIn({ from: 0, to: Date.now() });
  return { seconds, cpuSeconds: (user + system) / 1e6, statements, incidents: found?.length ?? 0 };
}
