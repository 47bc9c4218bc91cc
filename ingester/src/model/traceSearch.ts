import { dimensions } from './dimensions';
import {
  hashIn,
  recipientIn,
  type EventReader,
  type EventRow,
} from './eventRows';
import { QUEUE_REACH, type Found } from './journey';
import { deliveryOf, isLate, LATE_REACH } from './lateEvents';
import type { Params } from './params';
import type { TimeRange } from './standing';
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

const LATE = `record IN ('f', 'remote')`;

/** The events by which a query names its messages, looked for in the first range and, where they are not there, everywhere. */
export async function findAnchors(
  read: EventReader,
  query: TraceQuery,
  first: TimeRange | undefined,
): Promise<EventRow[]> {
  const where = (params: Params) => namedBy(query, params);
  for (const range of first ? [first, EVER] : [EVER]) {
    const rows = await read({ ranges: [range], where }, MAX_ROWS);
    if (rows.length > 0) return withDeliveries(read, rows);
  }
  return [];
}

function namedBy({ event, messageId, job, recipient }: TraceQuery, params: Params): string[] {
  const id = event ? eventId(event) : undefined;
  if (id) return [`file = ${id.file}`, `line = ${id.line}`];
  const address = recipient?.toLowerCase() ?? '';
  if (messageId) {
    const byId = `messageId = ${params.add(dimensions.messageId.normalise(messageId))}`;
    return address === '' ? [byId] : [byId, `lower(rcpt) IN ${params.add([address, ''])}`];
  }
  return [recipientIn([address], params), `job = ${params.add(job ?? '')}`];
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
  const range: TimeRange = [Math.max(0, start), end + LATE_REACH];
  const rows = await read({ ranges: [range], where: (params) => [nearBy(named, params)] }, MAX_ROWS);
  const events = rows.filter((row) => !isLate(row));
  const own = events.filter(({ message }) => messages.has(message));
  const lateRows = rows.filter(isLate);
  return {
    messages,
    events,
    late: lateRows,
    deliveries: [...events, ...(await deliveriesOf(read, lateRows))],
    queue: await queueEvents(read, own),
  };
}

/** SQL of an event that may be of one of these messages: by recipient, or by an id where it does not say the recipient. */
function nearBy(named: readonly EventRow[], params: Params): string {
  const addresses = distinct(named.map(({ rcpt }) => rcpt));
  const ids = distinct(named.map(({ messageId }) => messageId));
  const refs = distinct(named.map(({ ref }) => ref)).filter((ref) => ref !== '0');
  const either = [
    ...(addresses.length > 0 ? [recipientIn(addresses, params)] : []),
    ...(ids.length > 0 ? [`(messageId IN ${params.add(ids)} AND rcpt = '')`] : []),
    ...(refs.length > 0 ? [`(${hashIn('ref', refs)} AND ${LATE})`] : []),
  ];
  return either.length === 0 ? '0' : `(${either.join(' OR ')})`;
}

/** Complaints and remote bounces that may belong to one of these deliveries. */
export async function lateEventsOf(
  read: EventReader,
  deliveries: readonly EventRow[],
): Promise<EventRow[]> {
  if (deliveries.length === 0) return [];
  const times = deliveries.map(({ time }) => time);
  const range: TimeRange = [Math.min(...times), Math.max(...times) + LATE_REACH + 1];
  return read({ ranges: [range], where: (params) => [LATE, nearBy(deliveries, params)] }, MAX_ROWS);
}

/** All deliveries that late events may belong to: nearer ones of other messages come before those that are traced. */
export async function deliveriesOf(read: EventReader, late: readonly EventRow[]): Promise<EventRow[]> {
  if (late.length === 0) return [];
  const times = late.map(({ time }) => time);
  const ranges: TimeRange[] = [
    [Math.max(0, Math.min(...times) - LATE_REACH), Math.max(...times) + 1],
  ];
  const matched = (method: string) => late.filter((row) => row.method.startsWith(method));
  const ids = distinct(matched('messageId').map(({ messageId }) => messageId));
  const addresses = distinct(
    [...matched('jobId+rcpt'), ...matched('rcpt+time')].map(({ rcpt }) => rcpt),
  );
  const refs = distinct(matched('customHeader').map(({ ref }) => ref));
  const where = (params: Params) => {
    const either = [
      ...(ids.length > 0 ? [`messageId IN ${params.add(ids)}`] : []),
      ...(addresses.length > 0 ? [recipientIn(addresses, params)] : []),
      ...(refs.length > 0 ? [hashIn('ref', refs)] : []),
    ];
    return ["record = 'd'", either.length === 0 ? '0' : `(${either.join(' OR ')})`];
  };
  return read({ ranges, where }, MAX_ROWS);
}

/** What the queues of the messages' unsuccessful attempts logged near them. */
async function queueEvents(read: EventReader, own: readonly EventRow[]): Promise<EventRow[]> {
  const attempts = own
    .filter(({ record, vmta, domain }) => (record === 't' || record === 'b') && vmta !== '' && domain !== '')
    .slice(0, MAX_ATTEMPTS);
  if (attempts.length === 0) return [];
  const ranges = joined(attempts.map(({ time }) => [time - QUEUE_REACH, time + QUEUE_REACH + 1]));
  const where = (params: Params) => [
    `record IN ('tq', 'block')`,
    "rcpt = ''",
    `vmta IN ${params.add(distinct(attempts.map(({ vmta }) => vmta)))}`,
    `domain IN ${params.add(distinct(attempts.map(({ domain }) => domain)))}`,
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
