import type { DataFrame, Field } from '@grafana/data';

/** The fields of a frame of things that last. */
export interface SpanFields {
  readonly frame: DataFrame;
  readonly start: Field;
  /** Without it, every row is a moment. */
  readonly end: Field | undefined;
  /** `closed` and `retracted` are over, everything else goes on; without it, what has no end goes on. */
  readonly state: Field | undefined;
  /** The field whose values are the lanes, where one was chosen. */
  readonly lane: Field | undefined;
  /** Fields that together say what a row is about; they name the lanes where none was chosen. */
  readonly about: readonly Field[];
  readonly label: Field | undefined;
  readonly color: Field | undefined;
  readonly sentence: Field | undefined;
  /** The incident's id, who acknowledged it and their note. */
  readonly id: Field | undefined;
  readonly ackBy: Field | undefined;
  readonly note: Field | undefined;
  /** Address of the dashboard about it. */
  readonly link: Field | undefined;
}

/** Something that lasted. Times are epoch milliseconds. */
export interface Span {
  /** Row of the frame: it names the span among those of one answer. */
  readonly row: number;
  readonly lane: string;
  readonly start: number;
  /** At the start or after it; of what goes on, the present. */
  readonly end: number;
  readonly open: boolean;
}

/** What the rows of a frame say. */
export interface ReadSpans {
  readonly spans: readonly Span[];
  /** Rows that cannot be drawn: without a start, or with an end before it. */
  readonly skipped: number;
}
