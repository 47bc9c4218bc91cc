import type { Store } from '../../store';
import type { AnswerContext } from '../context';
import { expiredNotices } from '../expired';
import { QueryError } from '../errors';
import { hashIn, messageReader, type Alternative, type EventReader, type MessageEvent } from './eventRows';
import { rowsFrame, type Column, type Frame, type Notice, type Value } from '../frames';
import { lookupMessages } from '../lookups';
import { deliveryOf } from './lateEvents';
import { candidatesOf, hitsOf, MAX_HITS, readHits, wholeLives } from './messageHits';
import { hitSql, lifeOf, OWN_RECORDS, readCandidates, type Candidate } from './messagePages';
import { cursorOf, wantedOutcomes, type MessagePosition, type MessagesQuery } from './messagesQuery';
import { stateOf, type MessageState, type Outcome } from './messageState';
import type { Filter } from '../schema';
import type { TimeRange } from '../standing';
import { deliveriesOf, knownLateEventsOf } from './lateSearch';
import { readWindows } from '../windows';

/** Messages of a page where the query sets no limit. */
const DEFAULT_LIMIT = 100;

/** About how many matching events a message has, where they are counted: so many are read for a page first. */
const HITS_PER_MESSAGE = 2;

/** Most messages that are looked at for one page: where hardly any is wanted, the page ends early. */
const MAX_LOOKED_AT = 5000;

/** Most events of a page's messages. */
const MAX_ROWS = 100_000;

/** A page of messages. */
export interface MessagePage {
  readonly messages: readonly MessageState[];
  /** Cursor of the next page; null where there is none. */
  readonly next: string | null;
  /** Whether the page ended early, as too many messages had to be looked at. */
  readonly short: boolean;
}

/** Finds a page of messages, newest first. Throws QueryError, or what the store throws. */
export async function findMessages(
  store: Pick<Store, 'read'>,
  query: MessagesQuery,
  signal?: AbortSignal,
): Promise<MessagePage> {
  const read = messageReader(store, signal);
  const outcomes = wantedOutcomes(query.filters);
  const limit = query.limit ?? DEFAULT_LIMIT;
  const range = rangeOf(query);
  const found: { state: MessageState; position: MessagePosition }[] = [];
  let after = query.cursor;
  let lookedAt = 0;
  const until = after ? Math.min(range[1], after.time + 1) : range[1];
  const windows = readWindows(store, query.filters, [range[0], until], true, {
    counted: HITS_PER_MESSAGE * (limit + 1),
    signal,
  });
  for await (const { ranges, found: counted } of windows) {
    for (let more = outcomes.length > 0; more && found.length <= limit; ) {
      if (lookedAt >= MAX_LOOKED_AT) return pageOf(found, limit, after);
      const wish = { ranges, filters: query.filters, outcomes, after, limit: limit + 1 };
      const hits = counted <= MAX_HITS ? await readHits(read, wish) : undefined;
      const candidates = hits ? candidatesOf(hits, wish) : await readCandidates(store, wish, signal);
      const inHand = hitsOf(candidates, hits ?? []);
      const [whole, early] = await Promise.all([
        hits ? wholeLives(store, candidates, hits, signal) : [],
        lateByMessage(store, read, inHand, signal),
      ]);
      const told = new Set(whole.map(({ message }) => message));
      const others = candidates.filter(({ message }) => !told.has(message));
      const lives = await livesOf(read, others, query.filters, outcomes);
      const later = await lateByMessage(store, read, lives, signal);
      const late = (message: string) => (told.has(message) ? early : later).get(message) ?? [];
      found.push(...states(candidates, [...whole, ...lives], late, range, outcomes));
      lookedAt += candidates.length;
      after = candidates.at(-1) ?? after;
      more = candidates.length > limit;
    }
    if (found.length > limit) break;
  }
  return pageOf(found, limit, undefined);
}

function pageOf(
  found: readonly { state: MessageState; position: MessagePosition }[],
  limit: number,
  stopped: MessagePosition | undefined,
): MessagePage {
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1)?.position : stopped;
  return {
    messages: page.map(({ state }) => state),
    next: last ? cursorOf(last) : null,
    short: found.length <= limit && stopped !== undefined,
  };
}

function rangeOf({ from, to }: MessagesQuery): TimeRange {
  if (from === undefined || to === undefined) throw new QueryError(400, 'from and to are missing');
  if (from > to) throw new QueryError(400, 'from: must not be after to');
  return [Math.ceil(from / 1000), Math.ceil(to / 1000)];
}

/** All own events of the messages; those of which the filters are true are hits. */
async function livesOf(
  read: EventReader<MessageEvent>,
  candidates: readonly Candidate[],
  filters: readonly Filter[],
  outcomes: readonly Outcome[],
): Promise<MessageEvent[]> {
  if (candidates.length === 0) return [];
  const messages = candidates.map(({ message }) => message);
  const own: Alternative = {
    ranges: [lifeOf(candidates)],
    records: OWN_RECORDS,
    conditions: [hashIn('message', messages)],
    lookups: [lookupMessages(candidates.map(({ id }) => id))],
  };
  return read({ where: () => [own], hit: (params) => hitSql(filters, outcomes, params) }, MAX_ROWS);
}

/** The wanted ones of the candidates, whose own events the rows are; those that have a newer matching event stood elsewhere. */
function states(
  candidates: readonly Candidate[],
  rows: readonly MessageEvent[],
  late: (message: string) => readonly MessageEvent[],
  [from, to]: TimeRange,
  outcomes: readonly Outcome[],
): { state: MessageState; position: MessagePosition }[] {
  const lives = byMessage(rows);
  return candidates.flatMap((position) => {
    const own = lives.get(position.message) ?? [];
    const newest = Math.max(
      ...own.filter(({ hit, time }) => hit === 1 && time >= from && time < to).map(({ time }) => time),
    );
    if (own.length === 0 || newest > position.time) return [];
    const state = stateOf(own, late(position.message));
    return outcomes.includes(state.outcome) ? [{ state, position }] : [];
  });
}

/** Complaints and remote bounces by the message they were put to. */
async function lateByMessage(
  store: Pick<Store, 'read'>,
  read: EventReader<MessageEvent>,
  own: readonly MessageEvent[],
  signal: AbortSignal | undefined,
): Promise<Map<string, MessageEvent[]>> {
  const delivered = own.filter(({ record }) => record === 'd');
  const late = await knownLateEventsOf(store, read, delivered, signal);
  const deliveries = [...delivered, ...(await deliveriesOf(read, late))];
  const found = new Map<string, MessageEvent[]>();
  for (const event of late) {
    const { message } = deliveryOf(event, deliveries) ?? event;
    found.set(message, [...(found.get(message) ?? []), event]);
  }
  return found;
}

function byMessage(rows: readonly MessageEvent[]): Map<string, MessageEvent[]> {
  const lives = new Map<string, MessageEvent[]>();
  for (const row of rows) {
    const life = lives.get(row.message);
    if (life) life.push(row);
    else lives.set(row.message, [row]);
  }
  return lives;
}

interface MessageColumn extends Column {
  readonly value: (state: MessageState) => Value;
}

const text = (name: Exclude<keyof MessageState, 'latency' | 'size'>, as: string = name): MessageColumn => ({
  name: as,
  kind: 'text',
  value: (state) => String(state[name]),
});
const instant = (name: string, value: (state: MessageState) => number): MessageColumn => ({
  name,
  kind: 'instant',
  value: (state) => (value(state) > 0 ? value(state) * 1000 : null),
});
const number = (
  name: 'attempts' | 'latency' | 'size' | 'complaints' | 'remoteBounces',
  unit: string,
): MessageColumn => ({ name, kind: 'number', unit, value: (state) => state[name] });

/** The columns of a message, in order. */
export const MESSAGE_COLUMNS: readonly MessageColumn[] = [
  { name: 'time', kind: 'time', value: ({ last }) => last * 1000 },
  text('recipient'),
  text('state'),
  text('outcome'),
  number('attempts', 'short'),
  text('diag'),
  text('smtpStatus'),
  text('bounceCategory'),
  instant('queued', ({ queued }) => queued),
  instant('first', ({ first }) => first),
  number('latency', 's'),
  number('size', 'bytes'),
  number('complaints', 'short'),
  number('remoteBounces', 'short'),
  text('sender'),
  text('senderDomain'),
  text('job'),
  text('provider'),
  text('domain'),
  text('vmta'),
  text('pool'),
  text('messageId'),
  text('event', 'id'),
];

/** Answers a messages query; the cursor of the next page is `next` in the frame's `meta.custom`. */
export async function answerMessages(
  store: Pick<Store, 'read'>,
  query: MessagesQuery,
  context: AnswerContext,
): Promise<Frame[]> {
  const { messages, next, short } = await findMessages(store, query, context.signal);
  const notices: Notice[] = expiredNotices([rangeOf(query)], context);
  if (short)
    notices.push({
      severity: 'info',
      text: 'Few messages match: the page ended early, go on with its cursor',
    });
  const rows = messages.map((state) => MESSAGE_COLUMNS.map(({ value }) => value(state)));
  return [rowsFrame(MESSAGE_COLUMNS, rows, { refId: query.refId, notices, custom: { next } })];
}
