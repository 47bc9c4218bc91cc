import { FieldType, ReducerID, reduceField, toDataFrame } from '@grafana/data';
import type { WatchtowerQuery } from '../types';
import { compared } from './compared';

const of: Omit<WatchtowerQuery, 'refId'> = {
  queryType: 'metrics',
  metrics: ['delivered'],
  groupBy: [],
  format: 'numeric',
};
const targets: WatchtowerQuery[] = [
  { ...of, refId: 'before', previous: true },
  { ...of, refId: 'now' },
];

const frame = (refId: string, ...values: Array<number | null>) =>
  toDataFrame({ refId, fields: [{ name: 'delivered', type: FieldType.number, values }] });

/** What a panel shows of both: the last value, and its change in percent where that is a number. */
function shown(before: Array<number | null>, now: Array<number | null>) {
  const answers = compared([frame('now', ...now), frame('before', ...before)], targets);
  const values = ['before', 'now'].flatMap(
    (name) => answers.find(({ refId }) => refId === name)?.fields[0]?.values ?? []
  );
  const field = { name: 'v', type: FieldType.number, config: {}, values };
  const { lastNotNull, diffperc } = reduceField({ field, reducers: [ReducerID.lastNotNull, ReducerID.diffperc] });
  return { value: lastNotNull, change: Number.isNaN(diffperc) ? undefined : diffperc };
}

test('a change is told in percent where there is something to compare with', () => {
  expect(shown([100], [150])).toEqual({ value: 150, change: 50 });
  expect(shown([100], [1000])).toEqual({ value: 1000, change: 900 });
  expect(shown([100], [0])).toEqual({ value: 0, change: -100 });
});

// Without it a first day would show a change of 62,800 %, of infinitely many, or of 0 %.
test('no change is told where there was nothing, or hardly anything, before', () => {
  expect(shown([100], [62_900])).toEqual({ value: 62_900, change: undefined });
  expect(shown([0], [7])).toEqual({ value: 7, change: undefined });
  expect(shown([null], [7])).toEqual({ value: 7, change: undefined });
  expect(shown([], [7])).toEqual({ value: 7, change: undefined });
  expect(shown([0], [0])).toEqual({ value: 0, change: undefined });
});

// Without it the latency of yesterday would stand there as that of today.
test('a range without a value does not take that of the range before', () => {
  expect(shown([31], [null]).value).toBeNull();
  expect(shown([31], []).value).toBeNull();
});

test('answers that nothing belongs to, or several, are left as they are', () => {
  const alone = [frame('before', 5)];
  expect(compared(alone, targets.slice(0, 1))).toEqual(alone);
  const groups = [frame('before', 5), frame('before', 6), frame('now', 500), frame('now', 6)];
  expect(compared(groups, targets)).toEqual(groups);
  const table = (refId: string) =>
    toDataFrame({
      refId,
      fields: [
        { name: 'provider', type: FieldType.string, values: ['gmail', 'yahoo'] },
        { name: 'latencyP50', type: FieldType.number, values: [2, 3] },
      ],
    });
  expect(compared([table('before'), table('now')], targets)).toEqual([table('before'), table('now')]);
  const others = [frame('before', 5), frame('now', 500)];
  expect(compared(others, [targets[0]!, { ...of, metrics: ['bounced'], refId: 'now' }])).toEqual(others);
});
