import { LogRowContextQueryDirection } from '@grafana/data';
import { contextOf } from './logContext';

const row = { labels: { vmta: 'v1', provider: 'gmail', job: 'J' }, timeEpochMs: 10_000_000 };

// Without it the lines around one would be those of all mail, or leave out those of the same second.
test('the lines before and after are those of the same VMTA and provider', () => {
  const before = contextOf(row, { direction: LogRowContextQueryDirection.Backward, limit: 10, timeWindowMs: 5000 });
  expect(before.query).toEqual({
    refId: 'context-before',
    queryType: 'events',
    format: 'logs',
    order: 'desc',
    limit: 10,
    filters: [
      { dimension: 'vmta', operator: '=', values: ['v1'] },
      { dimension: 'provider', operator: '=', values: ['gmail'] },
    ],
  });
  expect([before.range.from.valueOf(), before.range.to.valueOf()]).toEqual([9_995_000, 10_001_000]);
  const after = contextOf(row, { direction: LogRowContextQueryDirection.Forward, timeWindowMs: 5000 });
  expect(after.query.order).toBe('asc');
  expect([after.range.from.valueOf(), after.range.to.valueOf()]).toEqual([10_000_000, 10_005_000]);
});

test('a line without a VMTA is among those of its provider', () => {
  expect(contextOf({ ...row, labels: { provider: 'gmail' } }).query.filters).toHaveLength(1);
});
