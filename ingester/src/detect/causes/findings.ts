import type { DimensionName } from '../../model';
import type { Cell, Figures } from '../figures';
import type { Named } from '../../model';
import { poissonTail } from '../poisson';
import { RATE_SYMPTOMS, SYMPTOMS, type RateSymptom, type SymptomName } from './symptoms';

/** Both sides of a comparison. */
export type Sides = Pick<Cell, 'now' | 'before'>;

/** Where mail may fare worse: the narrower of two that explain the same stands first. */
export const PLACES: readonly (readonly DimensionName[])[] = [
  ['provider', 'vmta'],
  ['provider', 'pool'],
  ['provider'],
  ['vmta'],
  ['pool'],
  ['job'],
  ['senderDomain'],
  ['sender'],
  ['user'],
  ['node'],
];

/** The groups of a comparison by one of the places. */
export interface Grouping {
  readonly dimensions: readonly DimensionName[];
  readonly cells: readonly Cell[];
}

/** A symptom at a place, with how much of it is beyond what was to be expected. */
export interface Finding {
  readonly symptom: SymptomName;
  readonly place: readonly Named[];
  readonly sides: Sides;
  /** What was to be expected of the figure, and how far it is beyond that. */
  readonly expected: number;
  readonly excess: number;
  /** The part of all that is beyond the expected, 0 to 1. */
  readonly share: number;
  /** The excess in standard deviations of what chance makes of the expected. */
  readonly deviation: number;
}

/** A finding of a symptom that is a rate. */
export type RateFinding = Finding & { readonly symptom: RateSymptom };

/** What is more probable than this is chance: hundreds of cells are looked at. */
const CHANCE = 1e-6;
const LEAST_EXCESS = 5;
const LEAST_GROWTH = 1.5;

/** Events at the usual rate of all mail that a cell's own rate is smoothed with. */
const PSEUDO_EVENTS = 50;

/** A place explains at least so much more of the change than it has of the mail. */
const LEAST_LIFT = 0.25;

/** A wider or other place has to explain so much more than a narrower one before it. */
const MARGIN = 0.02;

/** Attempts that must have been expected of a place before its silence says something, and what is silence. */
const LEAST_EXPECTED = 20;
const SILENT = 0.1;

/** Places of one symptom: more are one cause that is spread over them. */
const MOST_PLACES = 3;

/** What was to be expected of a symptom at a place, from its own rate before and that of all mail. */
function expectedOf(symptom: RateSymptom, { now, before }: Sides, all: Sides): number {
  const { count, volume, assumed } = SYMPTOMS[symptom];
  const usual = all.before[volume] > 0 ? all.before[count] / all.before[volume] : assumed;
  const rate = (before[count] + PSEUDO_EVENTS * usual) / (before[volume] + PSEUDO_EVENTS);
  return now[volume] * rate;
}

/** A symptom at a place that is given, whether or not it is beyond chance. */
export function findingAt(
  symptom: RateSymptom,
  place: readonly Named[],
  sides: Sides,
  all: Sides,
): RateFinding {
  const { count } = SYMPTOMS[symptom];
  const { now } = sides;
  const expected = expectedOf(symptom, sides, all);
  const excess = now[count] - expected;
  const whole = all.now[count] - expectedOf(symptom, all, all);
  const most = mostOf(symptom, sides, expected);
  return {
    symptom,
    place,
    sides,
    expected,
    excess,
    share: excess <= 0 ? 0 : excess / Math.max(whole, excess),
    deviation: (now[count] - most) / Math.sqrt(most + 1),
  };
}

/** What might as well have been expected: a rate that few events before have told may be higher than it seemed. */
function mostOf(symptom: RateSymptom, { now, before }: Sides, expected: number): number {
  const { volume } = SYMPTOMS[symptom];
  return expected + Math.sqrt((expected * now[volume]) / (before[volume] + PSEUDO_EVENTS));
}

/** Whether chance does not explain a symptom that is a rate. */
export function isBeyondChance({ symptom, sides, expected, excess }: RateFinding): boolean {
  if (excess < LEAST_EXCESS || excess < (LEAST_GROWTH - 1) * expected) return false;
  return poissonTail(sides.now[SYMPTOMS[symptom].count], mostOf(symptom, sides, expected)) < CHANCE;
}

/** Everything that fares worse than chance explains, where it does, the clearest first. */
export function findingsIn(all: Sides, groupings: readonly Grouping[]): Finding[] {
  const rates = RATE_SYMPTOMS.flatMap((symptom) => placesOf(symptom, all, groupings));
  const found = [...rates, ...silent(all, groupings)].sort((a, b) => b.deviation - a.deviation);
  // Mail that is deferred is delivered late: that is no second cause.
  const causes = found.filter(
    (one) => one.symptom !== 'latency' || found.every((other) => !isDelaying(other) || areApart(one, other)),
  );
  return causes.length > 0 ? causes : volumes(all, groupings);
}

function isDelaying({ symptom }: Finding): boolean {
  return symptom === 'deferrals';
}

/** Whether two places can have no mail in common. */
function areApart(one: Finding, other: Finding): boolean {
  return one.place.some(({ dimension, value }) =>
    other.place.some((named) => named.dimension === dimension && named.value !== value),
  );
}

/** The places that explain a symptom best, and apart from each other; all mail where none does. */
function placesOf(symptom: RateSymptom, all: Sides, groupings: readonly Grouping[]): Finding[] {
  const { volume } = SYMPTOMS[symptom];
  const candidates = groupings.flatMap(({ dimensions, cells }) =>
    cells
      .map((cell) => findingAt(symptom, placeOf(dimensions, cell), cell, all))
      .filter(isBeyondChance)
      .map((finding) => ({
        finding,
        lift: finding.share - finding.sides.now[volume] / Math.max(1, all.now[volume]),
      })),
  );
  const chosen: Finding[] = [];
  while (chosen.length < MOST_PLACES) {
    const left = candidates.filter(
      ({ finding, lift }) => lift >= LEAST_LIFT && chosen.every((other) => areApart(finding, other)),
    );
    const best = left.reduce<(typeof left)[number] | undefined>(
      (first, next) => (first === undefined || next.lift > first.lift + MARGIN ? next : first),
      undefined,
    );
    if (!best) break;
    chosen.push(best.finding);
  }
  if (chosen.length > 0) return chosen;
  const whole = findingAt(symptom, [], all, all);
  return isBeyondChance(whole) ? [whole] : [];
}

/** Places of which hardly anything is heard, the widest kind of place alone: of a silent node all VMTAs are silent. */
function silent(all: Sides, groupings: readonly Grouping[]): Finding[] {
  for (const dimension of ['node', 'pool', 'vmta'] as const) {
    const { cells = [] } = groupings.find(({ dimensions }) => isOnly(dimensions, dimension)) ?? {};
    const found = cells
      .map((cell) => silenceAt([{ dimension, value: cell.values[0] ?? '' }], cell, all))
      .filter(({ sides, expected }) => expected >= LEAST_EXPECTED && sides.now.attempts <= SILENT * expected);
    if (found.length > 0) return found.sort((a, b) => b.deviation - a.deviation).slice(0, MOST_PLACES);
  }
  return [];
}

/** How far a place is behind the attempts that were to be expected as the rest of the mail goes; never more than before. */
export function silenceAt(place: readonly Named[], sides: Sides, all: Sides): Finding {
  const others = {
    now: all.now.attempts - sides.now.attempts,
    before: all.before.attempts - sides.before.attempts,
  };
  const expected = sides.before.attempts * (others.before > 0 ? Math.min(1, others.now / others.before) : 1);
  const excess = expected - sides.now.attempts;
  return {
    symptom: 'silence',
    place,
    sides,
    expected,
    excess,
    share: excess > 0 ? 1 : 0,
    deviation: excess / Math.sqrt(expected + 1),
  };
}

/** Where so much more or less mail than before comes from. */
function volumes(all: Sides, groupings: readonly Grouping[]): Finding[] {
  const [now, before] = [all.now.attempts, all.before.attempts];
  const change = now - before;
  const isSmall =
    Math.abs(change) < PSEUDO_EVENTS || Math.max(now, before) < LEAST_GROWTH * Math.min(now, before);
  if (isSmall || before === 0) return [];
  const finding = (place: readonly Named[], sides: Sides): Finding => {
    const own = sides.now.attempts - sides.before.attempts;
    return {
      symptom: 'volume',
      place,
      sides,
      expected: sides.before.attempts,
      excess: own,
      share: own / change,
      deviation: Math.abs(own) / Math.sqrt(sides.before.attempts + 1),
    };
  };
  const lift = ({ share, sides }: Finding) => share - sides.before.attempts / before;
  const [best] = groupings
    .flatMap(({ dimensions, cells }) => cells.map((cell) => finding(placeOf(dimensions, cell), cell)))
    .sort((a, b) => lift(b) - lift(a));
  return [best && lift(best) >= LEAST_LIFT ? best : finding([], all)];
}

/** The values of a cell by dimension. */
export function placeOf(dimensions: readonly DimensionName[], { values }: Pick<Cell, 'values'>): Named[] {
  return dimensions.map((dimension, index) => ({ dimension, value: values[index] ?? '' }));
}

function isOnly(dimensions: readonly DimensionName[], dimension: DimensionName): boolean {
  return dimensions.length === 1 && dimensions[0] === dimension;
}

/** A figure's rate; null without volume. */
export function rateOf(symptom: RateSymptom, figures: Figures): number | null {
  const { count, volume } = SYMPTOMS[symptom];
  return figures[volume] > 0 ? figures[count] / figures[volume] : null;
}
