import { FieldColorModeId, ThresholdsMode, type FieldConfig } from '@grafana/data';

/** Colours of a deferral rate, by which what is new shows what is throttled. */
export const HEALTH = {
  color: { mode: FieldColorModeId.Thresholds },
  thresholds: {
    mode: ThresholdsMode.Absolute,
    steps: [
      { value: -Infinity, color: 'green' },
      { value: 0.1, color: 'orange' },
      { value: 0.25, color: 'red' },
    ],
  },
} satisfies FieldConfig;
