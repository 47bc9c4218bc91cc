import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { health } from './health';

/** Every dashboard of the suite. */
export const dashboards: readonly Dashboard[] = [health];
