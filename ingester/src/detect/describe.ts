import { isDeferral } from './deferrals';
import { spotsOf, type Episode } from './episodes';
import { INFO_KINDS, type DetectionRules } from './rules';

/** How much an incident matters; `info` never pages. */
export type Severity = 'critical' | 'warning' | 'info';

/** The numbers of an episode. Shares 0 to 1; what does not apply is undefined. */
export interface Figures {
  readonly rate: number | undefined;
  readonly baseline: number | undefined;
  /** Deferred messages that wait: now while it is open, at most when it is over. */
  readonly waiting: number | undefined;
  /** What the rate is a share of: attempts, finals, deliveries, expected events. */
  readonly attempts: number | undefined;
}

/** What the numbers of an episode are. For slow deliveries the rate is how many times the usual latency they took. */
export function figuresOf(episode: Episode, open: boolean): Figures {
  const { kind, firings } = episode;
  const spots = spotsOf(episode);
  const of = spots.reduce((sum, spot) => sum + spot.of, 0);
  const events = spots.reduce((sum, spot) => sum + spot.events, 0);
  const sure = firings.filter((firing) => firing.sure);
  const baseline = sure.find((firing) => firing.baseline !== undefined)?.baseline;
  const counted = firings.flatMap(({ at, waiting }) => (waiting === undefined ? [] : [{ at, waiting }]));
  const last = counted.reduce((a, b) => (b.at >= a.at ? b : a), { at: 0, waiting: 0 }).waiting;
  const waiting = isDeferral(kind)
    ? open
      ? last
      : Math.max(0, ...counted.map((each) => each.waiting))
    : undefined;
  switch (kind) {
    case 'complaint_spike': {
      const worst = highest(sure);
      return { rate: worst.rate, baseline, waiting, attempts: worst.of };
    }
    case 'latency_anomaly': {
      const worst = highest(sure);
      return { rate: worst.rate / Math.max(1, worst.baseline ?? 1), baseline: 1, waiting, attempts: of };
    }
    case 'vmta_dark':
      return { rate: 0, baseline: 1, waiting, attempts: 0 };
    case 'new_reason':
      return { rate: highest(sure).rate, baseline: 0, waiting, attempts: highest(sure).of };
    case 'logs_stopped':
    case 'ingest_failure':
      return { rate: undefined, baseline: undefined, waiting, attempts: undefined };
    case 'throttling':
    case 'block':
    case 'provider_unreachable':
    case 'deferrals':
    case 'bounce_spike':
    case 'success_floor':
      return { rate: of === 0 ? undefined : events / of, baseline, waiting, attempts: of };
  }
}

/** How severe an episode is, by its worst window. */
export function severityOf({ kind, firings }: Episode, { kinds }: DetectionRules): Severity {
  if (INFO_KINDS.has(kind)) return 'info';
  if (kind === 'vmta_dark') return 'critical';
  const sure = firings.filter((firing) => firing.sure);
  if (kind === 'latency_anomaly') {
    const times = sure.map(({ rate, baseline = 1 }) => rate / Math.max(1, baseline));
    return Math.max(...times) >= kinds.latency_anomaly.critical ? 'critical' : 'warning';
  }
  const { critical } = kinds[kind] as { critical: number };
  return highest(sure).rate >= critical ? 'critical' : 'warning';
}

function highest(firings: readonly Episode['firings'][number][]): Episode['firings'][number] {
  return firings.reduce((a, b) => (b.rate > a.rate ? b : a));
}
