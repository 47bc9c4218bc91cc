import type { Figure } from '../figures';

/** What can be the matter with mail: a figure that grew in relation to another one. */
export interface Symptom {
  readonly count: Figure;
  readonly volume: Figure;
  /** What both are called. */
  readonly what: string;
  readonly of: string;
  /** The rate that is assumed where there was no mail before. */
  readonly assumed: number;
  /** A rate up to this is nothing to speak of, whatever it was before. */
  readonly fine: number;
}

/** The symptoms that are a rate. */
export const SYMPTOMS = {
  deferrals: symptom('deferrals', 'attempts', 'deferrals', 'attempts', 0.03, 0.05),
  bounces: symptom('hardBounced', 'sent', 'hard bounces', 'messages', 0.02, 0.03),
  blocks: symptom('blocked', 'sent', 'blocked messages', 'messages', 0.005, 0.01),
  complaints: symptom(
    'complaints',
    'reported',
    'complaints',
    'deliveries at providers that report',
    0.0005,
    0.001,
  ),
  latency: symptom('slow', 'timed', 'slow deliveries', 'deliveries', 0.05, 0.1),
} as const satisfies Record<string, Symptom>;

/** Name of a symptom that is a rate. */
export type RateSymptom = keyof typeof SYMPTOMS;

/** Name of a symptom; `silence` and `volume` are fewer attempts, or more, than there were before. */
export type SymptomName = RateSymptom | 'silence' | 'volume';

/** Names of the symptoms that are a rate. */
export const RATE_SYMPTOMS = Object.keys(SYMPTOMS) as RateSymptom[];

/** The symptoms that an incident of a kind may show; all of them where the kind says none. */
export function symptomsOf(kind: string | undefined): readonly (RateSymptom | 'silence')[] | undefined {
  switch (kind) {
    case 'throttling':
    case 'deferrals':
    case 'provider_unreachable':
      return ['deferrals'];
    case 'block':
      return ['deferrals', 'blocks'];
    case 'bounce_spike':
      return ['bounces'];
    case 'complaint_spike':
      return ['complaints'];
    case 'latency_anomaly':
      return ['latency'];
    case 'vmta_dark':
      return ['silence'];
    case undefined:
    default:
      return undefined;
  }
}

function symptom(
  count: Figure,
  volume: Figure,
  what: string,
  of: string,
  assumed: number,
  fine: number,
): Symptom {
  return { count, volume, what, of, assumed, fine };
}
