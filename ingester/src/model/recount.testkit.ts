import type { Filter, MetricsQuery } from './schema';

/** An event as the store holds it, in the columns that numbers depend on. */
export interface TestEvent {
  time: number;
  record: 'd' | 'b' | 't' | 'tq' | 'f' | 'block' | 'remote' | 'r' | 'rs';
  node: string;
  provider: string;
  domain: string;
  vmta: string;
  pool: string;
  job: string;
  sender: string;
  senderDomain: string;
  sourceIp: string;
  destinationIp: string;
  bounceCategory: string;
  bounceClass: '' | 'hard' | 'soft' | 'block';
  smtpStatus: string;
  diag: string;
  size: number;
  latency: number;
  rcpt: string;
  messageId: string;
  envId: string;
  feedbackType: string;
  headers: Record<string, string>;
  message: number;
  file: number;
  line: number;
  ver: number;
  role: number;
}

const REPLIES = [
  '',
  'smtp;421-4.7.0 Try again later, closing connection. 25b31b',
  'smtp;421-4.7.0 Try again later, closing connection. 7f03ac',
  'smtp;550 5.1.1 <ann@example.org>: User unknown',
  'smtp;550 something of its own',
];

/** Every reason that random events can have, with its class by the rules. */
export const REASONS: Readonly<Record<string, string>> = {
  '421-4.7.0 Try again later, closing connection. <n>': 'throttling',
  '550 5.1.1 <address>: User unknown': 'mailbox',
  '550 something of its own': 'other',
  'bad-mailbox': 'mailbox',
  'message-expired': 'other',
  'spam-related': 'spam',
  'quota-issues': 'mailbox',
  '': '',
};

/** Who owns the jobs of random events. */
export const USERS: Readonly<Record<string, string>> = { 'J-1': 'ann', 'J-3': 'bob', 'J-9': 'ann' };

/** A small seeded generator (mulberry32): numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Random events between two epoch seconds, with missing values, unlisted providers, repeated messages and odd texts. */
export function randomEvents(count: number, from: number, to: number, random: () => number): TestEvent[] {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  return Array.from({ length: count }, (_, line) => {
    const record = pick([
      'd',
      'd',
      'd',
      'd',
      'b',
      'b',
      't',
      't',
      't',
      'tq',
      'f',
      'block',
      'remote',
      'r',
      'rs',
    ] as const);
    const domain = pick(['gmail.com', 'yahoo.com', 'aol.com', 'example.org', "o'hara.example", '']);
    const providers: Record<string, string> = {
      'gmail.com': 'gmail',
      'yahoo.com': 'yahoo',
      'aol.com': 'yahoo',
    };
    const classed = record === 'b' || record === 't' || record === 'remote';
    const vmta = pick(['vmta-1', 'vmta-2', 'vmta-3', '']);
    const bounceCategory = classed
      ? pick(['bad-mailbox', 'message-expired', 'spam-related', 'quota-issues'])
      : '';
    const bounceClass = classed ? pick(['hard', 'soft', 'block'] as const) : '';
    return {
      time: from + Math.floor(random() * (to - from)),
      record,
      node: pick(['mta-a', 'mta-b']),
      provider: providers[domain] ?? domain,
      domain,
      vmta,
      pool: vmta === '' ? '' : vmta === 'vmta-1' ? 'pool-a' : 'pool-b',
      job: pick(['J-1', 'J-2', 'J-3', '']),
      sender: pick(['news@shop.example', 'Café <x>', '{"a":\'1\'}']),
      senderDomain: pick(['shop.example', 'bank.example', '']),
      sourceIp: pick(['192.0.2.1', '192.0.2.2']),
      destinationIp: pick(['198.51.100.1', '198.51.100.2', '']),
      bounceCategory,
      // As the formats have it: the last answer is not the class of an expired message.
      bounceClass: bounceCategory === 'message-expired' ? 'soft' : bounceClass,
      smtpStatus: classed ? pick(['5.1.1', '4.2.2', '']) : '',
      diag: REPLIES[line % REPLIES.length] as string,
      size: pick([0, 1000, 25_000, 3_000_000]),
      latency:
        record === 'd' ? pick([-1, 0, 3, 63, 64, 65, 100, 999, 7200, Math.floor(random() * 100_000)]) : -1,
      rcpt: pick(['Ann@Example.org', 'bob@gmail.com', 'tab\there']),
      messageId: `id-${Math.floor(random() * 40)}@host.example`,
      envId: pick(['', 'env-1']),
      feedbackType: record === 'f' ? pick(['abuse', '']) : '',
      headers: pick<Record<string, string>>([
        {},
        { 'x-campaign': 'spring' },
        { 'x-campaign': '', 'x-b': 'y' },
      ]),
      message: Math.floor(random() * 60),
      file: pick([1, 2]),
      line,
      ver: 1,
      role: random() < 0.05 ? 1 : 0,
    };
  });
}

const TYPES = {
  d: 'acct',
  b: 'bounce',
  t: 'tran',
  tq: 'tran',
  f: 'fbl',
  block: 'rb',
  remote: 'bounce',
  r: 'received',
  rs: 'status',
} as const;

/** The value of a dimension, told from the definitions. */
export function valueIn(event: TestEvent, dimension: string): string {
  if (dimension.startsWith('header:')) return event.headers[dimension.slice(7)] ?? '';
  switch (dimension) {
    case 'eventType':
      return TYPES[event.record];
    case 'recipient':
      return event.rcpt.toLowerCase();
    case 'outcome':
      if (event.record === 'd') return 'delivered';
      if (event.record === 't') return 'deferred';
      return event.record === 'b' ? event.bounceClass : '';
    case 'reason':
      return reasonIn(event);
    case 'reasonClass':
      return REASONS[reasonIn(event)] ?? '';
    case 'user':
      return USERS[event.job] ?? '';
    case 'direction':
      return event.record === 'r' ? 'in' : 'out';
    default:
      return String(event[dimension as Exclude<keyof TestEvent, 'headers'>]);
  }
}

function reasonIn({ record, diag, bounceCategory, smtpStatus }: TestEvent): string {
  if (record === 'd' || record === 'f' || record === 'r') return '';
  if (diag === '') return bounceCategory || smtpStatus;
  const bare = diag.replace('smtp;', '').replace('<ann@example.org>', '<address>');
  return bare.replace(/ (?:25b31b|7f03ac)$/, ' <n>');
}

const fold = (provider: string) => (provider.includes('.') ? 'other' : provider);

/** Whether an event meets a filter. */
export function passes(event: TestEvent, { dimension, operator, values }: Filter): boolean {
  const plain = valueIn(event, dimension);
  const whole = dimension === 'provider' && values.includes('other') ? fold(plain) : plain;
  const first = values[0] ?? '';
  switch (operator) {
    case '=':
    case 'in':
      return values.includes(whole);
    case '!=':
    case 'notIn':
      return !values.includes(whole);
    case 'contains':
      return values.some((value) => plain.includes(value));
    case 'startsWith':
      return values.some((value) => plain.startsWith(value));
    case 'regex':
      return values.some((value) => new RegExp(value).test(plain));
    case 'notRegex':
      return !values.some((value) => new RegExp(value).test(plain));
    case '<':
      return plain < first;
    case '<=':
      return plain <= first;
    case '>':
      return plain > first;
    case '>=':
      return plain >= first;
  }
}

/** The receptions and deferrals whose message has no final event from an hour before to ten days after them. */
export function openAmong(all: readonly TestEvent[]): Set<TestEvent> {
  const counted = all.filter(({ role }) => role === 0);
  const ends = counted.filter(({ record }) => record === 'd' || record === 'b');
  const isOpen = ({ record, message, time }: TestEvent) =>
    (record === 't' || record === 'r') &&
    !ends.some((end) => end.message === message && end.time >= time - 3600 && end.time < time + 10 * 86_400);
  return new Set(counted.filter(isOpen));
}

/** Every metric of a set of events, of which some are open, from the definitions and nothing else. */
export function recount(
  all: readonly TestEvent[],
  reporting: readonly string[],
  open: ReadonlySet<TestEvent> = new Set(),
): Record<string, number | null> {
  const of = (record: string) => all.filter((event) => event.record === record);
  const [d, b, t, f] = [of('d'), of('b'), of('t'), of('f')];
  const expired = b.filter((event) => event.bounceCategory === 'message-expired').length;
  const attempts = d.length + b.length - expired + t.length;
  const sent = d.length + b.length;
  const hard = b.filter((event) => event.bounceClass === 'hard').length;
  const blocked = b.filter((event) => event.bounceClass === 'block').length;
  const blockDeferrals = t.filter((event) => event.bounceClass === 'block').length;
  const reports = (event: TestEvent) => reporting.includes(event.provider);
  const latencies = d.map((event) => event.latency).filter((latency) => latency >= 0);
  latencies.sort((a, b) => a - b);
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const bytes = sum(d.map((event) => event.size));
  const ratio = (a: number, b: number) => (b === 0 ? null : a / b);
  const at = (p: number) =>
    latencies[Math.min(Math.floor(p * latencies.length), latencies.length - 1)] ?? null;
  return {
    attempts,
    sent,
    delivered: d.length,
    bounced: b.length,
    hardBounced: hard,
    softBounced: b.length - hard,
    blocked,
    deferrals: t.length,
    queueDeferrals: of('tq').length,
    deferredMessages: new Set(t.map((event) => event.message)).size,
    unresolved: new Set(all.filter((event) => open.has(event)).map((event) => event.message)).size,
    complaints: f.length,
    blocks: of('block').length,
    remoteBounces: of('remote').length,
    received: of('r').length,
    statuses: of('rs').length,
    successRate: ratio(d.length, sent),
    attemptSuccessRate: ratio(d.length, attempts),
    bounceRate: ratio(b.length, sent),
    hardBounceRate: ratio(hard, sent),
    deferralRate: ratio(t.length, attempts),
    complaintRate: ratio(f.filter(reports).length, d.filter(reports).length),
    blockRate: ratio(blocked + blockDeferrals, attempts),
    bounceSeverity: ratio(blocked + 0.7 * hard + 0.2 * (b.length - hard - blocked), sent),
    latencyAvg: ratio(sum(latencies), latencies.length),
    latencyP50: at(0.5),
    latencyP95: at(0.95),
    latencyP99: at(0.99),
    latencyMax: latencies.at(-1) ?? null,
    bytes,
    avgSize: ratio(bytes, d.filter((event) => event.size > 0).length),
  };
}

/** The groups of a query's answer: their values, joined, to their events. `bucket` prefixes the group by time. */
export function grouped(
  events: readonly TestEvent[],
  query: Pick<MetricsQuery, 'groupBy' | 'filters'> & { from: number; to: number },
  folded: boolean,
  bucket?: (time: number) => number,
): Map<string, TestEvent[]> {
  const groups = new Map<string, TestEvent[]>();
  for (const event of events) {
    if (event.role !== 0 || event.time * 1000 < query.from || event.time * 1000 >= query.to) continue;
    if (!query.filters.every((filter) => passes(event, filter))) continue;
    const values = query.groupBy.map((dimension) => {
      const value = valueIn(event, dimension);
      return dimension === 'provider' && folded ? fold(value) : value;
    });
    const key = JSON.stringify([...(bucket ? [bucket(event.time) * 1000] : []), ...values]);
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return groups;
}
