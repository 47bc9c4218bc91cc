import { isVerp } from '../../formats';
import type { Store } from '../../store';
import { placesSql, type Lookup } from '../lookups';
import { Params } from '../params';
import { EVENT_ID, withinSql, type TimeRange } from '../standing';

/** An event as it stands: texts are empty and hashes `0` where the log did not say. Times are epoch seconds. */
export interface EventRow {
  /** `<file>-<line>`. */
  readonly event: string;
  readonly time: number;
  readonly record: string;
  readonly node: string;
  readonly provider: string;
  readonly domain: string;
  readonly vmta: string;
  readonly pool: string;
  readonly job: string;
  readonly sender: string;
  readonly senderDomain: string;
  readonly sourceIp: string;
  readonly destinationIp: string;
  readonly mx: string;
  readonly bounceCategory: string;
  readonly bounceClass: string;
  readonly smtpStatus: string;
  readonly diag: string;
  readonly size: number;
  /** Seconds from queueing to delivery, -1 where there is none. */
  readonly latency: number;
  /** 0 where it was not logged. */
  readonly queued: number;
  /** Return path, in lower case. */
  readonly orig: string;
  /** 1 where the return path names one message or recipient. */
  readonly verp: number;
  /** In lower case. */
  readonly rcpt: string;
  readonly messageId: string;
  readonly envId: string;
  readonly feedbackType: string;
  readonly rbType: string;
  readonly message: string;
  readonly triple: string;
  readonly ref: string;
  /** Bits of what the line itself did not say: 1 job, 2 Message-Id; of late events also 4 VMTA … 64 provider. */
  readonly lacks: number;
  /** How a late event was put to its delivery, or ids to a row without them. */
  readonly method: string;
  readonly confidence: number;
  readonly file: number;
  readonly line: number;
  /** 1 where the key's `hit` is true of the event. */
  readonly hit: number;
}

/** The columns of an event row in their SQL. */
const EVENT_COLUMNS: Readonly<Record<keyof EventRow, string>> = {
  event: EVENT_ID,
  time: 'toUnixTimestamp(time)',
  record: 'toString(record)',
  node: 'node',
  provider: 'provider',
  domain: 'domain',
  vmta: 'vmta',
  pool: 'pool',
  job: 'job',
  sender: 'sender',
  senderDomain: 'senderDomain',
  sourceIp: 'sourceIp',
  destinationIp: 'destinationIp',
  mx: 'mx',
  bounceCategory: 'bounceCategory',
  bounceClass: 'toString(bounceClass)',
  smtpStatus: 'smtpStatus',
  diag: 'diag',
  size: 'size',
  latency: 'latency',
  queued: 'toUnixTimestamp(queued)',
  orig: 'lower(orig)',
  verp: isVerp('lower(orig)'),
  rcpt: 'lower(rcpt)',
  messageId: 'messageId',
  envId: 'envId',
  feedbackType: 'feedbackType',
  rbType: 'rbType',
  message: 'toString(message)',
  triple: 'toString(triple)',
  ref: 'toString(ref)',
  lacks: 'lacks',
  method: 'method',
  confidence: 'confidence',
  file: 'file',
  line: 'line',
  hit: 'hit',
};

/** Conditions that must all hold, and lookups that know all events of which they do. */
export interface Alternative {
  /** SQL of the record types that are wanted: the lookups know them too. */
  readonly records?: string;
  readonly conditions: readonly string[];
  readonly lookups: readonly Lookup[];
}

/** Which events are wanted, in SQL over the columns of events; what people typed stands in it as parameters. */
export interface EventKey {
  readonly ranges: readonly TimeRange[];
  /** Alternatives that name few rows. An index is of no use to an OR, so each is read by itself. */
  readonly where: (params: Params) => readonly Alternative[];
  /** SQL whose truth comes back as `hit`. */
  readonly hit?: (params: Params) => string;
}

/** Reads whole events by their key, at most `limit` of them. */
export type EventReader = (key: EventKey, limit: number) => Promise<EventRow[]>;

/**
 * A reader of whole events that stand, in the order of their times. A withdrawn event and its -1 twin have the same
 * content, so they are found by the same key and nothing else has to be read.
 */
export function eventReader(store: Pick<Store, 'read'>, signal: AbortSignal | undefined): EventReader {
  return ({ ranges, where, hit }, limit) => {
    const params = new Params();
    const columns = Object.entries(EVENT_COLUMNS).map(([name, sql]) =>
      name === sql ? name : `${sql} AS ${name}`,
    );
    const flag = `toUInt8(${hit?.(params) ?? '0'}) AS hit`;
    const within = withinSql(ranges);
    const parts = where(params).map(({ records = '1', conditions, lookups }) => {
      const places = lookups.map(({ table, where: known }) =>
        placesSql({ table, where: `${known} AND ${records}` }, ranges),
      );
      return [
        `SELECT ${RAW_COLUMNS.join(', ')}, ${flag}`,
        `FROM watchtower.events\nWHERE ${['role = 0', within, records, ...conditions, ...places].join(' AND ')}`,
      ].join('\n');
    });
    if (parts.length === 0) return Promise.resolve([]);
    const sql = [
      `SELECT ${columns.join(', ')}`,
      `FROM (\nSELECT *, sum(sign) OVER (PARTITION BY file, line, ver) AS net`,
      `FROM (\n${parts.join('\nUNION DISTINCT\n')}\n)\n)`,
      `WHERE net > 0 AND sign = 1\nORDER BY time, file, line\nLIMIT ${limit}`,
    ].join('\n');
    return store.read<EventRow>(sql, { params: params.values, ...(signal && { signal }) });
  };
}

const DERIVED = ['event', 'hit', 'verp'];

const RAW_COLUMNS = [...Object.keys(EVENT_COLUMNS).filter((name) => !DERIVED.includes(name)), 'ver', 'sign'];

/** SQL of a hash column being one of these hashes, which come from the store as digits. */
export function hashIn(column: 'message' | 'ref', hashes: Iterable<string>): string {
  const digits = [...hashes].filter((hash) => /^[0-9]{1,20}$/.test(hash));
  return digits.length === 0 ? '0' : `${column} IN (${digits.join(', ')})`;
}

/** SQL of the recipient being one of these addresses, in lower case. */
export function recipientIn(addresses: readonly string[], params: Params): string {
  return addresses.length === 1
    ? `lower(rcpt) = ${params.add(addresses[0] ?? '')}`
    : `lower(rcpt) IN ${params.add(addresses)}`;
}
