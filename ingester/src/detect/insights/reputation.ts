import { columns, planQuestion, planSql, type DimensionName } from '../../model';
import { dashboardLink } from '../../model';
import { count, percent, providerName } from '../words';
import type { Card, Severity, View } from './card';

const DAY = 86_400;

/** Complaints per delivered message from which on a sender's reputation suffers: the marks of Gmail and Yahoo. */
const MARKS: readonly (readonly [Severity, number])[] = [
  ['critical', 0.003],
  ['warning', 0.001],
];

/** Deliveries below which a complaint rate says little, and complaints. */
const LEAST_DELIVERED = 1000;
const LEAST_COMPLAINTS = 5;

/** Whose complaints are looked at, and how many of each make a card. */
const WHOSE: readonly (readonly [DimensionName, number])[] = [
  ['provider', 2],
  ['senderDomain', 1],
];

interface Row {
  readonly g0: string;
  readonly c_reportedComplaints: number;
  readonly c_reportedDelivered: number;
}

/** Complaint rates of the last 24 hours of the window that are over a mark, at providers that report complaints. */
export async function reputation(view: View): Promise<Card[]> {
  const { filters, context, window } = view;
  const { complaintProviders } = context;
  const to = window[1];
  const each = await Promise.all(
    WHOSE.map(async ([dimension, most]) => {
      const counters = ['reportedComplaints', 'reportedDelivered'] as const;
      const question = {
        from: to - DAY,
        to,
        metrics: [],
        counters,
        groupBy: [dimension],
        filters,
        complaintProviders,
      };
      const order = { column: columns.counter('reportedComplaints'), descending: true };
      const rows = await view.read<Row>(planSql(planQuestion(question), { orderBy: order }));
      return rows
        .flatMap((row) => cardOf(dimension, row, [to - DAY, to]))
        .sort((a, b) => b.weight - a.weight)
        .slice(0, most);
    }),
  );
  return each.flat();
}

function cardOf(
  dimension: DimensionName,
  { g0: value, c_reportedComplaints: complaints, c_reportedDelivered: delivered }: Row,
  window: readonly [number, number],
): Card[] {
  const rate = delivered > 0 ? complaints / delivered : 0;
  const mark = MARKS.find(([, from]) => rate >= from);
  if (value === '' || !mark || delivered < LEAST_DELIVERED || complaints < LEAST_COMPLAINTS) return [];
  const [severity, from] = mark;
  const who = dimension === 'provider' ? providerName(value) : `sender domain ${value}`;
  return [
    {
      id: `reputation:${dimension}:${value}`,
      kind: 'reputation',
      severity,
      sentence: `Complaints at ${who}: ${percent(rate)} of ${count(delivered)} delivered in 24 h, over the mark of ${percent(from)}; providers go by a count of their own`,
      link: dashboardLink([{ dimension, value }], window),
      weight: rate / from,
    },
  ];
}
