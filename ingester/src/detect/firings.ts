import type { Kind } from './rules';

/** What an incident is about. What is left out is not part of it. */
export interface Entity {
  readonly provider?: string;
  readonly vmta?: string;
  readonly pool?: string;
  readonly job?: string;
  readonly sender?: string;
  readonly node?: string;
}

const PARTS = ['provider', 'vmta', 'pool', 'job', 'sender', 'node'] as const;

/** A text that tells entities apart. */
export function keyOf(entity: Entity): string {
  return JSON.stringify(PARTS.map((part) => entity[part] ?? ''));
}

/** A step that is over the threshold by itself: `events` among `of`. `at` is its start in epoch seconds. */
export interface Spot {
  readonly at: number;
  readonly of: number;
  readonly events: number;
  /** Deliveries among them, where these are attempts. */
  readonly delivered?: number;
}

/** A window in which a rule fired. */
export interface Firing {
  readonly kind: Kind;
  readonly entity: Entity;
  /** The pool of a VMTA: what a wider incident is known by. */
  readonly pool?: string;
  /** Start of the window's last step, epoch seconds. */
  readonly at: number;
  /** False where too little was tried to say: it counts while enough messages wait. */
  readonly sure: boolean;
  readonly spots: readonly Spot[];
  /** Share (for latency: seconds) in the window, and what is usual; undefined where that is not known. */
  readonly rate: number;
  readonly baseline?: number | undefined;
  /** The share of attempts that usually succeed. */
  readonly usual?: number | undefined;
  /** What the rate is a share of, where that is not what stands in the spots. */
  readonly of?: number;
  /** Deferred messages that wait at the end of the step, where that was counted. */
  waiting?: number;
  /** What else the sentence says: a reason, a file name, a message. */
  readonly detail?: string;
}

/** Rules of one family, fed step by step in the order of event time. */
export interface Evaluator {
  /** The firings of the windows that end with the step that starts at `at`. */
  step(at: number): Firing[] | Promise<Firing[]>;
}
