import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { cluster } from './cluster';
import { domains } from './domains';
import { events } from './events';
import { flow } from './flow';
import { health } from './health';
import { ingest } from './ingest';
import { job } from './job';
import { latency } from './latency';
import { message } from './message';
import { risk } from './risk';
import { service } from './service';
import { vmta } from './vmta';
import { warRoom } from './warRoom';

/** Every dashboard of the suite. */
export const dashboards: readonly Dashboard[] = [
  health,
  latency,
  domains,
  risk,
  events,
  warRoom,
  message,
  cluster,
  job,
  vmta,
  flow,
  ingest,
  service,
];
