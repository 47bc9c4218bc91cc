import { dimensions } from '../dimensions';
import { hashIn, recipientIn, type Alternative, type EventReader, type EventRow } from './eventRows';
import { QUEUE_REACH, type Found } from './journey';
import { BY_RETURN_PATH, deliveryOf, isByHeader, isLate, LATE_REACH } from './lateEvents';
import { lookupMessageIds, lookupRecipients, lookupRefs } from '../lookups';
import type { Params } from '../params';
import type { TimeRange } from '../standing';
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
const LATE = `record IN ('f', 'remote')`;
const DELIVERED = `record = 'd'`;

/** The events by which a query names its messages, looked for in the first range and, where they are not there, everywhere. */
export async function findAnchors(
  read: EventReader,
  query: TraceQuery,
  first: TimeRange | undefined,
): Promise<EventRow[]> {
  const where = (params: Params) => [namedBy(query, params)];
  for (const range of first ? [first, EVER] : [EVER]) {
    const rows = await read({ ranges: [range], where }, MAX_ROWS);
    if (rows.length > 0) return withDeliveries(read, rows);
  }
  return [];
}

function namedBy({ event, messageId, job, recipient }: TraceQuery, params: Params): Alternative {
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
  return {
    conditions: [recipientIn([address], params), `job = ${params.add(job ?? '')}`],
    lookups: [lookupRecipients([address], params)],
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
  const rows = await read({ ranges: [range], where: (params) => [ownOf(named, params)] }, MAX_ROWS);
  const bare = rows.some(({ message }) => !messages.has(message));
  const events = bare ? await eventsOf(read, named, range) : rows;
  const own = events.filter(({ message }) => messages.has(message));
  const delivered = own.filter(({ record }) => record === 'd');
  const [late, queue] = await Promise.all([
    lateEventsOf(read, delivered.length > 0 ? delivered : named),
    queueEvents(read, own),
  ]);
  const deliveries = [...delivered, ...(await deliveriesOf(read, late))];
  return { messages, events, late, deliveries, queue };
}

/** An own event of one of these messages, or one of their recipients' that lacks the Message-Id. */
function ownOf(named: readonly EventRow[], params: Params): Alternative {
  const addresses = distinct(named.map(({ rcpt }) => rcpt));
  const ids = distinct(named.map(({ messageId }) => messageId));
  if (addresses.length === 0)
    return {
      records: OWN,
      conditions: [`messageId IN ${params.add(ids)}`],
      lookups: [lookupMessageIds(ids, params)],
    };
  return {
    records: OWN,
    conditions: [recipientIn(addresses, params), `messageId IN ${params.add(['', ...ids])}`],
    lookups: [lookupRecipients(addresses, params)],
  };
}

/** Every own event of the recipients: what fits the traced messages without their ids may fit others as well. */
function eventsOf(read: EventReader, named: readonly EventRow[], range: TimeRange): Promise<EventRow[]> {
  const addresses = distinct(named.map(({ rcpt }) => rcpt));
  const where = (params: Params): Alternative[] => [
    {
      records: OWN,
      conditions: [recipientIn(addresses, params)],
      lookups: [lookupRecipients(addresses, params)],
    },
  ];
  return read({ ranges: [range], where }, MAX_ROWS);
}

/** Complaints and remote bounces that may belong to one of these events' messages. */
export async function lateEventsOf(read: EventReader, own: readonly EventRow[]): Promise<EventRow[]> {
  if (own.length === 0) return [];
  const times = own.map(({ time }) => time);
  const range: TimeRange = [Math.min(...times), Math.max(...times) + LATE_REACH + 1];
  // No lookup knows return paths, and few name anyone.
  const paths = distinct(own.filter(({ verp }) => verp === 1).map(({ orig }) => orig));
  const refs = refsOf(own);
  const where = (params: Params): Alternative[] => [
    ...matching(own, params, LATE, "rcpt = ''"),
    ...(refs.length > 0
      ? [{ records: LATE, conditions: [hashIn('ref', refs)], lookups: [lookupRefs(refs)] }]
      : []),
    ...(paths.length > 0
      ? [
          {
            records: LATE,
            conditions: [`startsWith(method, '${BY_RETURN_PATH}')`, `lower(orig) IN ${params.add(paths)}`],
            lookups: [],
          },
        ]
      : []),
  ];
  return read({ ranges: [range], where }, MAX_ROWS);
}

/** All deliveries that late events may belong to: nearer ones of other messages come before those that are traced. */
export async function deliveriesOf(read: EventReader, late: readonly EventRow[]): Promise<EventRow[]> {
  if (late.length === 0) return [];
  const times = late.map(({ time }) => time);
  const range: TimeRange = [Math.max(0, Math.min(...times) - LATE_REACH), Math.max(...times) + 1];
  const byPath = late.filter(({ method }) => method.startsWith(BY_RETURN_PATH));
  const paths = distinct(byPath.map(({ orig }) => orig));
  const refs = refsOf(late.filter(isByHeader));
  const where = (params: Params): Alternative[] => [
    ...matching(late, params, DELIVERED),
    // No lookup knows the header of a delivery, as few complaints name one by nothing else: the bloom filter does.
    ...(refs.length > 0 ? [{ records: DELIVERED, conditions: [hashIn('ref', refs)], lookups: [] }] : []),
    ...(paths.length > 0
      ? [{ records: DELIVERED, conditions: [`lower(orig) IN ${params.add(paths)}`], lookups: [] }]
      : []),
  ];
  return read({ ranges: [range], where }, MAX_ROWS);
}

/** Events that share the recipient or the Message-Id with one of these. */
function matching(rows: readonly EventRow[], params: Params, records: string, byId = '1'): Alternative[] {
  const addresses = distinct(rows.map(({ rcpt }) => rcpt));
  const ids = distinct(rows.map(({ messageId }) => messageId));
  return [
    ...(addresses.length > 0
      ? [
          {
            records,
            conditions: [recipientIn(addresses, params)],
            lookups: [lookupRecipients(addresses, params)],
          },
        ]
      : []),
    ...(ids.length > 0
      ? [
          {
            records,
            conditions: [`messageId IN ${params.add(ids)}`, byId],
            lookups: [lookupMessageIds(ids, params)],
          },
        ]
      : []),
  ];
}

function refsOf(rows: readonly EventRow[]): string[] {
  return distinct(rows.map(({ ref }) => ref)).filter((ref) => ref !== '0');
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
      records: `record IN ('tq', 'block')`,
      conditions: [
        "rcpt = ''",
        `vmta IN ${params.add(distinct(attempts.map(({ vmta }) => vmta)))}`,
        `domain IN ${params.add(distinct(attempts.map(({ domain }) => domain)))}`,
      ],
      lookups: [],
    },
  ];
  return read({ ranges, where }, MAX_ROWS);
}

/** Texts that are there, each once. */
function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
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
