import type { ROLLED } from '../metrics/counters';

/** A column as people read it: its ClickHouse type, what its numbers are counted in, and what it means. */
export interface SqlColumn {
  readonly type: string;
  readonly unit?: string;
  readonly description: string;
}

/** A table that people's own SQL may read. */
export interface SqlTable {
  readonly description: string;
  /** Whether its rows hold addresses of recipients: a viewer may not read it then. */
  readonly recipients: boolean;
  readonly columns: Readonly<Record<string, SqlColumn>>;
}

const NAME = 'LowCardinality(String)';
const TIME = "DateTime('UTC')";
const RECORDS =
  "Enum8('d' = 1, 'b' = 2, 't' = 3, 'tq' = 4, 'f' = 5, 'block' = 6, 'remote' = 7, 'r' = 8, 'rs' = 9)";

function column(type: string, description: string, unit?: string): SqlColumn {
  return { type, description, ...(unit !== undefined && { unit }) };
}

/** What each counter of a rollup counts; all are summed up by `sum`. */
const COUNTERS: Readonly<Record<keyof typeof ROLLED, readonly [description: string, unit: string]>> = {
  delivered: ['Delivered messages', 'messages'],
  bounced: ['Finally bounced messages, expired ones included', 'messages'],
  hardBounced: ['Those whose address or domain does not exist or is inactive', 'messages'],
  blocked: ['Those that bounced for reputation or policy', 'messages'],
  expired: ['Those that expired in the queue: an outcome, but no attempt', 'messages'],
  deferrals: ['Deferred attempts', 'attempts'],
  blockDeferrals: ['Those deferred for reputation or policy', 'attempts'],
  queueDeferrals: ['Events of queues that were put off as a whole', 'events'],
  complaints: ['Feedback-loop complaints', 'events'],
  blocks: ['Events of the block log', 'events'],
  remoteBounces: ['Asynchronous bounces after a delivery', 'events'],
  received: ['Messages received by the MTA', 'messages'],
  statuses: ['Events that only report a status', 'events'],
  bytes: ['Size of the delivered messages', 'bytes'],
  sized: ['Delivered messages whose size was logged: what bytes are divided by', 'messages'],
  latencySum: ['Time from queueing to delivery of those in latencyCount', 'seconds'],
  latencyCount: ['Delivered messages whose latency is known', 'messages'],
  latencyExcluded: ['Delivered messages whose latency is not known', 'messages'],
};

const counters = Object.fromEntries(
  Object.entries(COUNTERS).map(([name, [description, unit]]) => [name, column('Int64', description, unit)]),
);

const HOUR = column(TIME, 'Start of the hour');
const DAY = column(TIME, 'Start of the day in UTC');

const perValue = (rest: Readonly<Record<string, SqlColumn>>) => ({
  dimension: column(NAME, 'Name of the dimension; all for totals'),
  value: column('String', 'Its value, empty for totals and where none was logged'),
  ...rest,
});

const perPair = {
  pair: column(NAME, 'provider_vmta, provider_pool or provider_job'),
  a: column(NAME, 'Provider; other for those without an entry in the provider table'),
  b: column(NAME, 'VMTA, pool or job'),
  ...counters,
};

const bucket = column('UInt32', 'Latency bucket: the second itself below 64, then 1 % wide each');
const n = column('Int64', 'Deliveries in the bucket', 'messages');
const buckets = perValue({ bucket, n });

const flowed = {
  node: column(NAME, 'Server the log came from'),
  sourceIp: column(NAME, 'Our address'),
  pool: column(NAME, 'VMTA pool'),
  vmta: column(NAME, 'Virtual MTA'),
  provider: column(NAME, 'Provider; other for those without an entry in the provider table'),
  senderDomain: column(NAME, 'Domain of the sender'),
};

const perJob = {
  ...flowed,
  sender: column(NAME, 'Address in From, else the return path without its VERP tag'),
  job: column(NAME, 'Job id'),
  ...counters,
};

const flowBuckets = {
  pool: flowed.pool,
  vmta: flowed.vmta,
  provider: flowed.provider,
  senderDomain: flowed.senderDomain,
  bucket,
  n,
};

const sizeBuckets = {
  pool: flowed.pool,
  vmta: flowed.vmta,
  provider: flowed.provider,
  bucket: column('UInt32', 'Least size of the bucket: 1, 100, 200, 500, 1000 and so on', 'bytes'),
  n,
};

const perPlace = {
  dimension: column(NAME, 'Name of the dimension or of the pair, such as provider_vmta; all for totals'),
  a: column(NAME, 'Its value; of a pair the provider, other for those without an entry'),
  b: column(NAME, 'Of a pair the VMTA, pool or job'),
  hour: column(TIME, 'Hour of the final events that this comes from'),
};

const perReason = {
  reason: column(NAME, 'Reason, empty for what has none'),
  provider: flowed.provider,
  job: perJob.job,
  ...counters,
};

/** The tables that people's own SQL may read, with every column. A test compares them with the store. */
export const sqlTables: Readonly<Record<string, SqlTable>> = {
  'watchtower.events': {
    description:
      'Every event. Counted by sum(sign) where role = 0, never by count(): corrections are rows too',
    recipients: true,
    columns: {
      time: column(TIME, 'When it was logged'),
      record: column(
        RECORDS,
        'd delivered, b bounced, t deferred, tq queue put off, f complaint, block block log, remote asynchronous bounce, r received, rs status',
      ),
      node: column(NAME, 'Server the log came from'),
      provider: column(NAME, 'Mailbox provider of the recipient, else the domain itself'),
      domain: column(NAME, 'Domain of the recipient'),
      vmta: column(NAME, 'Virtual MTA'),
      pool: column(NAME, 'VMTA pool'),
      job: column(NAME, 'Job id'),
      sender: column(NAME, 'Address in From, else the return path without its VERP tag'),
      senderDomain: column(NAME, 'Domain of the sender'),
      sourceIp: column(NAME, 'Our address'),
      destinationIp: column('String', 'Address of the receiving host'),
      bounceCategory: column(NAME, "The MTA's bounce category"),
      bounceClass: column("Enum8('' = 0, 'hard' = 1, 'soft' = 2, 'block' = 3)", 'hard, soft or block'),
      smtpStatus: column(NAME, 'Enhanced status code, such as 5.1.1'),
      diag: column('String', 'Text of the reply'),
      reason: column(NAME, 'The reply of what failed, without ids, addresses, times and numbers'),
      size: column('UInt64', 'Size of the message, 0 where it was not logged', 'bytes'),
      latency: column('Int32', 'Time from queueing to delivery, below 0 where it is not known', 'seconds'),
      queued: column(TIME, 'When the message was queued, 1970 where it was not logged'),
      orig: column('String', 'Return path'),
      rcpt: column('String', 'Address of the recipient, as logged'),
      messageId: column('String', 'Message-Id without brackets, its host in lower case'),
      envId: column('String', 'Envelope id'),
      queue: column(NAME, 'Name of the queue'),
      mx: column(NAME, 'Host that answered'),
      rbType: column(NAME, 'Type of an event of the block log'),
      feedbackType: column(NAME, 'Type of a complaint'),
      userAgent: column(NAME, 'Program that sent a complaint'),
      reportingMta: column(NAME, 'Host that reported'),
      headers: column(
        'Map(LowCardinality(String), String)',
        'Custom headers that are kept, by name in lower case',
      ),
      base: column('UInt64', 'Hash of what makes two rows copies of one event'),
      triple: column('UInt64', 'Hash of return path, recipient and time of queueing; 0 without these'),
      message: column('UInt64', 'Hash that the events of one message share; 0 where there is no recipient'),
      ref: column('UInt64', "Hash of the site's own header that names a message; 0 without one"),
      lacks: column(
        'UInt8',
        'Bits of what the log line did not say: 1 job, 2 Message-Id, more on complaints',
      ),
      role: column('UInt8', '0 a counted event, 1 a row that is kept for later corrections'),
      completed: column('UInt8', 'Bits: 1 filled from a copy, 2 ids from its message, 4 from its delivery'),
      method: column(NAME, 'How a complaint or a remote bounce was matched with its delivery'),
      confidence: column('Float32', 'Confidence of that match', '0 to 1'),
      rank: column('UInt64', 'Which of several copies of an event wins: the lowest'),
      file: column('UInt32', 'Id of the log file'),
      line: column('UInt32', 'Record within the file'),
      ver: column('UInt64', 'Commit that made this form of the row'),
      commit: column('UInt64', 'Commit that wrote the row'),
      sign: column('Int8', '1 what is, -1 what was: summed up, what stands'),
    },
  },
  'watchtower.totals_minute': {
    description: 'Totals of all mail, a row per minute',
    recipients: false,
    columns: { time: column(TIME, 'Start of the minute'), ...counters },
  },
  'watchtower.dimension_hour': {
    description: 'One dimension at a time, a row per hour, dimension and value',
    recipients: false,
    columns: { time: HOUR, ...perValue(counters) },
  },
  'watchtower.dimension_day': {
    description: 'One dimension at a time, a row per UTC day, dimension and value',
    recipients: false,
    columns: { time: DAY, ...perValue(counters) },
  },
  'watchtower.pair_hour': {
    description: 'Provider by VMTA, pool or job, a row per hour and pair',
    recipients: false,
    columns: { time: HOUR, ...perPair },
  },
  'watchtower.pair_day': {
    description: 'Provider by VMTA, pool or job, a row per UTC day and pair',
    recipients: false,
    columns: { time: DAY, ...perPair },
  },
  'watchtower.latency_hour': {
    description: 'Deliveries counted by latency, a row per hour, dimension, value and bucket',
    recipients: false,
    columns: { time: HOUR, ...buckets },
  },
  'watchtower.latency_day': {
    description: 'Deliveries counted by latency, a row per UTC day, dimension, value and bucket',
    recipients: false,
    columns: { time: DAY, ...buckets },
  },
  'watchtower.job_hour': {
    description: 'Dimensions together, a row per hour and combination',
    recipients: false,
    columns: { time: HOUR, ...perJob },
  },
  'watchtower.job_day': {
    description: 'Dimensions together, a row per UTC day and combination',
    recipients: false,
    columns: { time: DAY, ...perJob },
  },
  'watchtower.flow_hour': {
    description: 'The same without sender and job, a row per hour and combination',
    recipients: false,
    columns: { time: HOUR, ...flowed, ...counters },
  },
  'watchtower.flow_day': {
    description: 'The same without sender and job, a row per UTC day and combination',
    recipients: false,
    columns: { time: DAY, ...flowed, ...counters },
  },
  'watchtower.flow_latency_hour': {
    description: 'Deliveries counted by latency, a row per hour, combination and bucket',
    recipients: false,
    columns: { time: HOUR, ...flowBuckets },
  },
  'watchtower.flow_latency_day': {
    description: 'Deliveries counted by latency, a row per UTC day, combination and bucket',
    recipients: false,
    columns: { time: DAY, ...flowBuckets },
  },
  'watchtower.size_hour': {
    description: 'Deliveries counted by size, a row per hour, combination and bucket',
    recipients: false,
    columns: { time: HOUR, ...sizeBuckets },
  },
  'watchtower.size_day': {
    description: 'Deliveries counted by size, a row per UTC day, combination and bucket',
    recipients: false,
    columns: { time: DAY, ...sizeBuckets },
  },
  'watchtower.backlog_minute': {
    description: 'Messages with a final event, by when they were queued and ended',
    recipients: false,
    columns: {
      time: column(TIME, 'Start of the minute'),
      ...perPlace,
      change: column('Int64', 'How many more wait at its end than at its beginning', 'messages'),
    },
  },
  'watchtower.backlog_day': {
    description: 'Messages with a final event that waited when a day began',
    recipients: false,
    columns: {
      time: DAY,
      ...perPlace,
      waiting: column('Int64', 'How many waited then', 'messages'),
    },
  },
  'watchtower.open_events': {
    description: 'Receptions and deferrals of messages without a final event, signed as events are',
    recipients: false,
    columns: {
      time: column(TIME, 'When it was logged'),
      record: column(RECORDS, 't a deferral, r a reception'),
      node: flowed.node,
      provider: column(NAME, 'Mailbox provider of the recipient, else the domain itself'),
      domain: column(NAME, 'Domain of the recipient'),
      vmta: flowed.vmta,
      pool: flowed.pool,
      job: perJob.job,
      sender: perJob.sender,
      senderDomain: flowed.senderDomain,
      sourceIp: flowed.sourceIp,
      queued: column(TIME, 'When the message was queued; 1970 where that is not logged'),
      message: column('UInt64', 'Hash of the message key'),
      file: column('UInt32', 'Id of the log file'),
      line: column('UInt32', 'Number of the record in it'),
      ver: column('UInt64', 'Commit that wrote this form of the row'),
      sign: column('Int8', '1, or -1 where it is taken back: sums over it count'),
    },
  },
  'watchtower.reason_hour': {
    description: 'Reason by provider and job, rows per hour that are summed up',
    recipients: false,
    columns: { time: HOUR, ...perReason },
  },
  'watchtower.reason_day': {
    description: 'Reason by provider and job, rows per UTC day that are summed up',
    recipients: false,
    columns: { time: DAY, ...perReason },
  },
  'watchtower.reason_rules': {
    description: 'What the diagnostic rules say of each reason; of several rows the newest version counts',
    recipients: false,
    columns: {
      reason: column('String', 'Reason'),
      class: column(NAME, 'Its class'),
      vendor: column(NAME, 'Whose text it is, where the rule says so'),
      code: column(NAME, "The vendor's code, else the status"),
      rule: column(NAME, 'Id of the rule, empty where none matched'),
      version: column('UInt64', 'When it was judged, in epoch milliseconds'),
    },
  },
  'watchtower.users': {
    description: 'The user of each job that has one',
    recipients: false,
    columns: {
      job: column('String', 'Job id'),
      user: column('String', 'Who owns it'),
      said: column('UInt8', '1 from the mapping, 0 from the header'),
    },
  },
  'watchtower.incident_list': {
    description:
      'Incidents and symptoms as they are now, one row each; those that were retracted are left out',
    recipients: false,
    columns: {
      id: column('String', 'Id for its whole life'),
      kind: column(NAME, 'What is wrong, such as throttling; backfill tells of many old ones'),
      severity: column(NAME, 'critical, warning or info'),
      state: column(NAME, 'provisional, open or closed'),
      provider: column(
        NAME,
        'Provider it is about, other for those without an entry; empty where it is about none',
      ),
      vmta: column(NAME, 'Virtual MTA it is about, or empty'),
      pool: column(NAME, 'Pool it is about, or empty'),
      job: column(NAME, 'Job it is about, or empty'),
      senderDomain: column(NAME, 'Domain of the sender it is about, where mail has no job'),
      node: column(NAME, 'Node whose logs it is about, or empty'),
      start: column(TIME, 'Start of its first step'),
      end: column(TIME, 'End of its last step so far'),
      detectedAt: column("DateTime64(3, 'UTC')", 'When it was found'),
      historical: column('UInt8', '1 where it was over long before it was found: it did not page'),
      sentence: column('String', 'What is wrong, in a sentence'),
      rate: column(
        'Nullable(Float64)',
        'Share of attempts, finals or deliveries, 0 to 1; of slow ones how many times as long',
      ),
      baseline: column('Nullable(Float64)', 'What is usual, as rate'),
      waiting: column(
        'Nullable(Float64)',
        'Deferred messages that wait, at most where it is over',
        'messages',
      ),
      attempts: column('Nullable(Float64)', 'What the rate is a share of', 'events'),
      symptomOf: column('String', 'Id of the incident it is a symptom of, or empty'),
      mostlyJob: column('String', 'Job that at least half of it belongs to, or empty'),
      mostlySender: column('String', 'Sender that at least half of it belongs to, or empty'),
      mostlyIp: column('String', 'Source IP that at least half of it belongs to, or empty'),
      ackBy: column('String', 'Who acknowledged it, or empty'),
      note: column('String', 'Note of the acknowledgement'),
    },
  },
  'watchtower.file_totals': {
    description: 'What each log file brought; the rows of one file are summed up by sum, min and max',
    recipients: false,
    columns: {
      file: column('UInt32', 'Id of the log file'),
      events: column('SimpleAggregateFunction(sum, Int64)', 'Counted events of the file', 'events'),
      firstEvent: column(`SimpleAggregateFunction(min, ${TIME})`, 'Earliest time of its rows'),
      lastEvent: column(`SimpleAggregateFunction(max, ${TIME})`, 'Latest time of its rows'),
    },
  },
  'watchtower.alerts': {
    description: "The log of alerts: what Grafana's notifications told, a row per alert",
    recipients: false,
    columns: {
      at: column("DateTime64(3, 'UTC')", 'When it was told'),
      status: column(NAME, 'firing or resolved'),
      rule: column('String', 'Name of the alert rule'),
      labels: column('Map(LowCardinality(String), String)', 'Labels of the alert'),
      summary: column('String', 'Its summary, else its description'),
      startsAt: column("Nullable(DateTime('UTC'))", 'Since when it fires'),
      endsAt: column("Nullable(DateTime('UTC'))", 'When it was resolved'),
      fingerprint: column('String', 'What tells one alert from another'),
    },
  },
};

/** Names of the tables, as SQL names them. */
export const SQL_TABLES: readonly string[] = Object.keys(sqlTables);

/** Names of the tables that hold no recipients: what a viewer may read. */
export const OPEN_TABLES: readonly string[] = Object.entries(sqlTables)
  .filter(([, { recipients }]) => !recipients)
  .map(([name]) => name);

/** What stands for the range and the step of a query in people's own SQL. */
export const sqlMacros = {
  '$__timeFilter(column)': 'The column is in the range of the query',
  '$__timeInterval(column)': 'Start of the step the column is in',
  $__interval_s: 'Width of a step in seconds, from intervalMs and maxDataPoints',
  $__from: 'Start of the range in epoch milliseconds',
  $__to: 'End of the range in epoch milliseconds; that instant is not part of it',
} as const;
