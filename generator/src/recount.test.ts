import {
  cleanUp,
  compact,
  domainOf,
  eventsOf,
  providers,
  seconds,
  tally,
  write,
  type Row,
} from './testing/read';
import type { Truth } from './truth';

afterAll(cleanUp);

describe('every figure of the truth equals a recount of the rows', () => {
  let rows: Row[];
  let truth: Truth;

  beforeAll(async () => {
    const written = await write({ messages: 6000 });
    truth = written.truth;
    const found = eventsOf(written.folder);
    const delivered = found.filter(({ type }) => type === 'd');
    const byTag = new Map(delivered.map((row) => [row['header_X-Mailer-RecptId'], row]));
    rows = found.map((row) => {
      if (row.type !== 'f') return row;
      const origin =
        byTag.get(row['header_X-Mailer-RecptId']) ??
        delivered.find(
          (d) => d.rcpt === row.rcpt && d.orig === row.orig && (d.timeLogged ?? '') < (row.timeLogged ?? ''),
        );
      return {
        ...origin,
        ...row,
        rcpt: origin?.rcpt ?? '',
        jobId: origin?.jobId ?? '',
        orig: origin?.orig ?? '',
      };
    });
  });

  test('totals and rows', () => {
    expect(compact({ all: truth.messages })).toEqual(tally(rows, () => 'all'));
    expect(truth.rows_total).toBe(rows.length + truth.messages.bounced);
    expect(truth.messages.injected).toBe(6000);
    expect(Object.values(truth.records).every((n, i) => n > 0 || i === 5)).toBe(true);
  });

  test.each<[string, keyof Truth, (row: Row) => string]>([
    ['provider', 'by_isp', (row) => providers[domainOf(row)] ?? 'corporate'],
    ['domain', 'by_domain', domainOf],
    ['VMTA', 'by_vmta', (row) => row.vmta ?? ''],
    ['pool', 'by_pool', (row) => row.vmtaPool ?? ''],
    ['job', 'by_job', (row) => row.jobId ?? ''],
    ['sender domain', 'by_sender_domain', (row) => (row.orig ?? '').split('@')[1] ?? ''],
    ['domain and VMTA', 'by_domain_vmta', (row) => `${domainOf(row)}|${row.vmta}`],
  ])('by %s', (_, dimension, key) => {
    expect(compact(truth[dimension] as Record<string, object>)).toEqual(tally(rows, key));
  });

  test('by bounce category', () => {
    const counts: Record<string, number> = {};
    for (const { type, bounceCat = '' } of rows)
      if (type === 'b') counts[bounceCat] = (counts[bounceCat] ?? 0) + 1;
    const found = Object.entries(truth.by_bounce_category).map(([category, { count }]) => [category, count]);
    expect(Object.fromEntries(found)).toEqual(counts);
  });

  test('by minute, backlog included', () => {
    const { minute } = truth;
    const counted = (type: string): number[] => {
      const list = new Array<number>(minute.delivered.length).fill(0);
      for (const row of rows)
        if (row.type === type) list[Math.floor((seconds(row.timeLogged) - minute.start) / 60)]!++;
      return list;
    };
    expect(minute.delivered).toEqual(counted('d'));
    expect(minute.bounced).toEqual(counted('b'));
    expect(minute.deferrals).toEqual(counted('t'));
    expect(minute.complaints).toEqual(counted('f'));
    expect(minute.rb).toEqual(counted('rb'));
    const finals = rows.filter(({ type }) => type === 'd' || type === 'b');
    for (const m of [0, 700, 1000, 1300]) {
      const end = minute.start + (m + 1) * 60;
      const waiting = finals.filter((row) => seconds(row.timeQueued) < end && seconds(row.timeLogged) >= end);
      expect(minute.backlog[m]).toBe(waiting.length);
      const deferred = new Set(
        rows
          .filter((row) => row.type === 't' && seconds(row.timeLogged) < end)
          .map((row) => row['header_Message-Id']),
      );
      expect(minute.deferred_backlog[m]).toBe(
        waiting.filter((row) => deferred.has(row['header_Message-Id'])).length,
      );
    }
  });

  test('latency', () => {
    const times = (chosen: Row[]): number[] =>
      chosen
        .filter(({ type }) => type === 'd')
        .map((row) => seconds(row.timeLogged) - seconds(row.timeQueued))
        .sort((a, b) => a - b);
    for (const [name, figures] of [
      ['', truth.latency.all] as const,
      ...Object.entries(truth.latency.by_isp),
    ]) {
      const sorted = times(
        rows.filter((row) => name === '' || (providers[domainOf(row)] ?? 'corporate') === name),
      );
      const at = (p: number): number | undefined =>
        sorted[Math.min(Math.floor(p * sorted.length), sorted.length - 1)];
      const sum = sorted.reduce((total, s) => total + s, 0);
      expect(figures).toMatchObject({
        n: sorted.length,
        max: sorted.at(-1),
        p50: at(0.5),
        p95: at(0.95),
        p99: at(0.99),
      });
      expect(figures.avg).toBeCloseTo(sum / sorted.length, 5);
    }
  });
});
