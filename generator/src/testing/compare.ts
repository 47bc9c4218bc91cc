import type { IncidentKind } from '../incidents';
import type { IncidentTruth } from '../incidentTruth';

/** An incident that was found; an entity it does not name is empty or left out. Times are epoch seconds. */
export interface Found {
  kind: string;
  provider?: string;
  vmta?: string;
  pool?: string;
  job?: string;
  start: number;
  end: number;
}

/** What became of the known incidents. */
export interface Comparison {
  /** Found as they are: kind, entity, start and end. */
  matched: { truth: IncidentTruth; found: Found }[];
  /** Certain ones that nothing stands for. */
  missed: IncidentTruth[];
  /** Found, but none of the known ones, or one of them a second time. */
  surplus: Found[];
  /** Matched of the certain ones, and of those found; 1 where there is none. */
  recall: number;
  precision: number;
}

/** Seconds by which start and end may be off: one window of the kind. */
const windows: Record<IncidentKind, number> = {
  throttling: 900,
  block: 900,
  provider_unreachable: 900,
  bounce_spike: 900,
  latency_anomaly: 900,
  vmta_dark: 900,
  complaint_spike: 3600,
};

/**
 * Holds found incidents against the known ones. One is found where kind and entities are equal and start and end lie within
 * one window of the planned ones or of when it showed. An uncertain one may be found or not; it counts in neither rate.
 */
export function compareIncidents(found: readonly Found[], known: readonly IncidentTruth[]): Comparison {
  const rest = [...found];
  const matched: Comparison['matched'] = [];
  for (const truth of known) {
    const at = rest.findIndex((each) => isFound(each, truth));
    if (at >= 0) matched.push(...rest.splice(at, 1).map((each) => ({ truth, found: each })));
  }
  const certain = known.filter((truth) => truth.certain);
  const missed = certain.filter((truth) => !matched.some((match) => match.truth === truth));
  const hits = certain.length - missed.length;
  return {
    matched,
    missed,
    surplus: rest,
    recall: certain.length === 0 ? 1 : hits / certain.length,
    precision: hits + rest.length === 0 ? 1 : hits / (hits + rest.length),
  };
}

function isFound(found: Found, { kind, entity, start, end, shown }: IncidentTruth): boolean {
  const near = (time: number, planned: number, seen: number): boolean =>
    time >= Math.min(planned, seen) - windows[kind] && time <= Math.max(planned, seen) + windows[kind];
  return (
    found.kind === kind &&
    (found.provider ?? '') === (entity.isp ?? '') &&
    (found.vmta ?? '') === (entity.vmta ?? '') &&
    (found.pool ?? '') === (entity.pool ?? '') &&
    (found.job ?? '') === (entity.job ?? '') &&
    near(found.start, start, shown?.first ?? start) &&
    near(found.end, end, shown?.last ?? end)
  );
}
