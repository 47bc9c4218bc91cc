import type { DataFrame, Field } from '@grafana/data';
import type { Span } from '../spans/types';

/** The fields of a frame of steps: what happened to a message, in order. */
export interface StepFields {
  readonly frame: DataFrame;
  readonly time: Field;
  readonly step: Field;
  /** Seconds since the step before, of the first one since the message was queued. */
  readonly seconds: Field | undefined;
  /** `queue`: it happened in the queue that the message waited in. */
  readonly relation: Field | undefined;
  readonly confidence: Field | undefined;
  readonly messageId: Field | undefined;
  readonly recipient: Field | undefined;
  /** What the other server said. */
  readonly answer: Field | undefined;
  /** The field whose values are the lanes, where one was chosen; else every step has its own. */
  readonly lane: Field | undefined;
  readonly about: readonly Field[];
}

/** A step: the time from the one before to it. */
export interface Step extends Span {
  /** Which of several messages it belongs to, from 0. */
  readonly message: number;
  /** That a message was queued is told by its first step, and no row of its own. */
  readonly isQueued: boolean;
  /** Since when nothing else is known of the message, epoch milliseconds; null where that is not known. */
  readonly since: number | null;
  /** Whether it may be another message's, or is of the queue alone. */
  readonly isDoubtful: boolean;
}

/** What the rows of a frame say. */
export interface ReadSteps {
  readonly steps: readonly Step[];
  readonly messages: number;
  /** Rows without a time. */
  readonly skipped: number;
}
