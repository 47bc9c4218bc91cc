import { backfillsOf } from './backfill';
import { SHIPPED_RULES } from './loadRules';
import type { IncidentRecord } from './records';

const DAY = 86_400;
const MINUTE = 60_000;
const START = 1_789_430_400;
const CLOCK = (START + 120 * DAY) * 1000;

/** An incident of a day long ago, found `minutes` after the clock began. */
function old(id: string, day: number, minutes: number, more: Partial<IncidentRecord> = {}): IncidentRecord {
  return {
    ...{ id, kind: 'throttling', severity: 'critical', state: 'closed', provider: 'gmail', domain: '' },
    ...{ vmta: 'VMTA-5', pool: '', job: '', sender: '', node: '', symptomOf: '' },
    ...{ mostlyJob: 'J-1', mostlySender: '', mostlyIp: '', behind: '[]' },
    ...{ start: START + day * DAY, finish: START + day * DAY + 3600, historical: 1, sentence: id },
    ...{ rate: 0.5, baseline: 0.02, waiting: 3, attempts: 100 },
    ...{ opened: CLOCK + minutes * MINUTE, detected: CLOCK + minutes * MINUTE, settled: 1 },
    ...more,
  };
}

/** The summaries at a minute of the clock, beside what was known. */
const at = (minutes: number, records: readonly IncidentRecord[]) =>
  backfillsOf(records, { rules: SHIPPED_RULES, timezone: 'UTC', now: CLOCK + minutes * MINUTE });

it('is one for all that is found while old logs are loaded, and goes on until nothing was for half an hour', () => {
  const [first, ...others] = at(0, [old('a', 0, 0)]);
  expect(others).toEqual([]);
  expect(first).toMatchObject({ kind: 'backfill', state: 'open', historical: 0, severity: 'warning' });
  expect(first?.sentence).toBe(
    'Old logs of 15 Sept 2026 hold 1 incident (1 throttling), which is listed and not paged',
  );
  const found = [old('a', 0, 0), old('b', 89, 25), old('c', 3, 50, { kind: 'vmta_dark' })];
  const [second, ...more] = at(79, [...found, first as IncidentRecord]);
  expect(more).toEqual([]);
  expect(second).toMatchObject({ id: first?.id, state: 'open', opened: first?.opened, settled: 0 });
  expect(second).toMatchObject({ start: START, finish: START + 89 * DAY + 3600, provider: '', vmta: '' });
  expect(second?.sentence).toBe(
    'Old logs of 15 Sept 2026 to 13 Dec 2026 hold 3 incidents (2 throttling, 1 vmta dark), which are listed and not paged',
  );
  const [over] = at(80, [...found, second as IncidentRecord]);
  expect(over).toMatchObject({ id: first?.id, state: 'closed', settled: CLOCK + 80 * MINUTE });
});

it('is another one where old logs are loaded another time', () => {
  const [first] = at(60, [old('a', 0, 0)]);
  const both = at(300, [old('a', 0, 0), old('b', 1, 300), first as IncidentRecord]);
  expect(both.map(({ id, state }) => [id === first?.id, state])).toEqual([
    [true, 'closed'],
    [false, 'open'],
  ]);
});

// Logs that come later explain what was told from the first ones: that must not wake anyone a second time.
it('stays the same one when what was found first is taken back, and is retracted when all of it is', () => {
  const found = [0, 20, 40, 60].map((minutes) => old(`i${minutes}`, minutes, minutes));
  const [first] = at(61, found);
  const left = found.map((record, i) => (i < 3 ? { ...record, state: 'retracted' as const } : record));
  expect(at(62, [...left, first as IncidentRecord])).toMatchObject([
    { id: first?.id, opened: first?.opened, start: found[3]?.start },
  ]);
  const none = found.map((record) => ({ ...record, state: 'retracted' as const }));
  expect(at(62, [...none, first as IncidentRecord])).toMatchObject([
    { id: first?.id, state: 'retracted', settled: CLOCK + 62 * MINUTE },
  ]);
});

it('tells of nothing that only informs, nor of what pages by itself', () => {
  expect(at(0, [old('a', 0, 0, { kind: 'new_reason' }), old('b', 0, 0, { historical: 0 })])).toEqual([]);
});
