import type { Field } from '@grafana/data';
import type { Role } from '../options';

/** A number with the field that says how it is written and coloured. */
export interface Reading {
  readonly value: number;
  readonly field: Field;
}

/** Volume over time, the oldest first: `values[i]` from `at[i]` (epoch ms) on, for one step. A board has tens of thousands of them. */
export interface History {
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/** What the data says of one VMTA, IP, pool or provider. */
export interface Entity {
  readonly id: string;
  /** Text of servers or senders: only ever shown as text. */
  readonly name: string;
  /** What the name is a value of, which a click filters by. */
  readonly dimension: string;
  /** Empty where it is in no group. */
  readonly group: string;
  readonly readings: { readonly [R in Role]?: Reading };
  readonly history: History;
  /** When it was last seen, where the data says so; epoch ms. */
  readonly lastSeen?: number | undefined;
  /** An open incident says that it is silent: since when (epoch ms), where that is known. */
  readonly silence?: { readonly since: number | null } | undefined;
  /** Places in the data that it came from, for data links. */
  readonly places: ReadonlyArray<{ readonly fields: readonly Field[]; readonly row: number }>;
}

/**
 * How an entity stands. `dark`: no mail, although it should have some; `judged`: its state says; `few`: too little mail for its
 * state to say anything; `idle`: no mail in the whole time; `unknown`: the data has no state of it.
 */
export type Standing = 'dark' | 'judged' | 'few' | 'idle' | 'unknown';

/** An entity as it stands among the others. */
export interface Cell {
  readonly entity: Entity;
  readonly standing: Standing;
  /** Step of the state's thresholds, from 0; null where it is not judged. */
  readonly step: number | null;
  /** Whether it is in the best step: nothing to see here. */
  readonly fine: boolean;
  /** Volume a minute, now; null where the data has no series. */
  readonly throughput: number | null;
  /** End of the last step with mail, where there is a series or the data says so; epoch ms. */
  readonly lastSeen: number | null;
}

/** Cells that belong together, in order. */
export interface Group {
  readonly name: string;
  readonly cells: readonly Cell[];
}
