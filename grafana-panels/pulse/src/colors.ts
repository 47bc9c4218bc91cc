import { FieldColorModeId, ThresholdsMode, type FieldConfig } from '@grafana/data';

/** Colours by thresholds: one below the first value, and one from each value on. */
function steps(below: string, ...from: ReadonlyArray<readonly [value: number, color: string]>) {
  return {
    color: { mode: FieldColorModeId.Thresholds },
    thresholds: {
      mode: ThresholdsMode.Absolute,
      steps: [{ value: -Infinity, color: below }, ...from.map(([value, color]) => ({ value, color }))],
    },
  } satisfies FieldConfig;
}

/** Colours of a success rate. */
export const SUCCESS = steps('red', [0.75, 'orange'], [0.9, 'green']);

/** Colours of a deferral rate. */
export const DEFERRAL = steps('green', [0.1, 'orange'], [0.25, 'red']);
