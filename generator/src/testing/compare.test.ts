import type { IncidentTruth } from '../incidentTruth';
import { compareIncidents, type Found } from './compare';

const HOUR = 3600;
const truth = (more: Partial<IncidentTruth> = {}): IncidentTruth => ({
  id: 'I1',
  kind: 'throttling',
  entity: { isp: 'gmail', vmta: 'VMTA-5' },
  start: 10 * HOUR,
  end: 11 * HOUR,
  ongoing: false,
  shown: { first: 10 * HOUR + 60, last: 11 * HOUR - 60 },
  certain: true,
  window: { attempts: 0, deferrals: 0, rate: null },
  outside: { attempts: 0, deferrals: 0, rate: null },
  injected: { messages: 0, bad_mailbox: 0, delivered_at_fbl_providers: 0, complaints: 0 },
  ...more,
});
const found = (more: Partial<Found> = {}): Found => ({
  kind: 'throttling',
  provider: 'gmail',
  vmta: 'VMTA-5',
  pool: '',
  start: 10 * HOUR,
  end: 11 * HOUR,
  ...more,
});

test('one that is as it was', () => {
  const result = compareIncidents([found()], [truth()]);
  expect(result).toMatchObject({ missed: [], surplus: [], recall: 1, precision: 1 });
  expect(result.matched).toHaveLength(1);
});

test.each<[string, Partial<Found>]>([
  ['another kind', { kind: 'block' }],
  ['another entity', { vmta: 'VMTA-6' }],
  ['a wider entity', { vmta: '' }],
  ['a narrower entity', { job: 'J-01' }],
  ['a start that is over a window early', { start: 10 * HOUR - 901 }],
  ['a start that is over a window late', { start: 10 * HOUR + 961 }],
  ['an end that is over a window early', { end: 11 * HOUR - 961 }],
  ['an end that is over a window late', { end: 11 * HOUR + 901 }],
])('%s is not the one', (_, more) => {
  const result = compareIncidents([found(more)], [truth()]);
  expect(result).toMatchObject({ matched: [], recall: 0, precision: 0 });
  expect(result.missed).toHaveLength(1);
  expect(result.surplus).toEqual([found(more)]);
});

test('start and end may be off by a window', () => {
  const off = found({ start: 10 * HOUR + 960, end: 11 * HOUR + 900 });
  expect(compareIncidents([off], [truth()])).toMatchObject({ recall: 1, precision: 1 });
});

test('one that is found twice is one too many', () => {
  const result = compareIncidents([found(), found()], [truth()]);
  expect(result).toMatchObject({ missed: [], recall: 1, precision: 0.5 });
  expect(result.surplus).toHaveLength(1);
});

test('one that need not be found may be found or not', () => {
  const faint = truth({ certain: false });
  expect(compareIncidents([], [faint])).toMatchObject({ missed: [], recall: 1, precision: 1 });
  expect(compareIncidents([found()], [faint])).toMatchObject({ surplus: [], recall: 1, precision: 1 });
});

test('complaints that come after the mail, as late as they showed', () => {
  const spike = truth({
    kind: 'complaint_spike',
    entity: { job: 'J-17' },
    shown: { first: 10.5 * HOUR, last: 12.4 * HOUR },
  });
  const late = { kind: 'complaint_spike', job: 'J-17', start: 10.6 * HOUR, end: 13 * HOUR };
  expect(compareIncidents([late], [spike])).toMatchObject({ recall: 1, precision: 1 });
  expect(compareIncidents([{ ...late, end: 14 * HOUR }], [spike])).toMatchObject({ recall: 0 });
});
