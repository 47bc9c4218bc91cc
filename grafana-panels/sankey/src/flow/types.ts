import type { DataFrame, Field } from '@grafana/data';

/** The fields of a frame of links. */
export interface FlowFields {
  readonly frame: DataFrame;
  readonly source: Field;
  readonly target: Field;
  /** The width of a link: volume, never negative. */
  readonly value: Field;
  /** Which level the source stands on; without it, a name is one node wherever it stands. */
  readonly level?: Field | undefined;
  /** Names of the dimensions that source and target are values of: what a click filters by. */
  readonly sourceDimension?: Field | undefined;
  readonly targetDimension?: Field | undefined;
  /** The health of a link, which its colour shows. */
  readonly color?: Field | undefined;
  /** What a pipe is pinched by. */
  readonly pinch?: Field | undefined;
}

/** A place that mail passes. */
export interface FlowNode {
  readonly id: string;
  /** Text of senders or servers: only ever shown as text. */
  readonly name: string;
  /** 0 for the leftmost. */
  readonly level: number;
  /** The dimension that the name is a value of, where the data says. */
  readonly dimension?: string | undefined;
  /** Set where several nodes were put together, which no filter can name. */
  readonly folded?: number;
}

/** Mail that goes from one place to another. */
export interface FlowLink {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly value: number;
  /** Rows of the frame that it was made from; more than one where links were put together. */
  readonly rows: readonly number[];
  readonly color: number | null;
  readonly pinch: number | null;
}

/** A flow without cycles: every link leads to a higher level. */
export interface Flow {
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
}
