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

/** A step of a trace as the service answers it. */
export interface TraceRow {
  readonly time: number | null;
  readonly step: string;
  readonly seconds?: number | null;
  readonly relation?: string;
  readonly method?: string;
  readonly confidence?: number | null;
  readonly recipient?: string;
  readonly messageId?: string;
  readonly vmta?: string;
  readonly provider?: string;
  readonly diag?: string;
}

const STEP_TEXTS = ['step', 'relation', 'method', 'recipient', 'messageId', 'vmta', 'provider', 'diag'] as const;

/** A frame of a trace as the service answers it. */
export function traceFrame(rows: readonly TraceRow[]): DataFrame {
  const column = (name: keyof TraceRow, empty: unknown) => rows.map((row) => row[name] ?? empty);
  const frame = toDataFrame({
    name: 'trace',
    refId: 'A',
    fields: [
      { name: 'time', type: FieldType.time, values: column('time', null) },
      ...STEP_TEXTS.map((name) => ({ name, type: FieldType.string, values: column(name, '') })),
      { name: 'seconds', type: FieldType.number, values: column('seconds', null), config: { unit: 's' } },
      {
        name: 'confidence',
        type: FieldType.number,
        values: column('confidence', null),
        config: { unit: 'percentunit' },
      },
    ],
  });
  for (const each of frame.fields) {
    each.display = getDisplayProcessor({ field: each, theme });
  }
  return frame;
}

/** A message that was greylisted, delivered the day after, and complained of a month later. */
export const LIFE: readonly TraceRow[] = [
  {
    time: Date.UTC(2026, 8, 15, 10, 0, 4),
    step: 'deferred',
    seconds: 4,
    method: 'messageId',
    confidence: 1,
    recipient: 'ann@example.org',
    messageId: 'm1@x',
    vmta: 'VMTA-5',
    provider: 'gmail',
    diag: 'smtp;421-4.7.28 rate limited',
  },
  {
    time: Date.UTC(2026, 8, 16, 12, 0, 4),
    step: 'delivered',
    seconds: 26 * 3600,
    method: 'messageId',
    confidence: 1,
    recipient: 'ann@example.org',
    messageId: 'm1@x',
    vmta: 'VMTA-6',
    provider: 'gmail',
    diag: 'smtp;250 OK',
  },
  {
    time: Date.UTC(2026, 9, 16, 12, 0, 4),
    step: 'complaint',
    seconds: 30 * 86_400,
    method: 'jobId+rcpt',
    confidence: 0.9,
    recipient: 'hidden@example.org',
    provider: 'gmail',
  },
];

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

/** jsdom has no canvas: gives it one that takes everything. */
export function drawnNowhere(): void {
  const known = { measureText: (text: string) => ({ width: 8 * text.length }) };
  const pen = new Proxy(known, { get: (target, name) => Reflect.get(target, name) ?? (() => undefined) });
  HTMLCanvasElement.prototype.getContext = (() => pen) as never;
}
