import { dashboardLink } from '../../model';
import { count } from '../words';
import { poissonTail } from '../poisson';
import { isToldOf, levelOf, readRates, readRisks, RISK_PART_NAMES, RISK_PARTS, type Risk } from '../risk';
import type { Card, View } from './card';

const WEEK = 7 * 86_400;

/** Whose risk is looked at. */
const WHOSE = ['senderDomain', 'job'] as const;

/** What the parts of a risk are called. */
const PARTS = {
  complaint: 'complaints',
  hardBounce: 'hard bounces',
  block: 'blocks',
  deferral: 'deferrals',
} as const;

/** Such a part of the rate that has all points is nothing to speak of: 0.05 % complaints, 0.8 % hard bounces. */
const FINE = 1 / 6;

/** What is more probable than this at such a rate is chance, with so many jobs; of the riskiest the first that is none is told. */
const CHANCE = 1e-4;
const LOOKED_AT = 10;

/** The riskiest sender domain and job, where the risk is high. */
export async function topRisks({ window, filters, context, store }: View): Promise<Card[]> {
  const { complaintProviders, signal } = context;
  const to = window[1];
  const questions = WHOSE.map((dimension) => ({ to, dimension, filters, complaintProviders })).filter(
    isToldOf,
  );
  if (questions.length === 0) return [];
  const rates = await readRates(store, { to, complaintProviders }, signal);
  const each = await Promise.all(
    questions.map(async (question): Promise<Card[]> => {
      const { risks } = await readRisks(store, question, rates, LOOKED_AT, signal);
      return risks.flatMap((risk) => cardOf(question.dimension, risk, to)).slice(0, 1);
    }),
  );
  return each.flat();
}

function cardOf(
  dimension: (typeof WHOSE)[number],
  { value, score, before, messages, points, events, of }: Risk,
  to: number,
): Card[] {
  const level = levelOf(score);
  if (score === null || (level !== 'critical' && level !== 'high')) return [];
  const [most] = [...RISK_PART_NAMES].sort((a, b) => (points[b] ?? 0) - (points[a] ?? 0));
  if (!most || poissonTail(events[most], of[most] * FINE * RISK_PARTS[most].full) >= CHANCE) return [];
  const trend = before === null ? '' : `, ${Math.round(before)} the week before`;
  const who = dimension === 'job' ? `Job ${value}` : `Sender domain ${value}`;
  return [
    {
      id: `risk:${dimension}:${value}`,
      kind: 'risk',
      severity: level === 'critical' ? 'critical' : 'warning',
      sentence: `${who} is at risk: ${Math.round(score)} of 100 (${level})${trend}, mostly for ${PARTS[most]}; ${count(messages)} messages in 7 days`,
      link: dashboardLink([{ dimension, value }], [to - WEEK, to]),
      weight: score,
    },
  ];
}
