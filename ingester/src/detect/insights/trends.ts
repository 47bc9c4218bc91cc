import type { Grouping, TimeRange } from '../../model';
import {
  findingAt,
  isBeyondChance,
  rateOf,
  RATE_SYMPTOMS,
  SYMPTOMS,
  type RateFinding,
  type Sides,
} from '../causes';
import { cellsOf, comparisonSql, WHOLE, type Comparison } from '../figures';
import { dashboardLink } from '../../model';
import { count, percent, providerName } from '../words';
import type { Card, View } from './card';

const DAY = 86_400;
const WEEK = 7 * DAY;

/** Cards of trends, and providers that are looked at. */
const MOST_CARDS = 3;
const MOST_PROVIDERS = 20;
const PROVIDERS: readonly Grouping[] = [{ by: ['provider'], where: [] }];

/** Attempts below which more or less mail says nothing, and how many times as much or as little is worth a card. */
const LEAST_ATTEMPTS = 200;
const GROWTH = 2;

/** What fares worse than at the same hours of the same weekdays, else of the day before; and far more or less mail. */
export async function trends(view: View): Promise<Card[]> {
  for (const period of [WEEK, DAY]) {
    const comparison = earlier(view, period);
    if (!comparison) continue;
    const all = cellsOf(await view.read(comparisonSql(comparison, [WHOLE])), [WHOLE])[0]?.[0];
    if (all && all.before.attempts > 0)
      return [...volume(view, all, period), ...(await worse(view, comparison, all, period))];
  }
  return [];
}

/** The window with the one that lies whole periods before it; undefined where that is before all time. */
function earlier({ window: [from, to], filters, context }: View, period: number): Comparison | undefined {
  const shift = Math.max(1, Math.ceil((to - from) / period)) * period;
  if (shift > from) return undefined;
  const before: TimeRange = [from - shift, to - shift];
  return { now: [from, to], before: [before], filters, complaintProviders: context.complaintProviders };
}

async function worse(view: View, comparison: Comparison, all: Sides, period: number): Promise<Card[]> {
  const rows = await view.read(comparisonSql(comparison, PROVIDERS, { totals: all, limit: MOST_PROVIDERS }));
  const [cells = []] = cellsOf(rows, PROVIDERS);
  const found = RATE_SYMPTOMS.flatMap((symptom): RateFinding[] => {
    const whole = findingAt(symptom, [], all, all);
    const each = cells.map((cell) =>
      findingAt(symptom, [{ dimension: 'provider', value: cell.values[0] ?? '' }], cell, all),
    );
    const [best] = [...each, whole].filter(isBeyondChance).sort((a, b) => b.deviation - a.deviation);
    return best ? [best] : [];
  });
  return found
    .sort((a, b) => b.deviation - a.deviation)
    .slice(0, MOST_CARDS)
    .map((finding) => cardOf(view, finding, period));
}

function cardOf({ window }: View, { symptom, place, sides, deviation }: RateFinding, period: number): Card {
  const { count: figure, volume: total, what, of, fine } = SYMPTOMS[symptom];
  const [now, usual] = [rateOf(symptom, sides.now) ?? 0, rateOf(symptom, sides.before)];
  const where = place[0] ? `at ${providerName(place[0].value)} ` : '';
  const before = usual === null ? 'there were none' : `it was ${percent(usual)}`;
  return {
    id: `trend:${symptom}:${place[0]?.value ?? ''}`,
    kind: 'trend',
    severity: now >= 2 * fine ? 'warning' : 'info',
    sentence: `More ${what} ${where}than ${ago(period)}: ${count(sides.now[figure])} of ${count(sides.now[total])} ${of} (${percent(now)}), ${before} then`,
    link: dashboardLink(place, window),
    weight: deviation,
  };
}

function volume({ window }: View, { now, before }: Sides, period: number): Card[] {
  const [more, less] = [Math.max(now.attempts, before.attempts), Math.min(now.attempts, before.attempts)];
  if (more < LEAST_ATTEMPTS || more < GROWTH * less) return [];
  const fell = now.attempts < before.attempts;
  return [
    {
      id: 'trend:volume',
      kind: 'trend',
      severity: fell ? 'warning' : 'info',
      sentence: `Far ${fell ? 'less' : 'more'} mail than ${ago(period)}: ${count(now.attempts)} attempts, ${count(before.attempts)} then`,
      link: dashboardLink([], window),
      weight: more / Math.max(1, less),
    },
  ];
}

function ago(period: number): string {
  return period === WEEK ? 'at the same time a week before' : 'at the same time the day before';
}
