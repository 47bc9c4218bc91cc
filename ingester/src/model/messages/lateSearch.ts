import { isVerp, mayBeVerp } from '../../formats';
import type { Store } from '../../store';
import { lookupLate, lookupMessageIds, lookupRecipients, readKnown } from '../lookups';
import { Params } from '../params';
import type { TimeRange } from '../standing';
import { hashIn, recipientIn, type Alternative, type EventReader, type MessageEvent } from './eventRows';
import { BY_RETURN_PATH, isByHeader, LATE_REACH } from './lateEvents';

/** Most rows a step takes up. */
const MAX_ROWS = 10_000;

const LATE = `record IN ('f', 'remote')`;
const DELIVERED = `record = 'd'`;

/** What late events may name the messages of some events by, each once. */
export interface LateKeys {
  readonly addresses: readonly string[];
  readonly ids: readonly string[];
  readonly refs: readonly string[];
  /** Return paths that may name one mail or one recipient. */
  readonly paths: readonly string[];
}

/** What late events may name the messages of these events by. */
export function keysOf(rows: readonly MessageEvent[]): LateKeys {
  return {
    addresses: distinct(rows.map(({ rcpt }) => rcpt)),
    ids: distinct(rows.map(({ messageId }) => messageId)),
    refs: refsOf(rows),
    paths: distinct(rows.map(({ orig }) => orig)).filter(mayBeVerp),
  };
}

/** Complaints and remote bounces that may belong to one of these events' messages. */
export async function lateEventsOf<Row extends MessageEvent>(
  read: EventReader<Row>,
  own: readonly MessageEvent[],
): Promise<Row[]> {
  if (own.length === 0) return [];
  return read({ where: (params) => lateOf(keysOf(own), reachOf(own), params) }, MAX_ROWS);
}

/** The same, where there mostly are none: lookups are asked first, and only what they know is gone to. */
export async function knownLateEventsOf<Row extends MessageEvent>(
  store: Pick<Store, 'read'>,
  read: EventReader<Row>,
  own: readonly MessageEvent[],
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  if (own.length === 0) return [];
  const keys = keysOf(own);
  const params = new Params();
  const lookup = lookupLate([...keys.addresses, ...keys.ids, ...keys.paths], keys.refs, params);
  const range = await readKnown(store, lookup, LATE, reachOf(own), params, signal);
  return range ? read({ where: (wish) => lateOf(keys, range, wish) }, MAX_ROWS) : [];
}

/** When late events may belong to one of these events' messages. */
function reachOf(own: readonly MessageEvent[]): TimeRange {
  const times = own.map(({ time }) => time);
  return [Math.min(...times), Math.max(...times) + LATE_REACH + 1];
}

/** How late events are found that name messages by these keys. */
export function lateOf(
  { addresses, ids, refs, paths }: LateKeys,
  range: TimeRange,
  params: Params,
): Alternative[] {
  const shared = { ranges: [range], records: LATE };
  const named = [
    ...(ids.length > 0 ? [`messageId IN ${params.add(ids)} AND rcpt = ''`] : []),
    ...(refs.length > 0 ? [hashIn('ref', refs)] : []),
  ];
  return [
    ...(addresses.length > 0
      ? [
          {
            ...shared,
            conditions: [recipientIn(addresses, params)],
            lookups: [lookupLate(addresses, [], params)],
          },
        ]
      : []),
    ...(named.length > 0
      ? [
          {
            ...shared,
            conditions: [`(${named.join(' OR ')})`],
            lookups: [lookupLate(ids, refs, params)],
          },
        ]
      : []),
    // Few return paths name anyone: where none does, nothing is read.
    ...(paths.length > 0
      ? [
          {
            ...shared,
            conditions: [
              `startsWith(method, '${BY_RETURN_PATH}')`,
              `has(arrayFilter(path -> ${isVerp('path')}, ${params.add(paths)}), lower(orig))`,
            ],
            lookups: [lookupLate(paths, [], params)],
          },
        ]
      : []),
  ];
}

/** What `lateOf` says of a row, for rows that were read by the keys of more events. */
export function mayFollow(own: readonly MessageEvent[]): (late: MessageEvent) => boolean {
  const { addresses, ids, refs, paths } = keysOf(own);
  const [from, to] = reachOf(own);
  return ({ time, rcpt, messageId, ref, method, orig }) =>
    time >= from &&
    time < to &&
    (addresses.includes(rcpt) ||
      (rcpt === '' && ids.includes(messageId)) ||
      refs.includes(ref) ||
      (method.startsWith(BY_RETURN_PATH) && paths.includes(orig)));
}

/** All deliveries that late events may belong to: nearer ones of other messages come before those that are traced. */
export async function deliveriesOf<Row extends MessageEvent>(
  read: EventReader<Row>,
  late: readonly MessageEvent[],
): Promise<Row[]> {
  if (late.length === 0) return [];
  const times = late.map(({ time }) => time);
  const range: TimeRange = [Math.max(0, Math.min(...times) - LATE_REACH), Math.max(...times) + 1];
  const byPath = late.filter(({ method }) => method.startsWith(BY_RETURN_PATH));
  const paths = distinct(byPath.map(({ orig }) => orig));
  const refs = refsOf(late.filter(isByHeader));
  const { addresses, ids } = keysOf(late);
  const shared = { ranges: [range], records: DELIVERED };
  const where = (params: Params): Alternative[] => [
    ...(addresses.length > 0
      ? [
          {
            ...shared,
            conditions: [recipientIn(addresses, params)],
            lookups: [lookupRecipients(addresses, params)],
          },
        ]
      : []),
    ...(ids.length > 0
      ? [
          {
            ...shared,
            conditions: [`messageId IN ${params.add(ids)}`],
            lookups: [lookupMessageIds(ids, params)],
          },
        ]
      : []),
    // No lookup knows the header of a delivery, as few complaints name one by nothing else: the bloom filter does.
    ...(refs.length > 0 ? [{ ...shared, conditions: [hashIn('ref', refs)], lookups: [] }] : []),
    ...(paths.length > 0
      ? [{ ...shared, conditions: [`lower(orig) IN ${params.add(paths)}`], lookups: [] }]
      : []),
  ];
  return read({ where }, MAX_ROWS);
}

function refsOf(rows: readonly MessageEvent[]): string[] {
  return distinct(rows.map(({ ref }) => ref)).filter((ref) => ref !== '0');
}

/** Texts that are there, each once. */
export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
}
