import { z } from 'zod';
import {
  causesQuerySchema,
  heldRange,
  incidentsQuerySchema,
  insightsQuerySchema,
  metrics,
  metricsQuerySchema,
  riskQuerySchema,
  type Frame,
  type MetricName,
} from '../model';
import { answers, DAY, json, MESSAGE, queryParameters, type RouteDoc } from './openapi';
import { EVER, queryOf, type Names } from './parameters';
import { framesOf, noticesOf, QUERY_REFUSALS, rowsOf } from './reading';
import type { ApiContext, ApiDependencies, Route } from './route';

/** Outcomes and what they are judged by; a success rate by message never stands without `unresolved`. */
const STATS: readonly MetricName[] = [
  ...(['attempts', 'sent', 'delivered', 'bounced', 'hardBounced', 'softBounced', 'blocked'] as const),
  ...(['deferrals', 'complaints', 'blocks', 'remoteBounces', 'received', 'unresolved'] as const),
  ...(['successRate', 'attemptSuccessRate', 'bounceRate', 'hardBounceRate', 'deferralRate'] as const),
  ...([
    'complaintRate',
    'blockRate',
    'latencyAvg',
    'latencyP50',
    'latencyP95',
    'latencyP99',
    'bytes',
  ] as const),
];

const VOLUME: readonly MetricName[] = ['attempts', 'delivered', 'bounced', 'deferrals', 'complaints'];

const LATENCY: readonly MetricName[] = [
  ...(['delivered', 'latencyAvg', 'latencyP50', 'latencyP95', 'latencyP99', 'latencyMax'] as const),
];

const GROUPS: readonly MetricName[] = [
  ...(['attempts', 'delivered', 'bounced', 'hardBounced', 'softBounced', 'blocked', 'deferrals'] as const),
  ...(['complaints', 'attemptSuccessRate', 'bounceRate', 'hardBounceRate', 'deferralRate'] as const),
  ...(['complaintRate', 'latencyP50', 'latencyP95'] as const),
];

const RANGE: Names = { numbers: [], texts: [], lists: [] };
const TOTALS: Names = { ...RANGE, lists: ['metrics'] };
const STEPS: Names = {
  numbers: ['intervalMs', 'maxDataPoints', 'limit'],
  texts: ['timezone', 'orderBy', 'order'],
  lists: ['metrics', 'groupBy'],
};
const FIRST: Names = { ...RANGE, numbers: ['limit'] };
const CAUSES: Names = { ...FIRST, texts: ['incident'] };
const RISK: Names = { ...FIRST, texts: ['dimension'] };
const LIST: Names = { numbers: ['limit'], texts: ['orderBy', 'order'], lists: ['metrics'] };

/** Groups of a list where the address sets no limit. */
const DEFAULT_GROUPS = 100;

type Doc = Omit<RouteDoc, 'tag'>;

const TOTALS_DOC: Doc = {
  summary: 'Totals',
  parameters: queryParameters(TOTALS, metricsQuerySchema),
  answer: json('Figures by name', z.object({ stats: answers.figures, notices: answers.notices })),
  examples: {
    'a day of a provider': { parameters: { ...DAY, provider: ['gmail'] } },
    'some metrics': { parameters: { metrics: ['sent', 'successRate'] } },
  },
};

const STEPS_DOC: Doc = {
  summary: 'Figures over time',
  parameters: queryParameters(STEPS, metricsQuerySchema),
  answer: json(
    'A row per step and group',
    z.object({ volume: z.array(answers.figuresRow), notices: answers.notices }),
  ),
  examples: {
    'a day by hour and provider': {
      parameters: { ...DAY, intervalMs: 3_600_000, groupBy: ['provider'], vmta: [MESSAGE.vmta] },
    },
  },
};

const LATENCY_DOC: Doc = {
  summary: 'Quantiles of the latency, and how it is distributed',
  parameters: queryParameters(RANGE, metricsQuerySchema),
  answer: json(
    'Seconds from queueing to delivery, and deliveries per bucket',
    z.object({
      latency: answers.figures,
      histogram: z.array(answers.bucketRow),
      notices: answers.notices,
    }),
  ),
  examples: { 'a day': { parameters: DAY } },
};

/** The range of what is asked about the last day where the address names no other. */
const LAST_DAY = {
  from: 'Start of the range in epoch milliseconds; without it, a day before its end',
  to: 'End of the range in epoch milliseconds; without it, that of the events',
};

const INSIGHTS_DOC: Doc = {
  summary: 'The few things worth knowing at the end of the range, worst first',
  parameters: queryParameters(FIRST, insightsQuerySchema, {
    ...LAST_DAY,
    limit: 'At most so many cards',
  }),
  answer: json(
    'A sentence with its severity and link per card',
    z.object({ insights: z.array(answers.insightRow) }),
  ),
  examples: { 'a day': { parameters: DAY } },
};

const CAUSES_DOC: Doc = {
  summary: 'Why mail fared worse than before, or the causes of an incident, with the evidence',
  parameters: queryParameters(CAUSES, causesQuerySchema, {
    ...LAST_DAY,
    incident: 'Id of an incident, whose own time and place then count',
    limit: 'At most so many causes',
  }),
  answer: json(
    'A row per cause, the likeliest first, each followed by its evidence',
    z.object({ causes: z.array(answers.causeRow), notices: answers.notices }),
  ),
  refusals: { 404: 'there is no such incident' },
  examples: { 'a day at a provider': { parameters: { ...DAY, provider: ['gmail'] } } },
};

const RISK_DOC: Doc = {
  summary: 'Senders, jobs, users or routes by their risk, worst first',
  parameters: queryParameters(RISK, riskQuerySchema, {
    from: 'Does not matter: a risk is that of the seven days before `to`',
    to: 'End of the seven days in epoch milliseconds; without it, that of the events',
    limit: 'At most so many rows; without it, 100',
  }),
  answer: json('A row per value', z.object({ risk: z.array(answers.riskRow), notices: answers.notices })),
  examples: { 'the five riskiest jobs': { parameters: { to: DAY.to, dimension: 'job', limit: 5 } } },
};

const INCIDENTS: Names = { numbers: ['limit'], texts: [], lists: [] };

const INCIDENTS_DOC: Doc = {
  summary: 'Incidents that touch a range, newest first',
  parameters: queryParameters(INCIDENTS, incidentsQuerySchema, {
    limit: 'At most so many rows; without it, 1000',
  }),
  answer: json('A row per incident', answers.page('incidents', answers.incidentRow)),
  examples: {
    'what was wrong with a provider': { parameters: { ...DAY, provider: ['gmail'], limit: 20 } },
  },
};

/** The usual readings of the figures, each one query of the model. */
export function analyticsRoutes(deps: ApiDependencies): Route[] {
  return [
    reading('stats', TOTALS_DOC, async (context) => {
      const [frame] = await framesOf(deps, context, metricsQuery(context, TOTALS, STATS));
      return { stats: totalsOf(frame), notices: noticesOf(frame) };
    }),
    reading('volume', STEPS_DOC, async (context) => {
      const asked = metricsQuery(context, STEPS, VOLUME);
      const query = { ...asked, ...(await filledRange(deps, asked)), format: 'timeseries' };
      const frames = await framesOf(deps, context, query);
      return { volume: seriesRows(frames), notices: noticesOf(frames[0]) };
    }),
    reading('latency', LATENCY_DOC, async (context) => {
      const query = metricsQuery(context, RANGE, LATENCY);
      const [totals] = await framesOf(deps, context, query);
      const buckets = { ...query, metrics: undefined, format: 'histogram', field: 'latency' };
      const [histogram] = await framesOf(deps, context, buckets);
      return {
        latency: totalsOf(totals),
        histogram: rowsOf(histogram),
        notices: noticesOf(totals),
      };
    }),
    list(deps, 'domains', 'domain'),
    list(deps, 'senders', 'sender'),
    list(deps, 'vmtas', 'vmta'),
    reading('insights', INSIGHTS_DOC, async (context) => {
      const query = await lastDay(deps, queryOf(context.req.queries(), FIRST));
      const [frame] = await framesOf(deps, context, { ...query, queryType: 'insights' });
      return { insights: rowsOf(frame) };
    }),
    reading('causes', CAUSES_DOC, async (context) => {
      const query = await lastDay(deps, queryOf(context.req.queries(), CAUSES));
      const [frame] = await framesOf(deps, context, { ...query, queryType: 'causes' });
      return { causes: rowsOf(frame), notices: noticesOf(frame) };
    }),
    reading('risk', RISK_DOC, async (context) => {
      const query = await lastDay(deps, queryOf(context.req.queries(), RISK));
      const [frame] = await framesOf(deps, context, { ...query, queryType: 'risk' });
      return { risk: rowsOf(frame), notices: noticesOf(frame) };
    }),
    reading('incidents', INCIDENTS_DOC, async (context) => {
      const query = { ...queryOf(context.req.queries(), INCIDENTS), queryType: 'incidents' };
      const [frame] = await framesOf(deps, context, query);
      return { incidents: rowsOf(frame), next: null };
    }),
  ];
}

function reading(name: string, said: Doc, read: (context: ApiContext) => Promise<object>): Route {
  const handle = async (context: ApiContext) => context.json(await read(context));
  const doc = { tag: 'analytics', refusals: QUERY_REFUSALS, ...said } as const;
  return { method: 'GET', path: `/api/analytics/${name}`, needs: 'read', doc, handle };
}

/** A row per value of a dimension, those that were attempted most first. */
function list(deps: ApiDependencies, name: string, dimension: string): Route {
  const doc: Doc = {
    summary: `Figures by ${dimension}, most attempts first`,
    parameters: queryParameters(LIST, metricsQuerySchema, {
      limit: `At most so many rows; without it, ${DEFAULT_GROUPS}`,
    }),
    answer: json(
      `A row per ${dimension}`,
      z.object({ [name]: z.array(answers.figuresRow), notices: answers.notices }),
    ),
    examples: {
      'the five that bounce most': {
        parameters: { ...DAY, metrics: ['bounced', 'bounceRate'], orderBy: 'bounced', limit: 5 },
      },
    },
  };
  return reading(name, doc, async (context) => {
    const query = { limit: DEFAULT_GROUPS, ...metricsQuery(context, LIST, GROUPS), groupBy: [dimension] };
    const [frame] = await framesOf(deps, context, query);
    return { [name]: rowsOf(frame), notices: noticesOf(frame) };
  });
}

function metricsQuery(
  context: ApiContext,
  names: Names,
  usual: readonly MetricName[],
): Record<string, unknown> {
  return { metrics: usual, ...queryOf(context.req.queries(), names), queryType: 'metrics' };
}

/** The only row of totals; of nothing, counts are 0 and everything else is null. */
function totalsOf(frame: Frame): Record<string, unknown> {
  const names = frame.schema.fields.map(({ name }) => name as MetricName);
  return rowsOf(frame)[0] ?? Object.fromEntries(names.map((name) => [name, metrics[name].count ? 0 : null]));
}

/** A series over all time would have steps of years: an end that is not named is that of the events. */
async function filledRange(
  { store }: ApiDependencies,
  { from, to }: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (from !== EVER.from && to !== EVER.to) return {};
  const [first, end] = await heldRange(store, [EVER.from, EVER.to / 1000]);
  return {
    ...(from === EVER.from && { from: Math.min(first * 1000, Number(to)) }),
    ...(to === EVER.to && { to: Math.max(end * 1000, Number(from)) }),
  };
}

/** The query with an end that is not named at that of the events, and a start that is not named a day before it. */
async function lastDay(
  deps: ApiDependencies,
  query: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { to = query['to'] } = await filledRange(deps, query);
  const from =
    query['from'] === EVER.from && typeof to === 'number' ? Math.max(0, to - 86_400_000) : query['from'];
  return { ...query, from, to };
}

/** A row per step and group of the series, which all stand at the same times. */
function seriesRows(frames: readonly Frame[]): Record<string, unknown>[] {
  const rows = new Map<string, Record<string, unknown>>();
  for (const frame of frames) {
    const labels = frame.schema.fields[1]?.labels ?? {};
    for (const row of rowsOf(frame)) {
      const key = JSON.stringify([row['time'], labels]);
      rows.set(key, { ...rows.get(key), ...labels, ...row });
    }
  }
  return [...rows.values()];
}
