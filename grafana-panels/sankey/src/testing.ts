import {
  FieldType,
  ThresholdsMode,
  createTheme,
  getDisplayProcessor,
  toDataFrame,
  type DataFrame,
  type FieldConfig,
} from '@grafana/data';

/** A row of links: source, target, value, and what else there is. */
export type Row = readonly [string | null, string | null, number | null, ...unknown[]];

const theme = createTheme();

const THRESHOLDS: FieldConfig = {
  unit: 'percentunit',
  color: { mode: 'thresholds' },
  thresholds: {
    mode: ThresholdsMode.Absolute,
    steps: [
      { value: -Infinity, color: 'green' },
      { value: 0.25, color: 'red' },
    ],
  },
};

/** A frame of flows as the service answers them, its fields displayed as Grafana would. */
export function flowFrame(rows: readonly Row[], levels = true): DataFrame {
  const column = (i: number) => rows.map((row) => row[i] ?? null);
  const frame = toDataFrame({
    name: 'flows',
    fields: [
      { name: 'source', type: FieldType.string, values: column(0) },
      { name: 'target', type: FieldType.string, values: column(1) },
      { name: 'value', type: FieldType.number, values: column(2), config: { unit: 'short' } },
      { name: 'deferralRate', type: FieldType.number, values: column(3), config: THRESHOLDS },
      { name: 'successRate', type: FieldType.number, values: column(4), config: { unit: 'percentunit' } },
      ...(levels ? [{ name: 'level', type: FieldType.number, values: column(5) }] : []),
      { name: 'sourceDimension', type: FieldType.string, values: column(6) },
      { name: 'targetDimension', type: FieldType.string, values: column(7) },
    ],
  });
  for (const field of frame.fields) {
    field.display = getDisplayProcessor({ field, theme });
  }
  return frame;
}

/** Three levels, one pipe of them throttled. */
export const THROTTLED: readonly Row[] = [
  ['pool-a', 'VMTA-5', 900, 0.4, 0.6, 0, 'pool', 'vmta'],
  ['pool-a', 'VMTA-6', 600, 0.02, 0.97, 0, 'pool', 'vmta'],
  ['VMTA-5', 'gmail', 700, 0.76, 0.12, 1, 'vmta', 'provider'],
  ['VMTA-5', 'yahoo', 200, 0.01, 0.98, 1, 'vmta', 'provider'],
  ['VMTA-6', 'gmail', 600, 0.02, 0.97, 1, 'vmta', 'provider'],
];
