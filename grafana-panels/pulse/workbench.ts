import { HOSTILE, HOSTILE_LINKS, LONG, type Scene, type SceneFrame } from '../workbench/scene';

/** A row of the table: vmta, pool, attempts, attemptSuccessRate, deferralRate, latencyP95. */
type Row = readonly [
  vmta: string | null,
  pool: string | null,
  attempts: number | null,
  attemptSuccessRate?: number | null,
  deferralRate?: number | null,
  latencyP95?: number | null,
];

/** The hour that the series are of. */
const END = Date.UTC(2026, 8, 15, 12);
const MINUTES = 60;
const TIMES = Array.from({ length: MINUTES }, (_, minute) => END - (MINUTES - minute) * 60_000);
const range = { from: END - MINUTES * 60_000, to: END };

/** The frame that the datasource answers to a table of metrics by VMTA and pool. */
function table(rows: readonly Row[], config = {}): SceneFrame {
  const column = (i: number) => rows.map((row) => row[i] ?? null);
  return {
    refId: 'A',
    fields: [
      { name: 'vmta', type: 'string', values: column(0), config },
      { name: 'pool', type: 'string', values: column(1) },
      { name: 'attempts', type: 'number', values: column(2), config: { unit: 'short' } },
      { name: 'attemptSuccessRate', type: 'number', values: column(3), config: { unit: 'percentunit' } },
      { name: 'deferralRate', type: 'number', values: column(4), config: { unit: 'percentunit' } },
      { name: 'latencyP95', type: 'number', values: column(5), config: { unit: 's' } },
    ],
  };
}

/** Attempts a minute of each row, as the datasource answers series; `silent` since so many minutes. */
function series(rows: readonly Row[], silent: Readonly<Record<string, number>> = {}, round = 0): SceneFrame[] {
  return rows.map(([vmta, pool, attempts], i) => {
    const mean = (attempts ?? 0) / MINUTES;
    const wave = (minute: number) => 1 + 0.5 * Math.sin((minute + round + i * 7) / (4 + (i % 5)));
    const dark = (minute: number) => MINUTES - minute <= (silent[vmta ?? ''] ?? 0);
    return {
      refId: 'B',
      fields: [
        { name: 'time', type: 'time', values: TIMES },
        {
          name: 'attempts',
          type: 'number',
          labels: { vmta: vmta ?? '', pool: pool ?? '' },
          values: TIMES.map((_, minute) => (dark(minute) ? 0 : Math.round(mean * wave(minute)))),
          config: { unit: 'short' },
        },
      ],
    };
  });
}

/** Two pools of an evening: VMTA-5 is throttled, VMTA-3 went dark. */
const EVENING: readonly Row[] = [
  ['VMTA-1', 'pool-a', 72_400, 0.991, 0.004, 1.2],
  ['VMTA-2', 'pool-a', 68_100, 0.987, 0.006, 1.4],
  ['VMTA-3', 'pool-a', 41_000, 0.984, 0.009, 1.6],
  ['VMTA-4', 'pool-a', 70_900, 0.962, 0.02, 3.1],
  ['VMTA-5', 'pool-b', 52_300, 0.312, 0.663, 1_840],
  ['VMTA-6', 'pool-b', 48_700, 0.842, 0.112, 64],
  ['VMTA-7', 'pool-b', 50_200, 0.979, 0.011, 2.2],
  ['VMTA-8', 'pool-b', 12, 0.25, 0.75, 3],
  ['VMTA-9', 'pool-b', 0, null, null, null],
];

/** As many cells as a rack of servers has, in a dozen pools; a few of them are unwell. */
function rack(round: number): Row[] {
  return Array.from({ length: 500 }, (_, i): Row => {
    const unwell = i % 61 === 7 ? 0.3 : i % 23 === 4 ? 0.12 : 0.01;
    const deferred = Math.min(0.95, unwell * (1 + ((i * 13 + round * 3) % 10) / 10));
    const attempts = i % 97 === 11 ? 20 : 3_000 + ((i * 577 + round * 91) % 9_000);
    return [
      `mta${1 + Math.floor(i / 100)}-vmta-${i + 1}`,
      `pool-${i % 12}`,
      attempts,
      0.995 - deferred,
      deferred,
      1 + 400 * unwell,
    ];
  });
}

const whole = (rows: readonly Row[], silent = {}) => [table(rows), ...series(rows, silent)];

/** Open incidents of VMTAs that are silent, as the datasource answers them. */
function silences(vmtas: ReadonlyArray<readonly [vmta: string, pool: string]>): SceneFrame {
  return {
    refId: 'C',
    fields: [
      { name: 'kind', type: 'string', values: vmtas.map(() => 'vmta_dark') },
      { name: 'state', type: 'string', values: vmtas.map(() => 'open') },
      { name: 'vmta', type: 'string', values: vmtas.map(([vmta]) => vmta) },
      { name: 'pool', type: 'string', values: vmtas.map(([, pool]) => pool) },
      { name: 'start', type: 'time', values: vmtas.map(() => END - 5 * 3_600_000) },
    ],
  };
}

/** The rows of another datasource, of which every cell is a row of its own. */
const OTHER: SceneFrame = {
  fields: [
    { name: 'host', type: 'string', values: ['web-1', 'web-2', 'web-3'] },
    { name: 'health', type: 'number', values: [0.99, 0.4, 0.8], config: { unit: 'percentunit' } },
    { name: 'lastSeen', type: 'time', values: [END, END - 1000, END - 3_600_000] },
  ],
};

/** What there is to look at. */
export const scenes: readonly Scene[] = [
  { name: 'an evening', range, frames: () => whole(EVENING, { 'VMTA-3': 25 }), shows: ['VMTA-5', 'DARK'] },
  {
    name: 'by name, no groups',
    range,
    frames: () => whole(EVENING, { 'VMTA-3': 25 }),
    options: { order: 'stable', grouped: false, size: 'small' },
    shows: ['VMTA-5', 'DARK'],
  },
  {
    name: '500 cells',
    range,
    frames: (round) => [table(rack(round)), ...series(rack(round), { 'mta1-vmta-40': 30 }, round)],
  },
  {
    name: 'silent all along',
    range,
    frames: () => [...whole(EVENING), silences([['VMTA-10', 'pool-b']])],
    shows: ['VMTA-10', 'DARK'],
  },
  {
    name: 'all are silent',
    range,
    frames: () => [
      table([]),
      silences([
        ['VMTA-1', 'pool-a'],
        [HOSTILE, HOSTILE],
      ]),
    ],
    shows: ['VMTA-1', 'DARK'],
  },
  { name: 'a table alone', range, frames: () => [table(EVENING)], shows: ['VMTA-5'] },
  {
    name: 'series alone',
    range,
    frames: () => [
      ...series(EVENING.slice(0, 8)),
      ...series(EVENING.slice(0, 8)).map((frame, i): SceneFrame => {
        const rate = EVENING[i]?.[3] ?? null;
        const [time, value] = frame.fields;
        const fields =
          time && value
            ? [
                time,
                {
                  ...value,
                  name: 'attemptSuccessRate',
                  values: TIMES.map(() => rate),
                  config: { unit: 'percentunit' },
                },
              ]
            : [];
        return { refId: 'C', fields };
      }),
    ],
    shows: ['VMTA-5'],
  },
  { name: 'another datasource', range, frames: () => [OTHER], shows: ['web-3', 'DARK'] },
  {
    name: 'by deferral',
    range,
    frames: () => whole(EVENING),
    options: { state: 'deferralRate' },
    fieldConfig: {
      defaults: {
        color: { mode: 'thresholds' },
        thresholds: {
          mode: 'absolute',
          steps: [
            { value: null, color: 'green' },
            { value: 0.1, color: 'orange' },
            { value: 0.3, color: 'red' },
          ],
        },
      },
    },
  },
  {
    name: 'mapped values',
    range,
    frames: () => whole(EVENING),
    fieldConfig: {
      overrides: [
        {
          matcher: { id: 'byName', options: 'attemptSuccessRate' },
          properties: [
            {
              id: 'mappings',
              value: [{ type: 'range', options: { from: 0.9, to: 1, result: { text: 'fine', color: 'blue' } } }],
            },
          ],
        },
      ],
    },
    shows: ['fine'],
  },
  {
    name: 'live',
    queries: [
      {
        queryType: 'metrics',
        metrics: ['attempts', 'attemptSuccessRate', 'deferralRate', 'latencyP95'],
        groupBy: ['vmta', 'pool'],
        filters: [],
        format: 'table',
      },
      {
        queryType: 'metrics',
        metrics: ['attempts'],
        groupBy: ['vmta', 'pool'],
        filters: [],
        format: 'timeseries',
        intervalMs: 60_000,
      },
      {
        queryType: 'incidents',
        filters: [
          { dimension: 'kind', operator: '=', values: ['vmta_dark'] },
          { dimension: 'state', operator: '=', values: ['open'] },
        ],
        format: 'table',
      },
    ],
  },
  { name: 'one cell', range, frames: () => whole(EVENING.slice(0, 1)), shows: ['VMTA-1'] },
  {
    name: 'bad rows',
    range,
    frames: () => [
      table([
        ['VMTA-1', 'pool-a', 900, 0.99, 0.01, 1],
        [null, 'pool-a', 10, 1],
        ['', null, 10, 1],
        ['VMTA-2', null, NaN, NaN, NaN, NaN],
        ['VMTA-3', 'pool-a', Infinity, -Infinity, 0, 0],
        ['VMTA-4', 'pool-a', 500, null, null, null],
        ['VMTA-5', 'pool-a', 500, -3, 9, -1],
      ]),
    ],
    shows: ['VMTA-5'],
  },
  {
    name: 'hostile names',
    range,
    frames: () => [
      table(
        [
          [HOSTILE, HOSTILE, 5_000, 0.99, 0.01, 1],
          [LONG, `${LONG}-2`, 5_000, 0.2, 0.8, 1],
          ['__proto__', 'constructor', 5_000, 0.8, 0.2, 1],
          ['日本語のサーバー', '🦊🦊🦊', 5_000, 0.99, 0, 1],
        ],
        { links: HOSTILE_LINKS.map((url, i) => ({ title: `${HOSTILE} ${i}`, url })) }
      ),
    ],
    shows: ['__pro'],
  },
  { name: 'all zero', range, frames: () => [table([['VMTA-1', 'pool-a', 0, null]])], shows: ['No mail'] },
  { name: 'no rows', frames: () => [table([])], shows: ['No data'] },
  { name: 'no frames', frames: () => [], shows: ['No data'] },
  { name: 'loading', frames: () => [], state: 'Loading', shows: ['Loading'] },
  { name: 'a failed query', frames: () => [], state: 'Error', error: HOSTILE, shows: ['The query failed'] },
  {
    name: 'a field is missing',
    frames: () => [{ fields: [{ name: 'vmta', type: 'string', values: ['VMTA-1'] }] }],
    shows: ['no field for: state'],
  },
];
