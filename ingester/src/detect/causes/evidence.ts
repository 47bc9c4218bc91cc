import type { DimensionName, Notice } from '../../model';
import type { Comparison, Figure } from '../figures';
import type { Named } from '../../model';
import { placeOf, type Finding, type Sides } from './findings';
import { fixedIn, type Inquiry } from './inquiry';
import { onsetsOf, stepOf, stepsSql, type Onset } from './onsets';
import { peersOf, verdictOn, type Peer, type Verdict } from './peers';
import { diagnosticsOf, kindOf, reasonsSql, type Diagnostic } from './reasons';
import { only } from './scope';
import { SYMPTOMS } from './symptoms';

/** What a value has of a change. */
export interface Contribution {
  readonly name: Named;
  readonly sides: Sides;
  readonly share: number;
}

/** A finding with everything that speaks for it, and against it. */
export interface Cause {
  readonly finding: Finding;
  /** What it is called, as the kind of an incident. */
  readonly name: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** The MTA's main category, of bounces, then what servers say. */
  readonly diagnostics: readonly Diagnostic[];
  /** Who the mail is from, and the way it takes. */
  readonly sources: readonly Contribution[];
  readonly routes: readonly Contribution[];
  readonly onsets: readonly Onset[];
  readonly peers: readonly { readonly peer: Peer; readonly sides: Sides; readonly verdict: Verdict }[];
  readonly notices: readonly Notice[];
}

const SOURCES: readonly DimensionName[] = ['job', 'senderDomain', 'sender', 'user'];
const ROUTES: readonly DimensionName[] = ['provider', 'pool', 'vmta'];

/** Values of a dimension that are told, and the part of a change, beyond that of the mail, below which none is. */
const MOST_VALUES = 3;
const LEAST_SHARE = 0.1;
const MOST_REASONS = 5;

/** How much of a cause is believed, by how its peers fare. */
const BELIEVED: Readonly<Record<Verdict, number>> = { fine: 1, unknown: 0.9, bad: 0.6 };

/** Gathers the evidence of a finding. Throws what the store throws. */
export async function investigate(inquiry: Inquiry, finding: Finding): Promise<Cause> {
  const { scope, comparison } = inquiry;
  const here = { ...comparison, filters: [...scope.filters, ...finding.place.map(only)] };
  const [categories, reasons, { sources, routes, peers }, onsets] = await Promise.all([
    finding.symptom === 'bounces' ? diagnosed(inquiry, finding, here, 'bounceCategory') : [],
    diagnosed(inquiry, finding, here, 'reason'),
    surroundings(inquiry, finding, here),
    sequence(inquiry, finding, here),
  ]);
  return {
    finding,
    name: nameOf(finding, scope.kind, reasons),
    confidence: confidenceOf(
      finding,
      peers.map(({ verdict }) => verdict),
    ),
    diagnostics: [...categories.slice(0, 1), ...reasons.slice(0, MOST_REASONS)],
    sources,
    routes,
    onsets,
    peers,
    notices: noticesOf(finding, here),
  };
}

/** The figure that a finding is about. */
export function figureOf({ symptom }: Finding): Figure {
  return symptom === 'silence' || symptom === 'volume' ? 'attempts' : SYMPTOMS[symptom].count;
}

/** The share it explains, less what chance may have of it, less what peers say against it. */
function confidenceOf({ share, excess, expected }: Finding, verdicts: readonly Verdict[]): number {
  const signal = excess <= 0 ? 0 : excess / (excess + 2 * Math.sqrt(expected + 1));
  const believed = Math.min(1, ...verdicts.map((verdict) => BELIEVED[verdict]));
  return Math.round(100 * Math.min(1, Math.abs(share)) * signal * believed) / 100;
}

function nameOf(
  { symptom, place }: Finding,
  kind: string | undefined,
  reasons: readonly Diagnostic[],
): string {
  if (kind !== undefined) return kind;
  switch (symptom) {
    case 'deferrals':
      return kindOf(reasons);
    case 'bounces':
      return 'bounce_spike';
    case 'blocks':
      return 'block';
    case 'complaints':
      return 'complaint_spike';
    case 'latency':
      return 'latency_anomaly';
    case 'silence':
      return place[0]?.dimension === 'node'
        ? 'logs_stopped'
        : place[0]?.dimension === 'vmta'
          ? 'vmta_dark'
          : symptom;
    case 'volume':
      return symptom;
  }
}

async function diagnosed(
  inquiry: Inquiry,
  { symptom }: Finding,
  here: Comparison,
  by: 'reason' | 'bounceCategory',
): Promise<Diagnostic[]> {
  const question = reasonsSql(symptom, here, by);
  return question ? diagnosticsOf(await inquiry.read(question.statement)) : [];
}

function noticesOf({ symptom }: Finding, here: Comparison): Notice[] {
  if (!reasonsSql(symptom, here, 'reason')?.widened) return [];
  const text =
    'Reasons are those of the provider and the job as a whole: those of a VMTA or pool stand in single events, which are read for a day at most';
  return [{ severity: 'info', text }];
}

/** Who and what has the change at a place, and how its peers fare: in one comparison, as both ask for the same mail. */
async function surroundings(
  inquiry: Inquiry,
  finding: Finding,
  here: Comparison,
): Promise<Pick<Cause, 'sources' | 'routes' | 'peers'>> {
  const { scope, comparison } = inquiry;
  const { symptom, sides } = finding;
  const figure = figureOf(finding);
  const volume = symptom === 'silence' || symptom === 'volume' ? 'attempts' : SYMPTOMS[symptom].volume;
  const change = sides.now[figure] - sides.before[figure];
  const fixed = fixedIn(here);
  const open = [...SOURCES, ...ROUTES].filter((dimension) => !fixed.includes(dimension));
  // Of a silence nothing is there that could have a part in it.
  const told = symptom === 'silence' || change === 0 ? [] : open;
  const peers = peersOf(finding.place);
  const where = finding.place.map(only);
  const cells = await inquiry.compare(
    { ...comparison, filters: scope.filters },
    [
      ...told.map((dimension) => ({ by: [dimension], where })),
      ...peers.map(({ filters }) => ({ by: [], where: filters })),
    ],
    { totals: sides, figures: [...new Set([figure, volume])] },
  );
  const contributions = (dimensions: readonly DimensionName[], least: number) =>
    told.flatMap((dimension, index) =>
      dimensions.includes(dimension)
        ? (cells[index] ?? [])
            .map((cell) => ({
              name: placeOf([dimension], cell)[0] as Named,
              sides: cell,
              share: (cell.now[figure] - cell.before[figure]) / change,
            }))
            .filter(
              ({ share, sides: { now } }) =>
                share - least * (now[volume] / Math.max(1, sides.now[volume])) >= LEAST_SHARE,
            )
            .sort((a, b) => b.share - a.share)
            .slice(0, MOST_VALUES)
        : [],
    );
  return {
    sources: contributions(SOURCES, 0),
    // Who sends is told as it is; a route is worth telling where it has more of the change than of the mail.
    routes: contributions(ROUTES, 1),
    peers: peers.flatMap((peer, index) => {
      const [own] = cells[told.length + index] ?? [];
      return own ? [{ peer, sides: own, verdict: verdictOn(finding, own) }] : [];
    }),
  };
}

async function sequence(inquiry: Inquiry, { sides }: Finding, here: Comparison): Promise<readonly Onset[]> {
  const statement = stepsSql(here);
  const steps = (await inquiry.read(statement)).map(stepOf);
  return onsetsOf(steps, sides, inquiry.baseline.latency);
}
