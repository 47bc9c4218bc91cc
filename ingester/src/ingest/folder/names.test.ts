import { isLaterInSeries, kindOf, nodeOf, seriesOf } from './names';

describe('kindOf', () => {
  it('takes logs and archives, and leaves other files alone', () => {
    expect(['a.csv', 'A.CSV', 'a.csv.gz', 'a.gz', 'a.zip', 'a.csv.part', 'a.txt', 'csv'].map(kindOf)).toEqual(
      ['plain', 'plain', 'packed', 'packed', 'packed', undefined, undefined, undefined],
    );
  });
});

describe('nodeOf', () => {
  it('is the first level below the drop folder', () => {
    expect(
      ['/drop/a.csv', '/drop/mta1/a.csv', '/drop/mta1/old/a.csv'].map((path) => nodeOf('/drop', path)),
    ).toEqual(['', 'mta1', 'mta1']);
  });
});

describe('isLaterInSeries', () => {
  const later = (name: string, other: string): boolean => isLaterInSeries(seriesOf(name), seriesOf(other));

  it.each([
    ['acct-2026-09-15-0000.csv', 'acct-2026-09-15-0001.csv'],
    ['acct-2026-09-15-0009.csv', 'acct-2026-09-15-10.csv'],
    ['acct-2026-09-15-0009.csv', 'acct-2026-09-16-0000.csv'],
    ['acct-2026-09-15.csv', 'acct-2026-09-15-0001.csv'],
    ['acct_20260915.csv', 'acct_20260916.csv'],
    ['acct.1.csv', 'acct.2.csv'],
  ])('puts %s before %s', (name, other) => {
    expect([later(name, other), later(other, name)]).toEqual([true, false]);
  });

  it.each([
    ['acct-2026-09-15.csv', 'bounce-2026-09-16.csv'],
    ['acct-mta1-2026-09-15.csv', 'acct-mta2-2026-09-15.csv'],
    ['acct-mta-1-2026-09-15.csv', 'acct-mta-2-2026-09-16.csv'],
    ['mta1.csv', 'mta1.csv'],
    ['acct.csv', 'acct-2026-09-15.csv'],
  ])('does not compare %s with %s, or the live log of another host would seem finished', (name, other) => {
    expect([later(name, other), later(other, name)]).toEqual([false, false]);
  });
});
