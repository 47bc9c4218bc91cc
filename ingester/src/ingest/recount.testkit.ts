import type { Store } from '../store';
import { CONTENT_HASH } from './commit/columns';

const COUNTERS: Readonly<Record<string, string>> = {
  delivered: `record = 'd'`,
  bounced: `record = 'b'`,
  hardBounced: `record = 'b' AND bounceClass = 'hard'`,
  blocked: `record = 'b' AND bounceClass = 'block'`,
  expired: `record = 'b' AND bounceCategory = 'message-expired'`,
  deferrals: `record = 't'`,
  blockDeferrals: `record = 't' AND bounceClass = 'block'`,
  queueDeferrals: `record = 'tq'`,
  complaints: `record = 'f'`,
  blocks: `record = 'block'`,
  remoteBounces: `record = 'remote'`,
  received: `record = 'r'`,
  statuses: `record = 'rs'`,
  bytes: `if(record = 'd', toInt64(size), 0)`,
  sized: `record = 'd' AND size > 0`,
  latencySum: `if(record = 'd' AND latency >= 0, toInt64(latency), 0)`,
  latencyCount: `record = 'd' AND latency >= 0`,
  latencyExcluded: `record = 'd' AND latency < 0`,
};

const CELLS = ['provider', 'domain', 'vmta', 'pool', 'job', 'sender', 'senderDomain', 'sourceIp', 'node'];
const WORDS = `transform(toString(record), ['d', 'b', 't', 'tq', 'f', 'block', 'remote', 'r', 'rs'],
  ['acct', 'bounce', 'tran', 'tran', 'fbl', 'rb', 'bounce', 'received', 'status'], '')`;
const LISTED = `if(position(provider, '.') > 0, 'other', toString(provider))`;

/** Array of (dimension, value) that an event counts for. */
function tuples(columns: readonly string[], more: readonly string[] = []): string {
  return `[('all', ''), ${[...columns.map((c) => `('${c}', toString(${c}))`), ...more].join(', ')}]`;
}

const DIMENSIONS = tuples(
  [...CELLS, 'bounceCategory', 'bounceClass', 'smtpStatus'],
  [`('eventType', ${WORDS})`],
);
const PAIRS = `[('provider_vmta', ${LISTED}, toString(vmta)), ('provider_job', ${LISTED}, toString(job)), ('provider_pool', ${LISTED}, toString(pool))]`;
const FLOW = ['node', 'sourceIp', 'pool', 'vmta', 'provider', 'senderDomain'];
const FLOW_LATENCY = ['pool', 'vmta', 'provider', 'senderDomain'];
const SIZED = ['pool', 'vmta', 'provider'];
const SIZES = [2, 3, 4, 5, 6, 7].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power)).concat(1e8);
const PLACES = `[('all', '', ''), ${['provider', 'vmta', 'pool', 'job', 'sender', 'senderDomain'].map((c) => `('${c}', toString(${c}), '')`).join(', ')}, ${PAIRS.slice(1)}`;
const BUCKET = 'toUInt32(if(latency < 64, latency, 64 + floor(log(latency / 64) / log(1.01))))';

/** A rollup and its recount: keys, measures, and what the events say. */
interface Recount {
  table: string;
  keys: string[];
  measures: string[];
  sql: string;
}

function recounts(): Recount[] {
  const sums = Object.entries(COUNTERS).map(([name, sql]) => `sum(sign * (${sql})) AS ${name}`);
  const measures = Object.keys(COUNTERS);
  const list: Recount[] = [
    {
      table: 'totals_minute',
      keys: ['at'],
      measures,
      sql: `SELECT toStartOfMinute(e.time) AS at, ${sums.join(', ')} FROM watchtower.events AS e WHERE role = 0 GROUP BY at`,
    },
    {
      table: 'file_totals',
      keys: ['file'],
      measures: ['events'],
      sql: `SELECT file, sum(sign) AS events FROM watchtower.events WHERE role = 0 GROUP BY file`,
    },
    {
      table: 'recipients',
      keys: ['rcpt', 'at', 'record', 'vmta'],
      measures: ['events'],
      sql: `SELECT lower(e.rcpt) AS rcpt, toStartOfHour(e.time) AS at, toString(record) AS record, toString(vmta) AS vmta, sum(sign) AS events FROM watchtower.events AS e WHERE role = 0 AND e.rcpt != '' GROUP BY rcpt, at, record, vmta`,
    },
    {
      table: 'event_ids',
      keys: ['id', 'at', 'record', 'vmta'],
      measures: ['events'],
      sql: `SELECT toString(toUInt32(key)) AS id, toStartOfHour(e.time) AS at, toString(e.record) AS record, toString(e.vmta) AS vmta, sum(sign) AS events FROM (
        SELECT time, record, vmta, sign, if(messageId != '', cityHash64(messageId), message) AS key FROM watchtower.events WHERE role = 0
      ) AS e WHERE key != 0 GROUP BY id, at, record, vmta`,
    },
    {
      table: 'late_keys',
      keys: ['key', 'at', 'record', 'vmta'],
      measures: ['events'],
      sql: `SELECT toString(toUInt32(hash)) AS key, toStartOfHour(e.time) AS at, toString(e.record) AS record, toString(e.vmta) AS vmta, sum(sign) AS events FROM (
        SELECT time, record, vmta, sign, if(messageId != '', cityHash64(messageId), message) AS hash FROM watchtower.events WHERE role = 0 AND record IN ('f', 'remote')
        UNION ALL SELECT time, record, vmta, sign, cityHash64(lower(rcpt)) FROM watchtower.events WHERE role = 0 AND record IN ('f', 'remote') AND rcpt != ''
        UNION ALL SELECT time, record, vmta, sign, ref FROM watchtower.events WHERE role = 0 AND record IN ('f', 'remote')
        UNION ALL SELECT time, record, vmta, sign, cityHash64(lower(orig)) FROM watchtower.events WHERE role = 0 AND record IN ('f', 'remote') AND method LIKE 'orig+time%'
      ) AS e WHERE hash != 0 GROUP BY key, at, record, vmta`,
    },
  ];
  for (const [span, start] of [
    ['hour', 'toStartOfHour'],
    ['day', 'toStartOfDay'],
  ] as const) {
    const at = `${start}(e.time) AS at`;
    list.push(
      {
        table: `dimension_${span}`,
        keys: ['at', 'dimension', 'value'],
        measures,
        sql: `SELECT ${at}, x.1 AS dimension, x.2 AS value, ${sums.join(', ')} FROM watchtower.events AS e ARRAY JOIN ${DIMENSIONS} AS x WHERE role = 0 GROUP BY at, dimension, value`,
      },
      {
        table: `pair_${span}`,
        keys: ['at', 'pair', 'a', 'b'],
        measures,
        sql: `SELECT ${at}, x.1 AS pair, x.2 AS a, x.3 AS b, ${sums.join(', ')} FROM watchtower.events AS e ARRAY JOIN ${PAIRS} AS x WHERE role = 0 GROUP BY at, pair, a, b`,
      },
      {
        table: `latency_${span}`,
        keys: ['at', 'dimension', 'value', 'bucket'],
        measures: ['n'],
        sql: `SELECT ${at}, x.1 AS dimension, x.2 AS value, ${BUCKET} AS bucket, sum(sign) AS n FROM watchtower.events AS e ARRAY JOIN ${tuples(CELLS)} AS x WHERE role = 0 AND record = 'd' AND latency >= 0 GROUP BY at, dimension, value, bucket`,
      },
      {
        table: `job_${span}`,
        keys: ['at', ...FLOW, 'sender', 'job'],
        measures,
        sql: crossing(start, [...FLOW, 'sender', 'job'], sums.join(', '), '1'),
      },
      {
        table: `flow_${span}`,
        keys: ['at', ...FLOW],
        measures,
        sql: crossing(start, FLOW, sums.join(', '), '1'),
      },
      {
        table: `flow_latency_${span}`,
        keys: ['at', ...FLOW_LATENCY, 'bucket'],
        measures: ['n'],
        sql: crossing(
          start,
          FLOW_LATENCY,
          `${BUCKET} AS bucket, sum(sign) AS n`,
          "record = 'd' AND latency >= 0",
        ),
      },
      {
        table: `size_${span}`,
        keys: ['at', ...SIZED, 'bucket'],
        measures: ['n'],
        sql: crossing(
          start,
          SIZED,
          `toUInt32(arrayMax(arrayFilter(edge -> edge <= size, [1, ${SIZES.join(', ')}]))) AS bucket, sum(sign) AS n`,
          "record = 'd' AND size > 0",
        ),
      },
      {
        table: `reason_${span}`,
        keys: ['at', 'reason', 'provider', 'job'],
        measures,
        sql: `SELECT at, reason, listed AS provider, job, ${measures.join(', ')} FROM (
          SELECT ${at}, reason, ${LISTED} AS listed, job, ${sums.join(', ')} FROM watchtower.events AS e WHERE role = 0 GROUP BY at, reason, listed, job)`,
      },
    );
  }
  return [...list, ...backlog(), open(), ...steps()];
}

/** Crossings of dimensions at their own names, unlisted providers as one. */
function crossing(span: string, dimensions: string[], sums: string, where: string): string {
  const columns = dimensions.map((c) =>
    c === 'provider' ? `${LISTED} AS listed` : `toString(${c}) AS ${c}_`,
  );
  const names = dimensions.map((c) => (c === 'provider' ? 'listed AS provider' : `${c}_ AS ${c}`));
  return `SELECT * EXCEPT (${dimensions.map((c) => (c === 'provider' ? 'listed' : `${c}_`)).join(', ')}), ${names.join(', ')} FROM (SELECT ${span}(e.time) AS at, ${columns.join(', ')}, ${sums} FROM watchtower.events AS e WHERE role = 0 AND ${where} GROUP BY ALL)`;
}

/**
 * What waits, told from its definition: a message counts in each minute (or day) that begins after it was queued and
 * not after its final event, so the change of a minute is what waits at its end and not at its beginning.
 */
function backlog(): Recount[] {
  const finals = `SELECT toInt64(toUInt32(time)) AS ended, greatest(toInt64(toUInt32(queued)), ended - 864000) AS begun, sign, provider, vmta, pool, job, sender, senderDomain
    FROM watchtower.events WHERE role = 0 AND record IN ('d', 'b') AND toUInt32(queued) > 0 AND queued <= time`;
  const counted = (width: number, moment: string, value: string, measure: string) =>
    `SELECT toDateTime(moment, 'UTC') AS at, x.1 AS dimension, x.2 AS a, x.3 AS b, toDateTime(intDiv(ended, 3600) * 3600, 'UTC') AS hour, sum(sign * (${value})) AS ${measure}
     FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(m -> toInt64(m * ${width}), ${moment}))) AS moment FROM (${finals})) ARRAY JOIN ${PLACES} AS x GROUP BY ALL`;
  const keys = ['at', 'dimension', 'a', 'b', 'hour'];
  const minutes = '[intDiv(begun, 60), intDiv(ended, 60)]';
  const days = 'range(intDiv(begun, 86400), intDiv(ended, 86400) + 1)';
  const waits = (at: string) => `(begun < ${at} AND ${at} <= ended)`;
  return [
    {
      table: 'backlog_minute',
      keys,
      measures: ['change'],
      sql: counted(60, minutes, `toInt8(${waits('moment + 60')}) - toInt8(${waits('moment')})`, 'change'),
    },
    {
      table: 'backlog_day',
      keys,
      measures: ['waiting'],
      sql: counted(86_400, days, waits('moment'), 'waiting'),
    },
  ];
}

/** What is open, told from its definition: no final event of the message from an hour before it to ten days after. */
function open(): Recount {
  const columns = [
    'record',
    'node',
    'provider',
    'domain',
    'vmta',
    'pool',
    'job',
    'sender',
    'senderDomain',
    'sourceIp',
    'queued',
  ];
  const finals = `SELECT message, toInt64(toUInt32(time)) AS ended FROM watchtower.events WHERE role = 0 AND record IN ('d', 'b') GROUP BY ALL HAVING sum(sign) > 0`;
  const pairs = `SELECT file, line, ver FROM watchtower.events AS s JOIN (${finals}) AS f USING message
    WHERE role = 0 AND record IN ('t', 'r') AND ended >= toInt64(toUInt32(time)) - 3600 AND ended < toInt64(toUInt32(time)) + 864000`;
  return {
    table: 'open_events',
    keys: ['at', ...columns, 'message', 'file', 'line', 'ver'],
    measures: ['sign'],
    sql: `SELECT e.time AS at, ${columns.join(', ')}, message, file, line, ver, sum(e.sign) AS sign FROM watchtower.events AS e
      WHERE role = 0 AND record IN ('t', 'r') AND (file, line, ver) NOT IN (${pairs}) GROUP BY ALL`,
  };
}

/** What rules count in steps of five minutes. */
function steps(): Recount[] {
  const step = (
    table: string,
    cells: Record<string, string>,
    measures: Record<string, string>,
    where: string,
  ): Recount => {
    const columns = Object.entries(cells).map(([name, sql]) => `${sql} AS c_${name}`);
    const values = Object.entries(measures).map(([name, sql]) => `sum(sign * (${sql})) AS ${name}`);
    const names = Object.keys(cells);
    return {
      table,
      keys: ['at', ...names],
      measures: Object.keys(measures),
      sql: `SELECT * EXCEPT (${names.map((name) => `c_${name}`).join(', ')}), ${names.map((name) => `c_${name} AS ${name}`).join(', ')} FROM (
        SELECT toDateTime(intDiv(toUInt32(e.time), 300) * 300, 'UTC') AS at, ${columns.join(', ')}, ${values.join(', ')}
        FROM watchtower.events AS e WHERE role = 0 AND ${where} GROUP BY ALL)`,
    };
  };
  const outcome = "record IN ('d', 'b', 't', 'tq')";
  const late = "record IN ('f', 'remote')";
  return [
    step(
      'attempt_step',
      {
        provider: LISTED,
        pool: 'toString(pool)',
        vmta: 'toString(vmta)',
        reason: "if(record = 't', toString(reason), '')",
        bounceCategory: "if(record = 't', toString(bounceCategory), '')",
      },
      {
        delivered: "record = 'd'",
        attempts: "record IN ('d', 'b', 't') AND NOT (record = 'b' AND bounceCategory = 'message-expired')",
        deferrals: "record = 't'",
        queueDeferrals: "record = 'tq'",
      },
      outcome,
    ),
    step(
      'mailing_step',
      { job: 'toString(job)', senderDomain: "if(job = '', toString(senderDomain), '')", provider: LISTED },
      {
        delivered: "record = 'd'",
        bounced: "record = 'b'",
        hardBounced: "record = 'b' AND bounceClass = 'hard'",
        complaints: "record = 'f'",
      },
      "record IN ('d', 'b', 'f')",
    ),
    step('latency_step', { provider: LISTED, bucket: BUCKET }, { n: '1' }, "record = 'd' AND latency >= 0"),
    step(
      'activity_step',
      {
        node: 'toString(node)',
        record: 'toString(record)',
        pool: `if(${late}, '', toString(pool))`,
        vmta: `if(${late}, '', toString(vmta))`,
      },
      { events: '1' },
      '1',
    ),
  ];
}

/** Every cell of every rollup and lookup that differs from a recount of the events; none may. */
export async function driftOfRollups(store: Store): Promise<unknown[]> {
  const drift: unknown[] = [];
  for (const { table, keys, measures, sql } of recounts()) {
    const stored = keys.map((key) => (key === 'at' ? 'r.time AS at' : `toString(r.${key}) AS ${key}`));
    const counted = keys.map((key) => (key === 'at' ? 'at' : `toString(${key}) AS ${key}`));
    const rows = await store.read<object>(
      `SELECT ${keys.join(', ')}, ${measures.map((m) => `sum(d_${m}) AS drift_${m}`).join(', ')} FROM (
         SELECT ${stored.join(', ')}, ${measures.map((m) => `r.${m} AS d_${m}`).join(', ')} FROM watchtower.${table} AS r
         UNION ALL SELECT ${counted.join(', ')}, ${measures.map((m) => `-${m} AS d_${m}`).join(', ')} FROM (${sql}))
       GROUP BY ALL HAVING ${measures.map((m) => `drift_${m} != 0`).join(' OR ')} LIMIT 5`,
    );
    drift.push(...rows.map((row) => ({ table, ...row })));
  }
  return drift;
}

/** Source lines that stand more than once, or less than not at all; there may be none. */
export function doubledLines(store: Store): Promise<unknown[]> {
  return store.read(
    `SELECT file, line, role, sum(sign) AS n FROM watchtower.events GROUP BY file, line, role HAVING n NOT IN (0, 1) LIMIT 5`,
  );
}

/** The counted events (of an hour, epoch s) with all that is known of them, sorted: equal for two stores with the same events. */
export async function countedEvents(store: Store, hour?: number): Promise<string[]> {
  const within = hour === undefined ? '' : `AND toStartOfHour(time) = fromUnixTimestamp(${hour})`;
  const rows = await store.read<{ event: string }>(
    `SELECT concat(toString(${CONTENT_HASH}), ' ', toString(completed), ' ', method, ' ', toString(confidence), ' ', toString(sum(sign))) AS event
     FROM watchtower.events WHERE role = 0 ${within}
     GROUP BY ${CONTENT_HASH}, completed, method, confidence HAVING sum(sign) != 0 ORDER BY event`,
  );
  return rows.map(({ event }) => event);
}
