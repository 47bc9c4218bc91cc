import type { DimensionName, Filter } from '../../model';
import type { Named } from '../../model';
import { rateOf, type Finding, type Sides } from './findings';
import { SYMPTOMS } from './symptoms';

/** Volume below which peers say nothing. */
const LEAST_VOLUME = 20;

/** Mail that is like that of the place in all but one respect. */
export interface Peer {
  /** What it is that the peers share with the place, and would be to blame if they fared as badly: null is all mail. */
  readonly suspect: Named | null;
  /** The dimension in which they differ. */
  readonly differs: DimensionName;
  readonly filters: readonly Filter[];
}

/** How peers fare: as ever, badly too, or too few to tell. */
export type Verdict = 'fine' | 'bad' | 'unknown';

/**
 * The peers of a place: with provider and VMTA (or pool), the provider's other VMTAs and the VMTA's other providers; of
 * one value, all others.
 */
export function peersOf(place: readonly Named[]): Peer[] {
  if (place.length === 0) return [];
  const others = ({ dimension, value }: Named): Filter => ({ dimension, operator: '!=', values: [value] });
  const same = ({ dimension, value }: Named): Filter => ({ dimension, operator: '=', values: [value] });
  const [first, second] = place;
  if (first && second)
    return [
      { suspect: first, differs: second.dimension, filters: [same(first), others(second)] },
      { suspect: second, differs: first.dimension, filters: [others(first), same(second)] },
    ];
  return first ? [{ suspect: null, differs: first.dimension, filters: [others(first)] }] : [];
}

/** How peers fare in what is the matter with a place. */
export function verdictOn({ symptom, sides: own }: Finding, peers: Sides): Verdict {
  if (symptom === 'volume') return 'unknown';
  if (symptom === 'silence') {
    if (peers.before.attempts < LEAST_VOLUME) return 'unknown';
    return peers.now.attempts >= peers.before.attempts / 2 ? 'fine' : 'bad';
  }
  const { volume, fine, assumed } = SYMPTOMS[symptom];
  if (peers.now[volume] < LEAST_VOLUME) return 'unknown';
  const [now, usual] = [rateOf(symptom, peers.now) ?? 0, rateOf(symptom, peers.before) ?? assumed];
  // Where the place itself is hardly above what is nothing to speak of, its peers have to be well below it.
  const most = Math.min(Math.max(2 * usual, fine), Math.max(usual, (rateOf(symptom, own.now) ?? 0) / 2));
  return now <= most ? 'fine' : 'bad';
}
