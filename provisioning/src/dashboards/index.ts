import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { events } from './events';
import { health } from './health';
import { message } from './message';
import { warRoom } from './warRoom';

/** Every dashboard of the suite. */
export const dashboards: readonly Dashboard[] = [health, warRoom, events, message];
