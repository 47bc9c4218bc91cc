import { columns, planQuestion, planSql, type TimeRange } from '../../model';
import { dashboardLink } from '../../model';
import { clock, count } from '../words';
import type { Card, View } from './card';

const HOUR = 3600;

/** By how much and to how many times as much the backlog has to grow in an hour. */
const LEAST_MORE = 100;
const GROWTH = 1.5;
const STEEP = 3;

/** A backlog that has grown over the last hour of the window. */
export async function backlog(view: View): Promise<Card[]> {
  const to = view.window[1];
  const at = async (end: number) => {
    const { filters, context } = view;
    const { complaintProviders } = context;
    const question = {
      from: end - HOUR,
      to: end,
      metrics: ['backlog' as const],
      groupBy: [],
      filters,
      complaintProviders,
    };
    const [row] = await view.read(planSql(planQuestion(question)));
    return Number(row?.[columns.metric('backlog')] ?? 0);
  };
  const [now, before] = await Promise.all([at(to), at(to - HOUR)]);
  if (now - before < LEAST_MORE || now < GROWTH * before) return [];
  const window: TimeRange = [to - 6 * HOUR, to];
  return [
    {
      id: 'backlog',
      kind: 'backlog',
      severity: now >= STEEP * before ? 'warning' : 'info',
      sentence: `The backlog grows: ${count(now)} messages wait at ${clock(to)}, ${count(before)} did an hour before`,
      link: dashboardLink([], window),
      weight: now - before,
    },
  ];
}
