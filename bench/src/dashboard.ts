import type { QueryRequest, Store } from './service';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What the benchmark asks for by name: a message with a deferral and a delivery, of a recipient who has several. */
export interface Sample {
  readonly messageId: string;
  readonly job: string;
  readonly recipient: string;
  readonly sender: string;
  /** When it was delivered, and the end of the store's last event, epoch ms. */
  readonly time: number;
  readonly end: number;
}

/** A question of a dashboard. */
export interface DashboardQuery {
  readonly name: string;
  /** Most ms of its median when warm and of one that is cold. */
  readonly target: { readonly warm: number; readonly cold: number };
  /** Whether rollups answer it: then ten times the events may not take much longer. */
  readonly rolled: boolean;
  readonly request: QueryRequest;
}

const ROLLED = { warm: 300, cold: 1000 };
const SEARCH = { warm: 100, cold: 1000 };
const SECOND = { warm: 1000, cold: Infinity };

/** Picks a message of the store. Rejects where it holds none that was deferred and then delivered. */
export async function pickSample(store: Pick<Store, 'read'>): Promise<Sample> {
  const [span] = await store.read<{ last: number }>(
    'SELECT toUnixTimestamp(max(time)) + 1 AS last FROM watchtower.events',
  );
  if (!span) throw new Error('The store holds no events');
  // Whole days of it are then within the thirty that are asked for.
  const [from, to] = [span.last - 29 * 86_400, span.last - 86_400];
  const within = `role = 0 AND e.time >= toDateTime(${from}, 'UTC') AND e.time < toDateTime(${to}, 'UTC')`;
  const [found] = await store.read<Omit<Sample, 'end'>>(
    `SELECT messageId, job, lower(rcpt) AS recipient, sender, toUnixTimestamp(time) * 1000 AS time
     FROM watchtower.events AS e WHERE ${within} AND record = 'd' AND messageId != '' AND job != '' AND message IN (
       SELECT message FROM watchtower.events AS e WHERE ${within} AND record = 't' ORDER BY message LIMIT 1000)
     ORDER BY message LIMIT 1`,
  );
  if (!found) throw new Error('The store holds no message that was deferred and then delivered');
  return { ...found, end: span.last * 1000 };
}

/** Every question that the dashboards of operators and of support send. */
export function dashboardQueries(sample: Sample): DashboardQuery[] {
  const { end } = sample;
  const is = (dimension: string, value: string, operator = '=') => ({ dimension, operator, values: [value] });
  const over = (days: number, query: Record<string, unknown>): QueryRequest => ({
    from: end - days * DAY_MS,
    to: end,
    queries: [{ refId: 'A', ...query }],
  });
  const rolled = (name: string, request: QueryRequest): DashboardQuery => ({
    name,
    target: ROLLED,
    rolled: true,
    request,
  });
  const raw = (name: string, target: DashboardQuery['target'], request: QueryRequest): DashboardQuery => ({
    name,
    target,
    rolled: false,
    request,
  });
  const kpis = {
    metrics: ['sent', 'delivered', 'bounced', 'deferralRate', 'bounceRate', 'complaints', 'latencyP95'],
  };
  const messages = (...filters: unknown[]) => over(30, { queryType: 'messages', filters });
  const events = (days: number, query: Record<string, unknown>) =>
    over(days, { queryType: 'events', ...query });
  return [
    rolled('KPIs of a day and the day before', {
      from: end - DAY_MS,
      to: end,
      queries: [
        { refId: 'A', ...kpis },
        { refId: 'B', ...kpis, from: end - 2 * DAY_MS, to: end - DAY_MS },
      ],
    }),
    rolled(
      'volume by minute, a day',
      over(1, {
        metrics: ['delivered', 'bounced', 'deferrals'],
        format: 'timeseries',
        intervalMs: MINUTE_MS,
        maxDataPoints: 1500,
      }),
    ),
    rolled(
      'volume by hour, 30 days',
      over(30, {
        metrics: ['delivered', 'bounced', 'deferrals'],
        format: 'timeseries',
        intervalMs: HOUR_MS,
        maxDataPoints: 800,
      }),
    ),
    rolled(
      'top 20 domains with p50, p95 and p99, 30 days',
      over(30, {
        metrics: ['delivered', 'latencyP50', 'latencyP95', 'latencyP99'],
        groupBy: ['domain'],
        orderBy: 'delivered',
        limit: 20,
      }),
    ),
    rolled(
      'provider x VMTA, 30 days',
      over(30, { metrics: ['attempts', 'deferralRate'], groupBy: ['provider', 'vmta'] }),
    ),
    rolled(
      'flows of three levels, a day',
      over(1, { queryType: 'flows', path: ['senderDomain', 'vmta', 'provider'], limit: 10 }),
    ),
    rolled(
      'figures of risk by sender, 7 days',
      over(7, {
        metrics: ['sent', 'complaintRate', 'hardBounceRate', 'blockRate', 'deferralRate'],
        groupBy: ['sender'],
        orderBy: 'sent',
        limit: 50,
      }),
    ),
    rolled(
      'backlog by minute, a day',
      over(1, { metrics: ['backlog'], format: 'timeseries', intervalMs: MINUTE_MS, maxDataPoints: 1500 }),
    ),
    raw('events, newest of 30 days', SECOND, events(30, {})),
    raw('events, oldest of 30 days', SECOND, events(30, { order: 'asc' })),
    raw(
      'events of a provider and a class, 30 days',
      SECOND,
      events(30, { filters: [is('provider', 'yahoo'), is('bounceClass', 'block')] }),
    ),
    raw('events of a job, 30 days', SECOND, events(30, { filters: [is('job', sample.job)] })),
    raw(
      'events, filters that nothing fulfils together, 30 days',
      SECOND,
      events(30, { filters: [is('outcome', 'delivered'), is('bounceClass', 'block')] }),
    ),
    raw('text search, a day', SECOND, events(1, { search: 'mailbox' })),
    raw('text search that finds nothing, a day', SECOND, events(1, { search: 'no such words' })),
    raw('trace by message id', SEARCH, over(30, { queryType: 'trace', messageId: sample.messageId })),
    raw(
      'trace by job and recipient',
      SEARCH,
      over(30, { queryType: 'trace', job: sample.job, recipient: sample.recipient }),
    ),
    raw('messages of a recipient, a day', SEARCH, {
      from: sample.time - DAY_MS / 2,
      to: sample.time + DAY_MS / 2,
      queries: [{ refId: 'A', queryType: 'messages', filters: [is('recipient', sample.recipient)] }],
    }),
    raw('journey of a recipient, 30 days', SECOND, messages(is('recipient', sample.recipient))),
    raw(
      'messages by the beginning of a recipient, 30 days',
      SEARCH,
      messages(is('recipient', sample.recipient.split('@')[0] ?? '', 'startsWith')),
    ),
    raw('messages of a sender, 30 days', SEARCH, messages(is('sender', sample.sender))),
    raw('messages of a job, 30 days', SEARCH, messages(is('job', sample.job))),
  ];
}
