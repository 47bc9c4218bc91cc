import type { Store } from '../../store';
import type { AnswerContext } from '../context';
import { notAvailable } from '../errors';
import type { Frame } from '../frames';
import type { Share } from '../incidentLinks';
import type { CausesQuery, InsightsQuery, RiskQuery } from './queries';

/** What is known of an incident where its causes are looked for. Times are epoch ms. */
export interface KnownIncident {
  readonly id: string;
  readonly kind: string;
  /** `critical`, `warning` or `info`. */
  readonly severity: string;
  readonly start: number;
  /** Null while it goes on. */
  readonly end: number | null;
  /** What it is about: the values of these dimensions; what it does not name is not said. */
  readonly entity: Readonly<Partial<Record<IncidentDimension, string>>>;
  /** What happened, in a sentence. */
  readonly sentence: string;
  /** The jobs, senders and source IPs that it belongs to. */
  readonly behind: readonly Share[];
  /** Id of the incident that it is a symptom of. */
  readonly symptomOf?: string;
}

/** Dimensions that an incident can be about. */
export const INCIDENT_DIMENSIONS = [
  'provider',
  'domain',
  'vmta',
  'pool',
  'job',
  'sender',
  'senderDomain',
  'node',
] as const;

type IncidentDimension = (typeof INCIDENT_DIMENSIONS)[number];

/** The incidents that were found. */
export interface IncidentSource {
  /** The incident of this id; undefined where there is none. */
  findIncident(id: string, signal?: AbortSignal): Promise<KnownIncident | undefined>;
  /** Those that touch a half-open range (epoch ms), retracted ones left out. */
  incidentsIn(range: { from: number; to: number }, signal?: AbortSignal): Promise<KnownIncident[]>;
}

type Respond<Query> = (store: Pick<Store, 'read'>, query: Query, context: AnswerContext) => Promise<Frame[]>;

/** Answers what is wrong, why, and who is at risk: made of the model's own figures, so it stands upon the model. */
export interface Diagnosis {
  readonly risk: Respond<RiskQuery>;
  readonly causes: Respond<CausesQuery>;
  readonly insights: Respond<InsightsQuery>;
}

/** The diagnosis of the context. Throws QueryError 501 where there is none. */
export function diagnosisOf({ diagnosis }: AnswerContext): Diagnosis {
  if (!diagnosis) throw notAvailable('a diagnosis');
  return diagnosis;
}
