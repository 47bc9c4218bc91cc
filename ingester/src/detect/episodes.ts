import { partitioned } from '../model';
import { isDeferral } from './deferrals';
import { keyOf, type Entity, type Firing, type Spot } from './firings';
import { DEFERRAL_KINDS, STEP, type DetectionRules, type Kind } from './rules';

/** A stretch of time in which something was wrong with one entity: what an incident is made of. Epoch seconds. */
export interface Episode {
  readonly kind: Kind;
  readonly entity: Entity;
  readonly pool?: string;
  /** First and last step that is over the threshold by itself; `end` is the end of that step. */
  start: number;
  end: number;
  /** Start of the last window's last step. */
  last: number;
  readonly firings: Firing[];
  /** Keys of narrower entities that are part of it. */
  readonly absorbed: string[];
}

/** Joins firings to episodes; a wider entity takes in the narrower ones, and slow deliveries give way to their cause. */
export function episodesOf(firings: readonly Firing[], rules: DetectionRules): Episode[] {
  const isLatency = ({ kind }: Firing) => kind === 'latency_anomaly';
  const others = absorb(
    join(
      firings.filter((firing) => !isLatency(firing)),
      rules,
    ),
    rules,
  );
  const after = rules.kinds.latency_anomaly.symptomMinutes * 60;
  const causes = others.filter(({ kind }) => isDeferral(kind) && kind !== 'deferrals');
  const silences = others.filter(({ kind }) => kind === 'vmta_dark');
  const delivered = rules.incidents.mergeMinutes * 60;
  const isSymptom = ({ entity, at }: Firing) =>
    causes.some(
      (cause) => cause.entity.provider === entity.provider && at >= cause.start && at < cause.end + after,
    ) ||
    // What waited on a VMTA while it was dark is delivered when it is back, and was not slow on its way.
    silences.some(({ end }) => at >= end && at < end + delivered);
  const slow = firings.filter((firing) => isLatency(firing) && !isSymptom(firing));
  return [...others, ...join(slow, rules)].sort((a, b) => a.start - b.start || order(a, b));
}

function order(a: Episode, b: Episode): number {
  const [one, other] = [a, b].map(({ kind, entity }) => kind + keyOf(entity)) as [string, string];
  return one < other ? -1 : Number(one > other);
}

/** Firings of one kind and entity that are near each other are one episode. */
function join(firings: readonly Firing[], { incidents }: DetectionRules): Episode[] {
  const groups = partitioned(firings, ({ kind, entity }) => kind + keyOf(entity));
  const episodes: Episode[] = [];
  for (const group of groups.values()) {
    let current: Episode | undefined;
    for (const firing of group.sort((a, b) => a.at - b.at)) {
      const spots = firing.spots.length > 0 ? firing.spots.map(({ at }) => at) : [firing.at];
      const start = Math.min(...spots);
      const end = Math.max(...spots) + STEP;
      if (!firing.sure) {
        const near = current && firing.at - current.last <= incidents.quietSteps * STEP;
        if (!near || !current || (firing.waiting ?? 0) < incidents.unknownWaiting) continue;
        current.firings.push(firing);
        current.last = firing.at;
        if (firing.spots.length > 0) current.end = Math.max(current.end, end);
      } else if (current && start - current.end <= incidents.mergeMinutes * 60) {
        current.firings.push(firing);
        current.last = firing.at;
        current.start = Math.min(current.start, start);
        current.end = Math.max(current.end, end);
      } else {
        const { kind, entity, pool, at } = firing;
        current = {
          ...{ kind, entity, start, end, last: at, firings: [firing], absorbed: [] },
          ...(pool !== undefined && { pool }),
        };
        episodes.push(current);
      }
    }
  }
  return episodes;
}

/** How wide an entity of a provider is: itself, a pool, a VMTA. */
const width = ({ vmta, pool }: Entity): number => (vmta !== undefined ? 0 : pool !== undefined ? 1 : 2);

/** Whether a wider episode covers what a narrower one is about. */
export function covers(
  wide: { kind: string; entity: Entity },
  narrow: { kind: string; entity: Entity; pool?: string | undefined },
): boolean {
  if (wide.kind !== narrow.kind || wide.entity.provider !== narrow.entity.provider) return false;
  if (width(wide.entity) <= width(narrow.entity)) return false;
  return width(wide.entity) === 2 || wide.entity.pool === (narrow.entity.pool ?? narrow.pool);
}

/** Widest first, each takes in what it covers and what is no further from it than a re-fire may be. */
function absorb(episodes: readonly Episode[], { incidents }: DetectionRules): Episode[] {
  const near = incidents.mergeMinutes * 60;
  const left = new Set(episodes);
  const deferred = episodes
    .filter(({ kind }) => (DEFERRAL_KINDS as readonly string[]).includes(kind))
    .sort((a, b) => width(b.entity) - width(a.entity) || a.start - b.start || order(a, b));
  // None takes in what is of another kind or provider: a month of bad days has thousands of episodes.
  for (const alike of partitioned(deferred, ({ kind, entity }) => `${kind} ${entity.provider}`).values())
    for (const wide of alike) if (left.has(wide)) grow(wide, alike, left, near);
  return [...left];
}

/** Takes in the episodes of the same kind and provider that a wide one covers, until none is near (s) any more. */
function grow(wide: Episode, alike: readonly Episode[], left: Set<Episode>, near: number): void {
  for (let grew = true; grew; ) {
    grew = false;
    for (const other of alike) {
      if (other === wide || !left.has(other)) continue;
      if (other.start - wide.end > near || wide.start - other.end > near) continue;
      const same = keyOf(other.entity) === keyOf(wide.entity);
      if (!same && !covers(wide, other)) continue;
      left.delete(other);
      if (!same) wide.absorbed.push(keyOf(other.entity));
      else wide.firings.push(...other.firings);
      wide.absorbed.push(...other.absorbed);
      wide.start = Math.min(wide.start, other.start);
      wide.end = Math.max(wide.end, other.end);
      wide.last = Math.max(wide.last, other.last);
      grew = true;
    }
  }
}

/** The steps of an episode that are over the threshold, each once, in order. */
export function spotsOf({ firings }: Pick<Episode, 'firings'>): Spot[] {
  const spots = new Map(firings.flatMap((firing) => firing.spots.map((spot) => [spot.at, spot] as const)));
  return [...spots.values()].sort((a, b) => a.at - b.at);
}
