import type { Store } from '../../store';
import { MESSAGE_ID, placesSql, type Lookup } from '../lookups';
import { Params } from '../params';
import { withinSql, type TimeRange } from '../standing';

/** An event as a message's state needs it: texts are empty and hashes `0` where the log did not say. Times are epoch seconds. */
export interface MessageEvent {
  /** `<file>-<line>`. */
  readonly event: string;
  readonly time: number;
  readonly record: string;
  readonly provider: string;
  readonly domain: string;
  readonly vmta: string;
  readonly pool: string;
  readonly job: string;
  readonly sender: string;
  readonly senderDomain: string;
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
  /** In lower case. */
  readonly rcpt: string;
  readonly messageId: string;
  readonly message: string;
  readonly ref: string;
  /** What lookups know its message by. */
  readonly id: number;
  /** Bits of what the line itself did not say: 1 job, 2 Message-Id; of late events also 4 VMTA … 64 provider. */
  readonly lacks: number;
  /** How a late event was put to its delivery, or ids to a row without them. */
  readonly method: string;
  readonly file: number;
  readonly line: number;
  /** 1 where the key's `hit` is true of the event. */
  readonly hit: number;
}

/** An event with all that is told of it. */
export interface EventRow extends MessageEvent {
  readonly node: string;
  readonly sourceIp: string;
  readonly destinationIp: string;
  readonly mx: string;
  readonly envId: string;
  readonly feedbackType: string;
  readonly rbType: string;
  readonly triple: string;
  readonly confidence: number;
}

/** Columns of an event that are columns of `events`. */
const PLAIN = [
  'record',
  'provider',
  'domain',
  'vmta',
  'pool',
  'job',
  'sender',
  'senderDomain',
  'bounceCategory',
  'bounceClass',
  'smtpStatus',
  'diag',
  'size',
  'latency',
  'messageId',
  'lacks',
  'method',
  'file',
  'line',
] as const satisfies readonly (keyof MessageEvent)[];

/** The others. Their SQL stands under another name than the column it is made of, so that conditions mean that column. */
const MADE = {
  time: 'toUnixTimestamp(time)',
  queued: 'toUnixTimestamp(queued)',
  orig: 'lower(orig)',
  rcpt: 'lower(rcpt)',
  message: 'toString(message)',
  ref: 'toString(ref)',
  id: MESSAGE_ID,
} as const satisfies Partial<Record<keyof MessageEvent, string>>;

/** What is read of events: where they are a row here and a row there, each column costs about as much as any other. */
interface Columns {
  readonly plain: readonly string[];
  readonly made: Readonly<Record<string, string>>;
}

const OF_MESSAGES: Columns = { plain: PLAIN, made: MADE };

const ALL: Columns = {
  plain: [
    ...PLAIN,
    ...([
      'node',
      'sourceIp',
      'destinationIp',
      'mx',
      'envId',
      'feedbackType',
      'rbType',
      'confidence',
    ] as const),
  ] satisfies (keyof EventRow)[],
  made: { ...MADE, triple: 'toString(triple)' },
};

/** An event as it is read: a signed row of one of the statement's parts. */
interface SignedRow {
  readonly time_: number;
  readonly file: number;
  readonly line: number;
  readonly ver: number;
  readonly sign: number;
  readonly hit: number;
  readonly part: number;
}

/** Conditions that must all hold, and lookups that know all events of which they do. */
export interface Alternative {
  readonly ranges: readonly TimeRange[];
  /** SQL over time and record of the events that are wanted: the lookups know these columns too. */
  readonly records?: string;
  readonly conditions: readonly string[];
  readonly lookups: readonly Lookup[];
}

/** Which events are wanted: those of all alternatives, in SQL over the columns of events; what people typed stands in it as parameters. */
export interface EventKey {
  readonly where: (params: Params) => readonly Alternative[];
  /** SQL whose truth comes back as `hit`. */
  readonly hit?: (params: Params) => string;
}

/** Reads events by their key: of the first `limit` rows, corrected ones among them, those that stand. */
export type EventReader<Row extends MessageEvent = EventRow> = (
  key: EventKey,
  limit: number,
) => Promise<Row[]>;

/** A reader of events with all that is told of them, in the order of their times. */
export function eventReader(store: Pick<Store, 'read'>, signal: AbortSignal | undefined): EventReader {
  return readerOf<EventRow>(store, signal, ALL);
}

/** A reader of events with what the state of a message is made of, in the order of their times. */
export function messageReader(
  store: Pick<Store, 'read'>,
  signal: AbortSignal | undefined,
): EventReader<MessageEvent> {
  return readerOf<MessageEvent>(store, signal, OF_MESSAGES);
}

/**
 * A reader of events that stand. A withdrawn event and its -1 twin have the same content, so they are found by the same
 * key and nothing else has to be read. The statement only picks rows: with this many columns each level of nesting costs
 * the engine as much time again as reading a few rows does.
 */
function readerOf<Row extends MessageEvent>(
  store: Pick<Store, 'read'>,
  signal: AbortSignal | undefined,
  { plain, made }: Columns,
): EventReader<Row> {
  const eventOf = (row: SignedRow): Row => {
    const read = row as unknown as Readonly<Record<string, unknown>>;
    return {
      ...Object.fromEntries([...plain, 'hit'].map((name) => [name, read[name]])),
      ...Object.fromEntries(Object.keys(made).map((name) => [name, read[`${name}_`]])),
      event: `${row.file}-${row.line}`,
    } as unknown as Row;
  };
  return async ({ where, hit }, limit) => {
    const params = new Params();
    const columns = [
      ...plain,
      ...Object.entries(made).map(([name, sql]) => `${sql} AS ${name}_`),
      'ver',
      'sign',
      `toUInt8(${hit?.(params) ?? '0'}) AS hit`,
    ];
    // A part each: neither bloom filters nor lookups that know nothing spare any block where an OR stands above them.
    const parts = where(params).map(
      (alternative, part) =>
        `SELECT ${[...columns, `${part} AS part`].join(', ')}\nFROM watchtower.events\n${whereOf(alternative)}`,
    );
    const [only] = parts;
    if (only === undefined) return [];
    const all = parts.length === 1 ? only : `SELECT * FROM (\n${parts.join('\nUNION ALL\n')}\n)`;
    const answer = (tail: string) =>
      store.read<SignedRow>(`${all}\n${tail}LIMIT ${limit}`, {
        params: params.values,
        ...(signal && { signal }),
      });
    // With an order and a limit the engine reads columns later and by other means, which opens more blocks.
    const rows = await answer('');
    if (rows.length < limit) return standing(rows.sort(inOrder)).map(eventOf);
    return standing(withoutLast(await answer('ORDER BY time_, file, line, ver\n'))).map(eventOf);
  };
}

/**
 * The engine would take up every condition by itself before it reads the other columns, which costs more than what it
 * spares: only what makes the rows few stands there. Between the ranges the lookups know nothing, so one range does, and each
 * that is spelled out has to be held against every part.
 */
function whereOf({ ranges, records, conditions, lookups }: Alternative): string {
  const known = records === undefined ? [] : [records];
  const within = lookups.length > 0 ? [spanOf(ranges)] : ranges;
  const places = lookups.map(({ table, where }) =>
    placesSql({ table, where: [where, ...known].join(' AND ') }, within),
  );
  return `PREWHERE ${conditions.join(' AND ')}\nWHERE ${['role = 0', withinSql(within), ...known, ...places].join(' AND ')}`;
}

/** From the beginning of the first range to the end of the last one. */
function spanOf(ranges: readonly TimeRange[]): TimeRange {
  return [Math.min(...ranges.map(([from]) => from)), Math.max(...ranges.map(([, to]) => to))];
}

function inOrder(a: SignedRow, b: SignedRow): number {
  return a.time_ - b.time_ || a.file - b.file || a.line - b.line || a.ver - b.ver;
}

/** Rows without those of the last event, whose twin may be cut off. */
function withoutLast(rows: readonly SignedRow[]): SignedRow[] {
  const last = rows.at(-1);
  return rows.filter((row) => last === undefined || keyOf(row) !== keyOf(last));
}

/** The events that stand, each once. */
function standing(rows: readonly SignedRow[]): SignedRow[] {
  const net = new Map<string, number>();
  const partKey = (row: SignedRow) => `${keyOf(row)} ${row.part}`;
  for (const row of rows) net.set(partKey(row), (net.get(partKey(row)) ?? 0) + row.sign);
  const told = new Set<string>();
  return rows.filter((row) => {
    if (row.sign < 0 || (net.get(partKey(row)) ?? 0) <= 0 || told.has(keyOf(row))) return false;
    told.add(keyOf(row));
    return true;
  });
}

function keyOf({ file, line, ver }: SignedRow): string {
  return `${file}-${line}-${ver}`;
}

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
