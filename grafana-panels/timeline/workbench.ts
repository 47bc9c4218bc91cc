import { HOSTILE, HOSTILE_LINKS, LONG, type Scene, type SceneField, type SceneFrame } from '../workbench/scene';

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

/** Noon of a day: the end of what the scenes are looked at over. */
const NOON = Date.UTC(2026, 8, 15, 12);

/** The day before it. */
const range = { from: NOON - DAY, to: NOON };

/** Rows, by the names of their fields; what is left out is empty. */
type Row = Readonly<Record<string, unknown>>;

const INCIDENT: ReadonlyArray<Omit<SceneField, 'values'>> = [
  ...['id', 'kind', 'severity', 'state', 'provider', 'vmta', 'pool', 'job', 'node'].map(text),
  { name: 'start', type: 'time' },
  { name: 'end', type: 'time' },
  text('sentence'),
  { name: 'rate', type: 'number', config: { unit: 'percentunit' } },
  { name: 'baseline', type: 'number', config: { unit: 'percentunit' } },
  { name: 'waiting', type: 'number', config: { unit: 'short' } },
  { name: 'attempts', type: 'number', config: { unit: 'short' } },
  text('ackBy'),
  text('note'),
];

const STEP: ReadonlyArray<Omit<SceneField, 'values'>> = [
  { name: 'time', type: 'time' },
  text('step'),
  { name: 'seconds', type: 'number', config: { unit: 's' } },
  ...['relation', 'method'].map(text),
  { name: 'confidence', type: 'number', config: { unit: 'percentunit' } },
  ...['recipient', 'job', 'vmta', 'pool', 'provider', 'mx', 'smtpStatus', 'diag', 'messageId'].map(text),
];

function text(name: string): Omit<SceneField, 'values'> {
  return { name, type: 'string' };
}

function frameOf(name: string, fields: ReadonlyArray<Omit<SceneField, 'values'>>, rows: readonly Row[]): SceneFrame {
  const empty = (type: SceneField['type']) => (type === 'string' ? '' : null);
  return {
    name,
    refId: 'A',
    fields: fields.map((field) => ({ ...field, values: rows.map((row) => row[field.name] ?? empty(field.type)) })),
  };
}

const incidents = (rows: readonly Row[]) => [frameOf('incidents', INCIDENT, rows)];
const trace = (rows: readonly Row[]) => [frameOf('trace', STEP, rows)];
const still = (frames: readonly SceneFrame[]) => () => frames;

/** What went wrong on a day. */
const EVENING: readonly Row[] = [
  {
    id: 'throttling-1',
    kind: 'throttling',
    severity: 'critical',
    state: 'open',
    provider: 'gmail',
    vmta: 'VMTA-5',
    start: NOON - 95 * MINUTE,
    end: NOON - 10 * MINUTE,
    sentence:
      'Gmail is throttling VMTA-5: about 4.2 k messages waiting, 12 % of attempts succeed (usual 97 %), since 10:25',
    rate: 0.88,
    baseline: 0.021,
    waiting: 4200,
    attempts: 9120,
  },
  {
    id: 'block-1',
    kind: 'block',
    severity: 'critical',
    state: 'closed',
    provider: 'gmail',
    vmta: 'VMTA-5',
    start: NOON - 60 * MINUTE,
    end: NOON - 25 * MINUTE,
    sentence: 'Gmail blocked VMTA-5: 3 % of attempts succeeded (usual 97 %)',
    rate: 0.7,
    baseline: 0.01,
    attempts: 800,
    ackBy: 'ann',
    note: 'Asked for delisting.',
  },
  {
    id: 'unreachable-1',
    kind: 'provider_unreachable',
    severity: 'warning',
    state: 'closed',
    provider: 'yahoo',
    start: NOON - 9 * HOUR,
    end: NOON - 7.5 * HOUR,
    sentence:
      'Yahoo was not reached from all VMTAs: 20 % of attempts succeeded (usual 95 %), 03:00 to 04:30 on 15 Sept',
    rate: 0.8,
    baseline: 0.03,
    attempts: 2100,
  },
  {
    id: 'bounces-1',
    kind: 'bounce_spike',
    severity: 'warning',
    state: 'closed',
    job: 'J-17',
    start: NOON - 16 * HOUR,
    end: NOON - 13 * HOUR,
    sentence: 'Job J-17 has a bad list: 31 % of 12 k messages bounced for good (usual 2 %)',
    rate: 0.31,
    baseline: 0.02,
    attempts: 12_000,
  },
  {
    id: 'dark-1',
    kind: 'vmta_dark',
    severity: 'critical',
    state: 'closed',
    vmta: 'VMTA-9',
    pool: 'pool-b',
    start: NOON - 22 * HOUR,
    end: NOON - 20 * HOUR,
    sentence: 'Nothing was heard of VMTA-9: about 42 events in 15 minutes were expected, and the other VMTAs went on',
  },
  {
    id: 'reason-1',
    kind: 'new_reason',
    severity: 'info',
    state: 'closed',
    provider: 'gmail',
    start: NOON - 5 * HOUR,
    end: NOON - 4 * HOUR,
    sentence: 'Gmail gives a reason that was not there the day before: "4.7.28 unusual rate", 34 % of what failed',
  },
];

/** As many bars as anybody asks for: of 100 VMTAs, the last of them growing from round to round. */
function crowd(round: number): Row[] {
  const kinds = ['throttling', 'block', 'bounce_spike', 'latency_anomaly'];
  const severities = ['critical', 'warning', 'info'];
  return Array.from({ length: 5000 }, (_, i) => {
    const start = NOON - DAY + (((i * 7919) % 5000) / 5000) * DAY;
    return {
      id: `i-${i}`,
      kind: kinds[i % 4],
      severity: severities[(i * 7) % 3],
      state: 'closed',
      provider: `provider-${i % 7}`,
      vmta: `VMTA-${i % 100}`,
      start,
      end: start + (2 + ((i * 13 + round) % 40)) * MINUTE,
      sentence: `Incident ${i}`,
      rate: ((i + round) % 100) / 100,
    };
  });
}

/** A message that was deferred with longer and longer pauses, delivered, and complained of a month later. */
const MONTH: readonly Row[] = steps([
  [4, 'deferred', 'smtp;421-4.7.28 Our system has detected an unusual rate of unsolicited mail', '4.7.28'],
  [16 * 60, 'deferred', 'smtp;421-4.7.28 Our system has detected an unusual rate of unsolicited mail', '4.7.28'],
  [31 * 60, 'deferred', 'smtp;451 4.3.0 Multiple destination domains per transaction', '4.3.0'],
  [2 * 3600 + 60, 'deferred', 'smtp;421-4.7.28 rate limited', '4.7.28'],
  [26 * 3600, 'delivered', 'smtp;250 2.0.0 OK 1789 gsmtp', '2.0.0'],
  [30 * 86_400, 'complaint', '', ''],
]);

/** One that was through at once. */
const SECONDS: readonly Row[] = steps([
  [1, 'received', '', ''],
  [2, 'deferred', 'smtp;451 4.7.1 Greylisted, come back later', '4.7.1'],
  [5, 'delivered', 'smtp;250 2.0.0 OK', '2.0.0'],
]);

type StepRow = readonly [seconds: number, step: string, diag: string, status: string];

function steps(rows: readonly StepRow[], messageId = '20260915.1@news.example'): Row[] {
  let time = NOON - DAY;
  return rows.map(([seconds, step, diag, smtpStatus]) => {
    time += seconds * SECOND;
    const isLate = step === 'complaint';
    return {
      ...{ time, step, seconds, diag, smtpStatus, messageId: isLate ? '' : messageId },
      ...{ relation: 'message', method: isLate ? 'jobId+rcpt' : 'messageId', confidence: isLate ? 0.9 : 1 },
      ...{ recipient: 'ann@example.org', job: 'J-17', vmta: 'VMTA-5', pool: 'pool-a', provider: 'gmail' },
    };
  });
}

const HOSTILE_CONFIG = { defaults: { links: HOSTILE_LINKS.map((url, i) => ({ title: `${HOSTILE} ${i}`, url })) } };

/** What there is to look at. */
export const scenes: readonly Scene[] = [
  { name: 'an evening', frames: still(incidents(EVENING)), range, shows: ['gmail · VMTA-5', 'critical'] },
  {
    name: 'lanes by severity',
    frames: still(incidents(EVENING)),
    range,
    options: { lane: 'severity', order: 'name' },
    shows: ['warning'],
  },
  {
    name: 'mapped colours',
    frames: still(incidents(EVENING)),
    range,
    options: { color: 'rate', rowHeight: 32 },
    fieldConfig: {
      overrides: [
        {
          matcher: { id: 'byName', options: 'rate' },
          properties: [
            { id: 'color', value: { mode: 'thresholds' } },
            {
              id: 'thresholds',
              value: {
                mode: 'absolute',
                steps: [
                  { value: null, color: 'green' },
                  { value: 0.5, color: 'red' },
                ],
              },
            },
          ],
        },
      ],
    },
  },
  { name: 'one bar', frames: still(incidents(EVENING.slice(0, 1))), range, shows: ['gmail · VMTA-5'] },
  {
    name: '5,000 bars',
    frames: (round) => incidents(crowd(round)),
    range,
    options: { lane: 'vmta', order: 'name', rowHeight: 14 },
    shows: ['VMTA-1'],
  },
  {
    name: 'overlapping bars',
    frames: still(
      incidents(
        Array.from({ length: 60 }, (_, i) => ({
          ...{ id: `o-${i}`, kind: 'throttling', severity: i % 2 === 0 ? 'critical' : 'warning' },
          ...{ state: i % 10 === 0 ? 'open' : 'closed', provider: `p${i % 3}` },
          ...{ start: NOON - DAY + i * 10 * MINUTE, end: NOON - HOUR },
        }))
      )
    ),
    range,
  },
  {
    name: 'times that are none',
    frames: still(
      incidents([
        ...EVENING.slice(0, 1),
        ...[NaN, Infinity, null, -Infinity].map((start, i) => ({ id: `n-${i}`, start, end: NOON, state: 'closed' })),
        { id: 'back', provider: 'gmail', start: NOON, end: NOON - 1, state: 'closed' },
        { id: 'no-end', provider: 'yahoo', start: NOON - HOUR, end: NaN, state: 'closed' },
        { id: 'year-1', provider: 'apple', start: -62_135_596_800_000, end: NOON - HOUR, state: 'closed' },
        { id: 'far', provider: 'apple', start: NOON - HOUR, end: 8.64e15, state: 'closed' },
      ])
    ),
    range,
    shows: ['5 rows'],
  },
  {
    name: 'hostile names',
    frames: still(
      incidents(
        [HOSTILE, LONG, '__proto__', '日本語の配信元 🦊', ' '].map((name, i) => ({
          ...{ id: name, kind: name, severity: name, state: 'open', provider: name, sentence: name, note: name },
          ...{ start: NOON - (5 - i) * HOUR, end: NOON },
        }))
      )
    ),
    range,
    fieldConfig: HOSTILE_CONFIG,
    shows: ['__proto__'],
  },
  {
    name: 'rows of another datasource',
    frames: still([
      {
        fields: [
          { name: 'time', type: 'time', values: [NOON - 3 * HOUR, NOON - HOUR] },
          { name: 'timeEnd', type: 'time', values: [NOON - 2 * HOUR, null] },
          { name: 'title', type: 'string', values: ['Deployment', 'Maintenance'] },
        ],
      },
    ]),
    range,
    shows: ['Deployment', 'Maintenance'],
  },
  { name: 'live incidents', queries: [{ queryType: 'incidents' }] },
  { name: 'a message of seconds', frames: still(trace(SECONDS)), range, shows: ['2 attempts, delivered after 8 s'] },
  {
    name: 'a message of 30 days',
    frames: still(trace(MONTH)),
    range,
    shows: ['5 attempts, delivered after 1 d 4 h', 'Not to scale'],
  },
  {
    name: 'a message by VMTA',
    frames: still(trace(MONTH)),
    range,
    options: { lane: 'vmta' },
    shows: ['VMTA-5'],
  },
  {
    name: 'several messages',
    frames: still(trace([...SECONDS, ...steps([[3, 'bounced', 'smtp;550 5.1.1 no such user', '5.1.1']], 'other@x')])),
    range,
    shows: ['2 messages'],
  },
  {
    name: 'a doubtful message',
    frames: still(
      trace([
        ...MONTH.slice(0, 1),
        {
          ...MONTH[0],
          step: 'queue deferral',
          relation: 'queue',
          method: 'vmta+domain within 5 min',
          confidence: 0,
          seconds: null,
        },
        { ...MONTH[4], confidence: 0.3, method: 'jobId+rcpt (ambiguous)' },
      ])
    ),
    range,
    shows: ['may be of another message'],
  },
  {
    name: 'a hostile message',
    frames: still(
      trace([
        { time: NaN, step: HOSTILE },
        ...MONTH.map((row) => ({ ...row, step: HOSTILE, diag: `${HOSTILE} ${LONG}` })),
      ])
    ),
    range,
    fieldConfig: HOSTILE_CONFIG,
    shows: ['1 rows'],
  },
  { name: 'no rows', frames: still(incidents([])), range, shows: ['No data'] },
  { name: 'no message', frames: still(trace([])), range, shows: ['No such message'] },
  { name: 'no frames', frames: still([]), range, shows: ['No data'] },
  {
    name: 'nothing in range',
    frames: still(incidents(EVENING)),
    range: { from: 0, to: DAY },
    shows: ['Nothing lies in this time'],
  },
  { name: 'loading', frames: still([]), range, state: 'Loading', shows: ['Loading'] },
  { name: 'a failed query', frames: still([]), range, state: 'Error', error: HOSTILE, shows: ['The query failed'] },
  {
    name: 'a field is missing',
    frames: still([{ fields: [{ name: 'kind', type: 'string', values: ['throttling'] }] }]),
    range,
    shows: ['no field for: start'],
  },
];
