import type { Store } from '../store';
import { dimensions } from './dimensions';
import type { Params } from './params';
import type { Filter } from './schema';
import { withinSql, type TimeRange } from './standing';

/**
 * Three narrow tables say in which hour, record type and VMTA the events of a recipient, of a message, and complaints and
 * remote bounces by what they name, stand: the beginning of the key of `events`. What they say is never the answer: the conditions on `events` still decide, and a
 * lookup only keeps the engine from reading what cannot fulfil them.
 */

const HOUR = 3600;

/** Rows of a lookup table, in SQL. */
export interface Lookup {
  readonly table: 'recipients' | 'event_ids' | 'late_keys';
  readonly where: string;
}

/** SQL of what `event_ids` knows the message of an event by. */
export const MESSAGE_ID = "toUInt32(if(messageId = '', message, cityHash64(messageId)))";

/** Where these recipients' events stand; addresses in lower case. */
export function lookupRecipients(addresses: readonly string[], params: Params): Lookup {
  return { table: 'recipients', where: `rcpt IN ${params.add(addresses)}` };
}

/** Where the events with these Message-Ids stand; ids in the stored form. */
export function lookupMessageIds(ids: readonly string[], params: Params): Lookup {
  return { table: 'event_ids', where: `id IN (SELECT arrayJoin(${halves(ids, params)}))` };
}

/** Where complaints and remote bounces with these recipients, Message-Ids or return paths, or hashes of the site's own header, stand. */
export function lookupLate(names: readonly string[], refs: readonly string[], params: Params): Lookup {
  const hashes = refs.map((ref) => `toUInt32(toUInt64(${ref}))`).join(', ');
  const all = refs.length > 0 ? `arrayConcat(${halves(names, params)}, [${hashes}])` : halves(names, params);
  return { table: 'late_keys', where: `key IN (SELECT arrayJoin(${all}))` };
}

/** SQL of an array with half a hash of each name. Unless it is selected, the engine asks it of every row, and not the key. */
function halves(names: readonly string[], params: Params): string {
  return `arrayMap(name -> toUInt32(cityHash64(name)), ${params.add(names)})`;
}

/** Where the events with these values of MESSAGE_ID stand. */
export function lookupMessages(ids: readonly number[]): Lookup {
  return { table: 'event_ids', where: `id IN (${ids.join(', ')})` };
}

/** Where all events stand that a filter is true of; undefined where no lookup knows. */
export function lookupOf({ dimension, operator, values }: Filter, params: Params): Lookup | undefined {
  const whole = operator === '=' || operator === 'in';
  if (dimension === 'messageId' && whole) {
    const ids = values.map(dimensions.messageId.normalise);
    return ids.includes('') ? undefined : lookupMessageIds(ids, params);
  }
  if (dimension !== 'recipient') return undefined;
  const addresses = values.map(dimensions.recipient.normalise);
  // Queue events and some complaints have no recipient, and stand in no lookup.
  if (addresses.includes('')) return undefined;
  if (whole) return lookupRecipients(addresses, params);
  if (operator !== 'startsWith') return undefined;
  const beginnings = addresses.map((address) => `startsWith(rcpt, ${params.add(address)})`);
  return { table: 'recipients', where: `(${beginnings.join(' OR ')})` };
}

/** SQL of a condition on `events` that is true of all events the lookup knows in the ranges, and of few others. */
export function placesSql({ table, where }: Lookup, ranges: readonly TimeRange[]): string {
  const hours = withinHoursSql(ranges);
  return `(toStartOfHour(time), record, vmta) IN (SELECT time, record, vmta FROM watchtower.${table} WHERE ${where} AND ${hours})`;
}

/**
 * In which part of a range a lookup knows events: from the first to the last known hour, undefined where it knows none.
 * `records` is SQL over time and record.
 */
export async function readKnown(
  store: Pick<Store, 'read'>,
  { table, where }: Lookup,
  records: string,
  [from, to]: TimeRange,
  params: Params,
  signal: AbortSignal | undefined,
): Promise<TimeRange | undefined> {
  const [known] = await store.read<{ first: number; last: number }>(
    `SELECT toUnixTimestamp(min(time)) AS first, toUnixTimestamp(max(time)) AS last FROM watchtower.${table}
WHERE ${where} AND ${records} AND ${withinHoursSql([[from, to]])}
HAVING count() > 0`,
    { params: params.values, ...(signal && { signal }) },
  );
  return known && [Math.max(from, known.first), Math.min(to, known.last + HOUR)];
}

/** SQL of a lookup's hour being one of those that hold the ranges. */
export function withinHoursSql(ranges: readonly TimeRange[]): string {
  return withinSql(ranges.map(([from, to]) => [Math.floor(from / HOUR) * HOUR, to]));
}

/** `placesSql` of every filter that a lookup knows. */
export function placesOf(filters: readonly Filter[], ranges: readonly TimeRange[], params: Params): string[] {
  return filters.flatMap((filter) => {
    const lookup = lookupOf(filter, params);
    return lookup ? [placesSql(lookup, ranges)] : [];
  });
}
