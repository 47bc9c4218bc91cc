import {
  FieldType,
  createTheme,
  getDisplayProcessor,
  toDataFrame,
  type DataFrame,
  type FieldConfig,
} from '@grafana/data';

/** An incident as the service answers it; what is left out is empty. */
export interface Incident {
  readonly id?: string;
  readonly kind?: string;
  readonly severity?: string;
  readonly state?: string;
  readonly provider?: string;
  readonly vmta?: string;
  readonly job?: string;
  readonly start: number | null;
  readonly end?: number | null;
  readonly sentence?: string;
  readonly rate?: number | null;
  readonly baseline?: number | null;
  readonly waiting?: number | null;
  readonly attempts?: number | null;
  readonly ackBy?: string;
  readonly note?: string;
}

const theme = createTheme();

const TEXTS = ['id', 'kind', 'severity', 'state', 'provider', 'vmta', 'job', 'sentence', 'ackBy', 'note'] as const;
const NUMBERS = { rate: 'percentunit', baseline: 'percentunit', waiting: 'short', attempts: 'short' } as const;

/** A frame of incidents as the service answers them, its fields displayed as Grafana would. */
export function incidentFrame(rows: readonly Incident[], configs: Record<string, FieldConfig> = {}): DataFrame {
  const field = (name: keyof Incident, type: FieldType, config: FieldConfig = {}) => ({
    name,
    type,
    values: rows.map((row) => row[name] ?? (type === FieldType.string ? '' : null)),
    config: { ...config, ...configs[name] },
  });
  const frame = toDataFrame({
    name: 'incidents',
    refId: 'A',
    fields: [
      ...TEXTS.map((name) => field(name, FieldType.string)),
      field('start', FieldType.time),
      field('end', FieldType.time),
      ...Object.entries(NUMBERS).map(([name, unit]) => field(name as keyof Incident, FieldType.number, { unit })),
    ],
  });
  for (const each of frame.fields) {
    each.display = getDisplayProcessor({ field: each, theme });
  }
  return frame;
}

/** Ten in the morning of a day. */
export const TEN = Date.UTC(2026, 8, 15, 10);

/** A minute, in milliseconds. */
export const MINUTE = 60_000;

/** One that goes on, one that is over at the same time, and one of another kind. */
export const DAY: readonly Incident[] = [
  {
    id: 'throttling-1',
    kind: 'throttling',
    severity: 'critical',
    state: 'open',
    provider: 'gmail',
    vmta: 'VMTA-5',
    start: TEN,
    end: TEN + 40 * MINUTE,
    sentence: 'Gmail is throttling VMTA-5: about 4.2 k messages waiting, 12 % of attempts succeed (usual 97 %)',
    rate: 0.88,
    baseline: 0.02,
    waiting: 4200,
    attempts: 9000,
  },
  {
    id: 'block-1',
    kind: 'block',
    severity: 'warning',
    state: 'closed',
    provider: 'gmail',
    vmta: 'VMTA-5',
    start: TEN + 10 * MINUTE,
    end: TEN + 20 * MINUTE,
    sentence: 'Gmail blocked VMTA-5',
    ackBy: 'ann',
    note: 'Asked for delisting',
  },
  {
    id: 'bounce-1',
    kind: 'bounce_spike',
    severity: 'info',
    state: 'closed',
    job: 'J-17',
    start: TEN - 60 * MINUTE,
    end: TEN - 30 * MINUTE,
    sentence: 'Job J-17 has a bad list',
  },
];
