import type { IncidentPlan } from '@pmta-watchtower/generator';
import { readFileSync } from 'node:fs';
import { generated, openWatch, type Watch } from './detect.testkit';
import type { IncidentRecord } from './records';
import { INFO_KINDS } from './rules';

const START = 1_789_430_400;
const MINUTE = 60;

/** By when each is to be told, in minutes: most of 30 attempts in 5 minutes deferred is severe. */
const SEVERE = 5;
const OTHER = 20;

/** What goes wrong, in minutes from the start: on the edge of a step of five minutes, and within one. */
const PLANNED: { plan: Omit<IncidentPlan, 'start' | 'end'>; from: number; to: number; within: number }[] = [
  {
    plan: { kind: 'block', provider: 'yahoo', share: 0.9, answer: 'block' },
    from: 123,
    to: 150,
    within: SEVERE,
  },
  {
    plan: { kind: 'bounce_spike', job: 'J-23', share: 0.35, surge: 0.08 },
    from: 160,
    to: 190,
    within: OTHER,
  },
  {
    plan: { kind: 'throttling', provider: 'gmail', vmta: 'VMTA-5', share: 0.8 },
    from: 171,
    to: 210,
    within: OTHER,
  },
  {
    plan: { kind: 'complaint_spike', job: 'J-17', share: 0.2, surge: 0.12 },
    from: 200,
    to: 230,
    within: OTHER,
  },
  { plan: { kind: 'latency_anomaly', provider: 'microsoft' }, from: 243, to: 275, within: OTHER },
  { plan: { kind: 'vmta_dark', vmta: 'VMTA-8' }, from: 281, to: 325, within: OTHER },
  { plan: { kind: 'provider_unreachable', provider: 'microsoft' }, from: 330, to: 350, within: SEVERE },
];

let watch: Watch;
let now = START;

beforeAll(async () => {
  watch = await openWatch({ now: () => now * 1000 });
});

afterAll(() => watch.close());

// Whoever hears of a block after an hour has lost the mailing: that a day was judged rightly does not show when.
it('tells of a severe onset within 5 minutes of event time, of any other within 20', async () => {
  const incidents = PLANNED.map(({ plan, from, to }) => ({
    ...plan,
    start: START + from * MINUTE,
    end: START + to * MINUTE,
  }));
  const form = { layout: 'mixed', incidents } as const;
  const logs = await generated({
    messages: 24_000,
    seed: 'replay',
    start: START,
    seconds: 6 * 3600,
    ...form,
  });
  const [header = '', ...lines] = readFileSync(logs.paths[0] ?? '', 'utf8')
    .trimEnd()
    .split('\n');
  logs.remove();
  const rows = lines.map((line) => {
    const [type = '', time = ''] = line.split(',', 2);
    return { line, type, time: Date.parse(time) / 1000 };
  });

  /** Loads what was logged since the last time, up to the present, and gives the incidents. */
  const goOn = async (): Promise<IncidentRecord[]> => {
    const next = rows.findIndex(({ time }) => time >= now);
    const news = rows.splice(0, next < 0 ? rows.length : next);
    const text = [header, ...news.map(({ line }) => line)].map((line) => `${line}\n`).join('');
    return watch.load(watch.room.put(`acct-${now}.csv`, text));
  };

  // A spike of complaints has no more than one complaint at its beginning: it shows with the fifth.
  const fifth = rows.filter(({ type, line }) => type === 'f' && line.includes('J-17'))[4]?.time ?? 0;
  const due = PLANNED.map(({ plan: { kind }, from, within }) => {
    const onset = kind === 'complaint_spike' ? fifth : START + from * MINUTE;
    return { kind, at: onset + within * MINUTE };
  });
  for (const { kind, at } of due.sort((a, b) => a.at - b.at)) {
    now = at;
    expect((await goOn()).map((incident) => incident.kind)).toContain(kind);
  }
  // Each pages once its windows are closed.
  now += 15 * MINUTE;
  const found = (await goOn()).filter(({ kind }) => !INFO_KINDS.has(kind));
  expect(found.map(({ opened }) => opened > 0)).toEqual(PLANNED.map(() => true));
}, 60_000);
