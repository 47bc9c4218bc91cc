import { execSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Grafana } from './grafana';

/** Shell command that restarts the Grafana of the suite, where somebody has said how. */
const COMMAND = process.env['GRAFANA_RESTART'];

/** How long, in milliseconds, it may take until it answers again. */
const STARTING = 120_000;

/** Restarts Grafana and waits until it answers again; false, with a line that says why, where nobody has said how. */
export async function restart(grafana: Grafana): Promise<boolean> {
  if (!COMMAND) {
    console.log('Grafana is not restarted: GRAFANA_RESTART is not set');
    return false;
  }
  const isUp = () =>
    grafana.call('GET', '/api/health').then(
      ({ ok }) => ok,
      () => false,
    );
  const until = async (wanted: boolean, what: string) => {
    for (const end = Date.now() + STARTING; (await isUp()) !== wanted; await sleep(100))
      if (Date.now() > end) throw new Error(`GRAFANA_RESTART: ${what}`);
  };
  execSync(COMMAND, { stdio: 'inherit' });
  await until(false, 'Grafana went on, so it was not restarted');
  await until(true, 'Grafana did not answer any more');
  return true;
}
