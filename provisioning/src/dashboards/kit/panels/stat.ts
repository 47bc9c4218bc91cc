import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  PercentChangeColorMode,
  VizOrientation,
  type ReduceDataOptions,
} from '@grafana/grafana-foundation-sdk/common';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { FieldConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Options } from '@grafana/grafana-foundation-sdk/stat';
import { DATASOURCE } from '../datasource';
import type { Unplaced } from '../grid';
import { judged, type Steps } from './look';

/** What a panel with one figure shows. */
export interface Figure {
  readonly title: string;
  /** What the figure is, in a sentence. */
  readonly description: string;
  /** The question; of two, the first is about the range before and the figure shows how it changed. */
  readonly targets: readonly [Dataquery] | readonly [before: Dataquery, now: Dataquery];
  /** Unit of Grafana: `short`, `percentunit` (of 0 to 1), `s`, `bytes`. */
  readonly unit: string;
  readonly steps?: Steps;
  /** What stands there where there is no value. */
  readonly noValue?: string;
  readonly field?: Partial<FieldConfig>;
}

/** The last value of an answer: a numeric one has one alone. */
export const LAST: ReduceDataOptions = { calcs: ['lastNotNull'], fields: '', values: false };

/** One figure, large. */
export function stat(figure: Figure): Unplaced {
  const { title, description, targets, unit, steps, noValue = '–', field } = figure;
  const compared = targets.length > 1;
  const options: Options = {
    reduceOptions: LAST,
    graphMode: BigValueGraphMode.None,
    colorMode: BigValueColorMode.Value,
    justifyMode: BigValueJustifyMode.Auto,
    textMode: BigValueTextMode.Value,
    orientation: VizOrientation.Auto,
    wideLayout: true,
    showPercentChange: compared,
    // The value is judged, not its change: more complaints of much more mail are no fault.
    percentChangeColorMode: PercentChangeColorMode.SameAsValue,
  };
  return {
    type: 'stat',
    title,
    description,
    datasource: DATASOURCE,
    targets: [...targets],
    // One field with both values: the panel tells the change from its first to its last.
    ...(compared && { transformations: [{ id: 'merge', options: {} }] }),
    options,
    fieldConfig: { defaults: { unit, noValue, ...judged(steps), ...field }, overrides: [] },
  };
}
