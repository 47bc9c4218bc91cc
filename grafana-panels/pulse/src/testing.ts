import {
  FieldType,
  ThresholdsMode,
  createTheme,
  getDisplayProcessor,
  toDataFrame,
  type DataFrame,
  type FieldConfig,
} from '@grafana/data';

/** A row of a table: vmta, pool, attempts, attemptSuccessRate, deferralRate, latencyP95. */
export type Row = readonly [string | null, string | null, ...Array<number | null>];

const theme = createTheme();

const STATE: FieldConfig = {
  unit: 'percentunit',
  color: { mode: 'thresholds' },
  thresholds: {
    mode: ThresholdsMode.Absolute,
    steps: [
      { value: -Infinity, color: 'red' },
      { value: 0.75, color: 'orange' },
      { value: 0.9, color: 'green' },
    ],
  },
};

/** The end of the time that the frames are of. */
export const END = Date.UTC(2026, 8, 15, 12);

/** Minutes of the series. */
export const MINUTES = 60;

function displayed(frame: DataFrame): DataFrame {
  for (const field of frame.fields) {
    field.display = getDisplayProcessor({ field, theme });
  }
  return frame;
}

/** A table of metrics as the service answers it, its fields displayed as Grafana would. */
export function tableFrame(rows: readonly Row[]): DataFrame {
  const column = (i: number) => rows.map((row) => row[i] ?? null);
  return displayed(
    toDataFrame({
      fields: [
        { name: 'vmta', type: FieldType.string, values: column(0) },
        { name: 'pool', type: FieldType.string, values: column(1) },
        { name: 'attempts', type: FieldType.number, values: column(2), config: { unit: 'short' } },
        { name: 'attemptSuccessRate', type: FieldType.number, values: column(3), config: STATE },
        { name: 'deferralRate', type: FieldType.number, values: column(4), config: { unit: 'percentunit' } },
        { name: 'latencyP95', type: FieldType.number, values: column(5), config: { unit: 's' } },
      ],
    })
  );
}

/** A series of a metric of one VMTA, a value a minute, the last at the end. */
export function seriesFrame(
  labels: Record<string, string>,
  value: (minute: number) => number | null,
  name = 'attempts'
): DataFrame {
  const minutes = Array.from({ length: MINUTES }, (_, minute) => minute);
  const config = name.endsWith('Rate') ? STATE : { unit: name.startsWith('latency') ? 's' : 'short' };
  return displayed(
    toDataFrame({
      fields: [
        { name: 'time', type: FieldType.time, values: minutes.map((minute) => END - (MINUTES - minute) * 60_000) },
        { name, type: FieldType.number, labels, values: minutes.map(value), config },
      ],
    })
  );
}

/** Two pools; VMTA-5 is throttled, VMTA-9 has too little mail to say. */
export const ROWS: readonly Row[] = [
  ['VMTA-1', 'pool-a', 12_000, 0.99, 0.004, 1.2],
  ['VMTA-2', 'pool-a', 11_000, 0.97, 0.01, 1.4],
  ['VMTA-5', 'pool-b', 9_000, 0.31, 0.66, 240],
  ['VMTA-6', 'pool-b', 8_000, 0.85, 0.1, 12],
  ['VMTA-9', 'pool-b', 12, 0.25, 0.75, 3],
  ['VMTA-10', 'pool-b', 8_000, 0.98, 0.01, 2],
];

/** Series of the rows above; the last 20 minutes of VMTA-2 are silent. */
export function seriesOf(rows: readonly Row[] = ROWS): DataFrame[] {
  return rows.map(([vmta, pool, attempts]) =>
    seriesFrame({ vmta: vmta ?? '', pool: pool ?? '' }, (minute) =>
      vmta === 'VMTA-2' && minute >= MINUTES - 20 ? 0 : (attempts ?? 0) / MINUTES
    )
  );
}
