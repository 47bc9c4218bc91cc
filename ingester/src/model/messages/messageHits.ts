import type { Store } from '../../store';
import { lookupMessages, lookupOf, lookupRecipients, withinHoursSql, type Lookup } from '../lookups';
import { Params } from '../params';
import type { EventReader, MessageEvent } from './eventRows';
import { hitSql, isOpen, lifeOf, OWN_RECORDS, type Candidate, type CandidateWish } from './messagePages';
import type { MessagePosition } from './messagesQuery';

/** Most events, as lookups count them, that are read whole to find messages. */
export const MAX_HITS = 1000;

/** Most rows of them, corrected ones among them. */
const MAX_ROWS = 100_000;

/**
 * The matching events of some ranges, whole: where they are few, most of the cost is to open the places they stand at, and
 * whoever reads a few columns to find messages opens them again for the messages' lives. Undefined where no lookup knows
 * them, or where a message is meant by what it lacks.
 */
export async function readHits(
  read: EventReader<MessageEvent>,
  { ranges, filters, outcomes }: CandidateWish,
): Promise<MessageEvent[] | undefined> {
  const isKnown = filters.some((filter) => lookupOf(filter, new Params()) !== undefined);
  if (!isKnown || isOpen(outcomes)) return undefined;
  const where = (params: Params) => [
    {
      ranges,
      records: OWN_RECORDS,
      conditions: ['message != 0', hitSql(filters, outcomes, params)],
      lookups: filters.flatMap((filter) => lookupOf(filter, params) ?? []),
    },
  ];
  return read({ where, hit: () => '1' }, MAX_ROWS);
}

/** The messages of these events, as `readCandidates` gives them. */
export function candidatesOf(hits: readonly MessageEvent[], { after, limit }: CandidateWish): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const { message, time, queued, id } of hits) {
    const known = found.get(message);
    found.set(message, {
      message,
      id,
      time: Math.max(time, known?.time ?? 0),
      queued: Math.max(queued, known?.queued ?? 0),
    });
  }
  return [...found.values()]
    .filter((candidate) => after === undefined || newerFirst(after, candidate) < 0)
    .sort(newerFirst)
    .slice(0, limit);
}

function newerFirst(a: MessagePosition, b: MessagePosition): number {
  const [left, right] = [BigInt(a.message), BigInt(b.message)];
  return b.time - a.time || (left > right ? -1 : left < right ? 1 : 0);
}

/** The hits of these candidates. */
export function hitsOf(candidates: readonly Candidate[], hits: readonly MessageEvent[]): MessageEvent[] {
  const wanted = new Set(candidates.map(({ message }) => message));
  return hits.filter(({ message }) => wanted.has(message));
}

/**
 * The hits of those candidates of which lookups know no other own event: their whole lives. A message has one Message-Id
 * and one recipient; where others share either, the other one may still tell.
 */
export async function wholeLives(
  store: Pick<Store, 'read'>,
  candidates: readonly Candidate[],
  hits: readonly MessageEvent[],
  signal: AbortSignal | undefined,
): Promise<MessageEvent[]> {
  if (candidates.length === 0) return [];
  const own = hitsOf(candidates, hits);
  const params = new Params();
  const within = `${OWN_RECORDS} AND ${withinHoursSql([lifeOf(candidates)])}`;
  const knownBy = (name: string, { table, where }: Lookup) =>
    `SELECT ${name} AS name, sum(events) AS known FROM watchtower.${table} WHERE ${where} AND ${within} GROUP BY name`;
  const byId = knownBy('toString(id)', lookupMessages(candidates.map(({ id }) => id)));
  const addresses = [...new Set(own.map(({ rcpt }) => rcpt))];
  const byRecipient = knownBy('rcpt', lookupRecipients(addresses, params));
  const known = await store.read<{ name: string; known: number }>(`${byId}\nUNION ALL\n${byRecipient}`, {
    params: params.values,
    ...(signal && { signal }),
  });
  const counts = new Map(known.map(({ name, known: all }) => [name, all]));
  const inHand = new Map<string, number>();
  for (const name of hits.flatMap(namesOf)) inHand.set(name, (inHand.get(name) ?? 0) + 1);
  return own.filter((hit) => namesOf(hit).some((name) => inHand.get(name) === counts.get(name)));
}

function namesOf({ id, rcpt }: MessageEvent): string[] {
  return [String(id), rcpt];
}
