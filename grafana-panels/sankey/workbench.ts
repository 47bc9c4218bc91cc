import { HOSTILE, HOSTILE_LINKS, LONG, type Scene, type SceneFrame } from '../workbench/scene';

/** A row of links: source, target, value, and what else there is. */
type Row = readonly [
  source: string | null,
  target: string | null,
  value: number | null,
  deferralRate?: number | null,
  successRate?: number | null,
  latencyP95?: number | null,
  level?: number,
];

const HEALTH = {
  unit: 'percentunit',
  color: { mode: 'thresholds' },
  thresholds: {
    mode: 'absolute',
    steps: [
      { value: -Infinity, color: 'green' },
      { value: 0.1, color: 'orange' },
      { value: 0.3, color: 'red' },
    ],
  },
};

/** The frame that the datasource answers to a query of flows. */
function flows(
  rows: readonly Row[],
  path: readonly string[] = ['senderDomain', 'vmta', 'provider'],
  config = {}
): SceneFrame {
  const column = (i: number) => rows.map((row) => row[i] ?? null);
  const levels = rows.map((row) => row[6] ?? 0);
  return {
    name: 'flows',
    refId: 'A',
    fields: [
      { name: 'source', type: 'string', values: column(0) },
      { name: 'target', type: 'string', values: column(1) },
      { name: 'level', type: 'number', values: levels },
      { name: 'sourceDimension', type: 'string', values: levels.map((level) => path[level]) },
      { name: 'targetDimension', type: 'string', values: levels.map((level) => path[level + 1]) },
      { name: 'value', type: 'number', values: column(2), config: { unit: 'short', ...config } },
      { name: 'deferralRate', type: 'number', values: column(3), config: HEALTH },
      { name: 'successRate', type: 'number', values: column(4), config: { unit: 'percentunit' } },
      { name: 'latencyP95', type: 'number', values: column(5), config: { unit: 's' } },
    ],
  };
}

/** A frame without levels, as any other datasource may have it. */
function pairs(rows: ReadonlyArray<readonly [unknown, unknown, unknown]>): SceneFrame {
  return {
    fields: [
      { name: 'source', type: 'string', values: rows.map(([source]) => source) },
      { name: 'target', type: 'string', values: rows.map(([, target]) => target) },
      { name: 'value', type: 'number', values: rows.map(([, , value]) => value) },
    ],
  };
}

/** Three levels of an evening on which VMTA-5 is throttled at gmail. */
const EVENING: readonly Row[] = [
  ['news.example', 'VMTA-5', 42_000, 0.41, 0.55, 310, 0],
  ['news.example', 'VMTA-6', 31_000, 0.03, 0.97, 9, 0],
  ['shop.example', 'VMTA-6', 22_000, 0.02, 0.98, 7, 0],
  ['shop.example', 'VMTA-7', 12_500, 0.04, 0.95, 12, 0],
  ['bank.example', 'VMTA-7', 8_200, 0.01, 0.99, 4, 0],
  ['VMTA-5', 'gmail', 34_000, 0.63, 0.2, 1_900, 1],
  ['VMTA-5', 'yahoo', 8_000, 0.04, 0.95, 14, 1],
  ['VMTA-6', 'gmail', 29_000, 0.02, 0.98, 6, 1],
  ['VMTA-6', 'microsoft', 17_000, 0.15, 0.82, 95, 1],
  ['VMTA-6', 'other', 7_000, 0.05, 0.9, 21, 1],
  ['VMTA-7', 'yahoo', 12_000, 0.02, 0.98, 8, 1],
  ['VMTA-7', 'other', 8_700, 0.04, 0.93, 17, 1],
];

/** As many links as dashboards ever have, of a hundred VMTAs to 20 providers. */
function crowd(round: number): Row[] {
  return Array.from({ length: 500 }, (_, i): Row => {
    const rate = ((i * 7 + round) % 40) / 100;
    return [
      `VMTA-${i % 100}`,
      `provider-${(i * 13) % 20}-${Math.floor(i / 100) % 4}`,
      100 + ((i * 37 + round * 11) % 900),
      rate,
      1 - rate,
      i % 60,
      0,
    ];
  });
}

const one = (row: Row) => () => [flows([row], ['vmta', 'provider'])];
const still = (rows: readonly Row[], path?: readonly string[]) => () => [flows(rows, path)];

/** What there is to look at. */
export const scenes: readonly Scene[] = [
  { name: 'an evening', frames: still(EVENING), shows: ['VMTA-5', 'gmail'] },
  { name: 'pinched pipes', frames: still(EVENING), options: { pinched: true }, shows: ['VMTA-5', 'gmail'] },
  { name: 'pinched by latency', frames: still(EVENING), options: { pinched: true, pinchKind: 'more' } },
  {
    name: 'five levels',
    frames: still(
      [
        ['u-1', 'news.example', 900, 0.1, 0.9, 5, 0],
        ['news.example', 'pool-a', 900, 0.1, 0.9, 5, 1],
        ['pool-a', 'VMTA-1', 500, 0.02, 0.9, 5, 2],
        ['pool-a', 'VMTA-2', 400, 0.3, 0.9, 5, 2],
        ['VMTA-1', 'gmail', 500, 0.02, 0.9, 5, 3],
        ['VMTA-2', 'gmail', 400, 0.3, 0.9, 5, 3],
      ],
      ['user', 'senderDomain', 'pool', 'vmta', 'provider']
    ),
  },
  { name: 'live', queries: [{ queryType: 'flows', path: ['senderDomain', 'vmta', 'provider'] }] },
  { name: 'one row', frames: one(['VMTA-1', 'gmail', 12, 0.02, 0.98, 3, 0]), shows: ['gmail'] },
  { name: '500 links', frames: (round) => [flows(crowd(round), ['vmta', 'provider'])] },
  {
    name: '500 links, the largest',
    frames: (round) => [flows(crowd(round), ['vmta', 'provider'])],
    options: { limit: 8 },
  },
  {
    name: 'cycles',
    frames: () => [
      pairs([
        ['a', 'b', 5],
        ['b', 'c', 4],
        ['c', 'a', 1],
        ['c', 'c', 9],
      ]),
    ],
    shows: ['lead back'],
  },
  {
    name: 'bad rows',
    frames: () => [
      pairs([
        ['VMTA-1', 'gmail', 10],
        ['VMTA-1', null, 3],
        ['', 'gmail', 3],
        ['VMTA-2', 'gmail', -4],
        ['VMTA-2', 'yahoo', NaN],
        ['VMTA-3', 'yahoo', 0],
        ['VMTA-4', 'yahoo', Infinity],
      ]),
    ],
    shows: ['not drawn'],
  },
  {
    name: 'hostile names',
    frames: () => [
      flows(
        [
          [HOSTILE, `${HOSTILE} 2`, 50, 0.02, 0.98, 3, 0],
          [LONG, `${LONG}-2`, 40, 0.2, 0.8, 3, 0],
          ['__proto__', 'constructor', 30, 0.4, 0.6, 3, 0],
          ['日本語のドメイン', '🦊🦊🦊', 20, null, null, null, 0],
        ],
        ['job', 'provider'],
        { links: HOSTILE_LINKS.map((url, i) => ({ title: `${HOSTILE} ${i}`, url })) }
      ),
    ],
    shows: ['__proto__'],
  },
  { name: 'all zero', frames: one(['VMTA-1', 'gmail', 0, 0, 0, 0, 0]), shows: ['every value is 0'] },
  { name: 'no rows', frames: () => [flows([])], shows: ['No data'] },
  { name: 'no frames', frames: () => [], shows: ['No data'] },
  { name: 'loading', frames: () => [], state: 'Loading', shows: ['Loading'] },
  { name: 'a failed query', frames: () => [], state: 'Error', error: HOSTILE, shows: ['The query failed'] },
  {
    name: 'a field is missing',
    frames: () => [{ fields: [{ name: 'source', type: 'string', values: ['VMTA-1'] }] }],
    shows: ['target, value'],
  },
];
