import { columns, planQuestion, planSql, type Statement } from '../../model';
import { dashboardLink } from '../../model';
import { count, percent, short } from '../words';
import type { Card, View } from './card';

const DAY = 86_400;

/** What makes a reason dominant: so many failures, and such a part of all of them. */
const LEAST_FAILURES = 20;
const LEAST_SHARE = 0.1;
const MOST_CARDS = 2;

interface Row {
  readonly reason: string;
  readonly class: string;
  readonly now: number;
  readonly share: number;
}

/** Dominant reasons of failures that nobody gave in the day before the window, where there were failures on it. */
export async function newReasons(view: View): Promise<Card[]> {
  if (view.window[0] < DAY) return [];
  const rows = await view.read<Row>(newReasonsSql(view));
  return rows.map(({ reason, class: kind, now, share }) => ({
    id: `reason:${reason}`,
    kind: 'reason',
    severity:
      kind === 'throttling' || kind === 'block' || kind === 'spam' || kind === 'policy' ? 'warning' : 'info',
    sentence: `New since yesterday: "${short(reason)}" (${kind}), ${count(now)} times, ${percent(share)} of all failures`,
    link: dashboardLink([{ dimension: 'reason', value: reason }], view.window),
    weight: share,
  }));
}

function newReasonsSql({ window: [from, to], filters, context }: View): Statement {
  const counters = ['bounced', 'deferrals'] as const;
  const failures = counters.map(columns.counter).join(' + ');
  const { sql, params } = planSql(
    planQuestion({
      ...{ from: from - DAY, to, metrics: [], counters, filters },
      windows: [
        [from, to],
        [from - DAY, from],
      ],
      groupBy: ['reason', 'reasonClass'],
      complaintProviders: context.complaintProviders,
    }),
  );
  return {
    sql: [
      'SELECT * FROM (',
      `SELECT g0 AS reason, g1 AS class, sumIf(${failures}, ${columns.window} = 0) AS now, sumIf(${failures}, ${columns.window} = 1) AS before,`,
      'now / sum(now) OVER () AS share, sum(before) OVER () AS known',
      `FROM (\n${sql}\n)`,
      "WHERE g0 != ''\nGROUP BY g0, g1",
      `)\nWHERE before = 0 AND known > 0 AND now >= ${LEAST_FAILURES} AND share >= ${LEAST_SHARE}`,
      `ORDER BY now DESC, reason\nLIMIT ${MOST_CARDS}`,
    ].join('\n'),
    params,
  };
}
