import type { Store } from '../../store';
import { lookupMessages, lookupOf, withinHoursSql } from '../lookups';
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

/** The hits of those candidates of which lookups know no other own event: their whole lives. */
export async function wholeLives(
  store: Pick<Store, 'read'>,
  candidates: readonly Candidate[],
  hits: readonly MessageEvent[],
  signal: AbortSignal | undefined,
): Promise<MessageEvent[]> {
  if (candidates.length === 0) return [];
  const { table, where } = lookupMessages(candidates.map(({ id }) => id));
  const known = await store.read<{ id: number; known: number }>(
    `SELECT id, sum(events) AS known FROM watchtower.${table}\nWHERE ${where} AND ${OWN_RECORDS} AND ${withinHoursSql([lifeOf(candidates)])}\nGROUP BY id`,
    signal && { signal },
  );
  const inHand = new Map<number, number>();
  for (const { id } of hits) inHand.set(id, (inHand.get(id) ?? 0) + 1);
  const whole = new Set(known.filter(({ id, known: all }) => all === inHand.get(id)).map(({ id }) => id));
  return hitsOf(candidates, hits).filter(({ id }) => whole.has(id));
}
