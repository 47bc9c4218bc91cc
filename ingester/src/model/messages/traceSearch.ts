import { dimensions } from '../dimensions';
import { recipientIn, type Alternative, type EventReader, type EventRow } from './eventRows';
import { QUEUE_REACH, type Found } from './journey';
import { deliveryOf, isLate, LATE_REACH } from './lateEvents';
import { deliveriesOf, distinct, keysOf, lateEventsOf, lateOf, mayFollow, type LateKeys } from './lateSearch';
import { lookupMessageIds, lookupRecipients } from '../lookups';
import type { Params } from '../params';
import type { TimeRange } from '../standing';
import { onDaysOf } from '../windows';
import { eventId, type TraceQuery } from './traceQuery';

const DAY = 86_400;

/** Every event of a message stands within this time after it was queued; what comes later are late events. */
export const LIFE = 30 * DAY;

/** Most rows a search step takes up. */
const MAX_ROWS = 10_000;

/** Most messages that are traced at once: a Message-Id may have gone to many recipients. */
export const MAX_MESSAGES = 100;

/** Most separate times for which the queue's events are looked up. */
const MAX_ATTEMPTS = 200;

const EVER: TimeRange = [0, 2 ** 32 - 1];

const OWN = `record IN ('r', 't', 'd', 'b', 'block')`;

/** The events by which a query names its messages, looked for in the first range and, where they are not there, everywhere. */
export async function findAnchors(
  read: EventReader,
  query: TraceQuery,
  first: TimeRange | undefined,
): Promise<EventRow[]> {
  for (const range of first ? [first, EVER] : [EVER]) {
    const rows = await read(
      { where: (params) => [{ ranges: [range], ...namedBy(query, range, params) }] },
      MAX_ROWS,
    );
    if (rows.length > 0) return withDeliveries(read, rows);
  }
  return [];
}

function namedBy(
  { event, messageId, job = '', recipient }: TraceQuery,
  range: TimeRange,
  params: Params,
): Omit<Alternative, 'ranges'> {
  const id = event ? eventId(event) : undefined;
  if (id) return { conditions: [`file = ${id.file}`, `line = ${id.line}`], lookups: [] };
  const address = recipient?.toLowerCase() ?? '';
  if (messageId) {
    const stored = dimensions.messageId.normalise(messageId);
    const byId = `messageId = ${params.add(stored)}`;
    return {
      conditions: address === '' ? [byId] : [byId, `lower(rcpt) IN ${params.add([address, ''])}`],
      lookups: [lookupMessageIds([stored], params)],
    };
  }
  // A recipient may have been written to every day; a job lasts a few.
  const { table, where } = lookupRecipients([address], params);
  const days = onDaysOf({ dimension: 'job', operator: '=', values: [job] }, range, params);
  return {
    conditions: [recipientIn([address], params), `job = ${params.add(job)}`],
    lookups: [{ table, where: `${where} AND ${days}` }],
  };
}

/** Where a query named late events only, their deliveries name the messages. */
async function withDeliveries(read: EventReader, rows: EventRow[]): Promise<EventRow[]> {
  const own = rows.filter((row) => !isLate(row));
  if (own.length > 0) return own;
  const deliveries = await deliveriesOf(read, rows);
  const found = rows.flatMap((row) => deliveryOf(row, deliveries) ?? []);
  return found.length > 0 ? found : rows;
}

/** Everything that may belong to the messages that the anchors name. */
export async function findLives(read: EventReader, anchors: readonly EventRow[]): Promise<Found> {
  const messages = new Set(
    anchors
      .map(({ message }) => message)
      .filter((message, index, all) => all.indexOf(message) === index)
      .slice(0, MAX_MESSAGES),
  );
  const named = anchors.filter(({ message }) => messages.has(message));
  const start = Math.min(...named.map(({ queued, time }) => (queued > 0 ? queued : time - LIFE)));
  const end = Math.max(...named.map(({ queued, time }) => (queued > 0 ? queued : time) + LIFE));
  const range: TimeRange = [Math.max(0, start), end];
  const reach: TimeRange = [range[0], end + LATE_REACH + 1];
  const keys = keysOf(named);
  const where = (params: Params) => [ownOf(keys, range, params), ...lateOf(keys, reach, params)];
  const rows = await read({ where }, 2 * MAX_ROWS);
  const found = rows.filter((row) => !isLate(row));
  const bare = found.some(({ message }) => !messages.has(message));
  const events = bare ? await eventsOf(read, keys.addresses, range) : found;
  const own = events.filter(({ message }) => messages.has(message));
  const delivered = own.filter(({ record }) => record === 'd');
  const followed = delivered.length > 0 ? delivered : named;
  const known = rows.filter(isLate);
  const [late, queue] = await Promise.all([
    holds(keys, keysOf(followed)) ? known.filter(mayFollow(followed)) : lateEventsOf(read, followed),
    queueEvents(read, own),
  ]);
  const deliveries = [...delivered, ...(await deliveriesOf(read, late))];
  return { messages, events, late, deliveries, queue };
}

/** Whether what is looked for by `keys` is among what was read by `held`. */
function holds(held: LateKeys, keys: LateKeys): boolean {
  return (['addresses', 'ids', 'refs', 'paths'] as const).every((name) =>
    keys[name].every((key) => held[name].includes(key)),
  );
}

/** An own event of one of these messages, or one of their recipients' that lacks the Message-Id. */
function ownOf({ addresses, ids }: LateKeys, range: TimeRange, params: Params): Alternative {
  if (addresses.length === 0)
    return {
      ranges: [range],
      records: OWN,
      conditions: [`messageId IN ${params.add(ids)}`],
      lookups: [lookupMessageIds(ids, params)],
    };
  return {
    ranges: [range],
    records: OWN,
    conditions: [recipientIn(addresses, params), `messageId IN ${params.add(['', ...ids])}`],
    lookups: [lookupRecipients(addresses, params)],
  };
}

/** Every own event of the recipients: what fits the traced messages without their ids may fit others as well. */
function eventsOf(read: EventReader, addresses: readonly string[], range: TimeRange): Promise<EventRow[]> {
  const where = (params: Params): Alternative[] => [
    {
      ranges: [range],
      records: OWN,
      conditions: [recipientIn(addresses, params)],
      lookups: [lookupRecipients(addresses, params)],
    },
  ];
  return read({ where }, MAX_ROWS);
}

/** What the queues of the messages' unsuccessful attempts logged near them. */
async function queueEvents(read: EventReader, own: readonly EventRow[]): Promise<EventRow[]> {
  const attempts = own
    .filter(({ record, vmta, domain }) => (record === 't' || record === 'b') && vmta !== '' && domain !== '')
    .slice(0, MAX_ATTEMPTS);
  if (attempts.length === 0) return [];
  const ranges = joined(attempts.map(({ time }) => [time - QUEUE_REACH, time + QUEUE_REACH + 1]));
  const where = (params: Params): Alternative[] => [
    {
      ranges,
      records: `record IN ('tq', 'block')`,
      conditions: [
        "rcpt = ''",
        `vmta IN ${params.add(distinct(attempts.map(({ vmta }) => vmta)))}`,
        `domain IN ${params.add(distinct(attempts.map(({ domain }) => domain)))}`,
      ],
      lookups: [],
    },
  ];
  return read({ where }, MAX_ROWS);
}

/** Ranges in order, overlapping ones as one. */
function joined(ranges: readonly TimeRange[]): TimeRange[] {
  const result: [number, number][] = [];
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}
