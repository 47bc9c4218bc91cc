import type { EventRow } from './eventRows';
import { deliveryOf, isAmbiguous } from './lateEvents';

/** One step of a message's life, or an event of its queue that happened near it. */
export interface Step {
  readonly event: EventRow;
  /** `message`: the message's own. `queue`: of the queue it waited in, never of this message alone. */
  readonly relation: 'message' | 'queue';
  /** Seconds since the message's step before, of the first one since it was queued; null where that is not known. */
  readonly seconds: number | null;
  /** How the event was put to the message, and how sure that is (0 to 1). */
  readonly method: string;
  readonly confidence: number;
}

/** An event with how it came to the message. */
interface Linked {
  readonly event: EventRow;
  readonly method: string;
  readonly confidence: number;
}

/** Queue events within this many seconds of a message's attempt are told beside it. */
export const QUEUE_REACH = 300;

const QUEUE_METHOD = `vmta+domain within ${QUEUE_REACH / 60} min`;

/** Records of one second in the order in which they come about. */
const RECORD_ORDER = ['r', 't', 'block', 'tq', 'b', 'd', 'remote', 'f', 'rs'];

/** Events that may belong to the messages that are traced. */
export interface Found {
  /** Keys of the traced messages. */
  readonly messages: ReadonlySet<string>;
  /** r, t, d, b and block events of their recipients: other messages' ones tell how sure a match is. */
  readonly events: readonly EventRow[];
  /** Complaints and remote bounces that may be theirs. */
  readonly late: readonly EventRow[];
  /** Deliveries of any messages that the late events may belong to. */
  readonly deliveries: readonly EventRow[];
  /** tq and block events without a recipient. */
  readonly queue: readonly EventRow[];
}

/** The messages' steps, one message after the other in the order of their first events, each in the order of time. */
export function journeys(found: Found): Step[] {
  const linked = new Map<string, Linked[]>([...found.messages].map((message) => [message, []]));
  const put = (message: string, link: Linked) => linked.get(message)?.push(link);
  for (const event of found.events) {
    const [message, link] = ownerOf(event, found.events);
    put(message, link);
  }
  for (const event of found.late) {
    const { method, confidence } = event;
    const delivery = deliveryOf(event, found.deliveries);
    if (delivery) put(delivery.message, { event, method, confidence });
    else put(event.message, method === '' ? unmatched(event) : { event, method, confidence });
  }
  const lives = [...linked.values()].filter((life) => life.length > 0).map(sorted);
  lives.sort(([a], [b]) => (a && b ? compare(a.event, b.event) : 0));
  return lives.flatMap((life) => merged(life, near(life, found.queue)));
}

/** The message an event belongs to: its own key, or where that lacks an id, the message that alone fits. */
function ownerOf(event: EventRow, events: readonly EventRow[]): [message: string, link: Linked] {
  const own = events.filter(({ message, record }) => message === event.message && record !== 'block');
  const fits = event.record === 'block' ? fitsBlock : fitsTriple;
  if (event.messageId !== '' || (event.record === 'block' && own.length > 0))
    return [event.message, keyed(event)];
  const others = events.filter((other) => other.message !== event.message && fits(event, other));
  const messages = new Set(others.map(({ message }) => message));
  const [nearest] = others.sort((a, b) => Math.abs(a.time - event.time) - Math.abs(b.time - event.time));
  if (!nearest) return [event.message, keyed(event)];
  const alone = messages.size === 1;
  const how = event.record === 'block' ? (event.job === '' ? 'rcpt+time' : 'jobId+rcpt') : TRIPLE_METHOD;
  const confidence = how === 'jobId+rcpt' ? 0.9 : 0.6;
  return [
    nearest.message,
    {
      event,
      method: alone ? how : `${how} (ambiguous)`,
      confidence: alone ? confidence : confidence / 2,
    },
  ];
}

const TRIPLE_METHOD = 'orig+rcpt+timeQueued';

/** A row without ids and a message of the same sender, recipient and second of queueing. */
function fitsTriple(event: EventRow, other: EventRow): boolean {
  return (
    event.triple !== '0' &&
    event.triple === other.triple &&
    other.record !== 'block' &&
    (event.job === '' || event.job === other.job)
  );
}

/** A block of a recipient and an attempt for it, of the same job where it names one, within the queue's reach. */
function fitsBlock(event: EventRow, other: EventRow): boolean {
  return (
    (other.record === 't' || other.record === 'b') &&
    event.rcpt !== '' &&
    event.rcpt === other.rcpt &&
    (event.job === '' || event.job === other.job) &&
    Math.abs(event.time - other.time) <= QUEUE_REACH
  );
}

/** An event that carries the message's key. Ids it took from its message say so themselves. */
function keyed(event: EventRow): Linked {
  if (event.method !== '') return { event, method: event.method, confidence: event.confidence };
  if (event.messageId !== '') return { event, method: 'messageId', confidence: 1 };
  if (event.job !== '' && event.rcpt !== '') return { event, method: 'jobId+rcpt+timeQueued', confidence: 1 };
  return { event, method: TRIPLE_METHOD, confidence: event.triple === '0' ? 0.5 : 0.8 };
}

/** A complaint or remote bounce whose delivery is not in the store. */
function unmatched(event: EventRow): Linked {
  return event.messageId === '' ? { event, method: '', confidence: 0 } : keyed(event);
}

function sorted(life: readonly Linked[]): Linked[] {
  return [...life].sort((a, b) => compare(a.event, b.event));
}

function compare(a: EventRow, b: EventRow): number {
  return (
    a.time - b.time ||
    RECORD_ORDER.indexOf(a.record) - RECORD_ORDER.indexOf(b.record) ||
    a.file - b.file ||
    a.line - b.line
  );
}

/** The queue's events near a message's unsuccessful attempts: same VMTA and domain, within the reach. */
function near(life: readonly Linked[], queue: readonly EventRow[]): EventRow[] {
  const attempts = life.map(({ event }) => event).filter(({ record }) => record === 't' || record === 'b');
  return queue.filter((event) =>
    attempts.some(
      ({ vmta, domain, time }) =>
        vmta === event.vmta && domain === event.domain && Math.abs(event.time - time) <= QUEUE_REACH,
    ),
  );
}

function merged(life: readonly Linked[], queue: readonly EventRow[]): Step[] {
  const queued = life.find(({ event }) => event.queued > 0)?.event.queued;
  let before = queued;
  const own = life.map(({ event, method, confidence }): Step => {
    const seconds = before === undefined ? null : event.time - before;
    before = event.time;
    return { event, relation: 'message', seconds, method, confidence };
  });
  const beside = queue.map(
    (event): Step => ({ event, relation: 'queue', seconds: null, method: QUEUE_METHOD, confidence: 0 }),
  );
  return [...own, ...beside].sort((a, b) => compare(a.event, b.event));
}

/** Steps that may belong to another message. */
export function ambiguousSteps(steps: readonly Step[]): number {
  return steps.filter(({ method }) => isAmbiguous(method)).length;
}

/** What a step is called. */
export function stepName({ event, relation }: Pick<Step, 'event' | 'relation'>): string {
  if (relation === 'queue') return event.record === 'tq' ? 'queue deferral' : 'queue block';
  switch (event.record) {
    case 'r':
      return 'received';
    case 't':
      return 'deferred';
    case 'd':
      return 'delivered';
    case 'b':
      return 'bounced';
    case 'block':
      return 'block';
    case 'f':
      return 'complaint';
    case 'remote':
      return 'remote bounce';
    default:
      return 'status';
  }
}
