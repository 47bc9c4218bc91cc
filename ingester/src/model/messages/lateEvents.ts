import type { MessageEvent } from './eventRows';

/**
 * Complaints and remote bounces were put to their deliveries when they were loaded; a row says by which method, and has
 * the job, VMTA … of that delivery. Here the same choice is repeated to tell which delivery it was.
 */

const DAY = 86_400;

/** A late event belongs to a delivery at most this many seconds before it. */
export const LATE_REACH = 30 * DAY;

/** Without any id, to one at most this many seconds before it. */
const WINDOW = 3 * DAY;

/** Method of a late event that was put to its delivery by the return path. */
export const BY_RETURN_PATH = 'orig+time';

/** Records that come after a delivery. */
export const LATE_RECORDS = ['f', 'remote'] as const;

/** Whether an event is a complaint or a remote bounce. */
export function isLate({ record }: Pick<MessageEvent, 'record'>): boolean {
  return (LATE_RECORDS as readonly string[]).includes(record);
}

/** Whether more than one message may be meant. */
export function isAmbiguous(method: string): boolean {
  return method.endsWith('(ambiguous)');
}

/** Whether a late event was put to its delivery by the site's own header. */
export function isByHeader({ method }: Pick<MessageEvent, 'method'>): boolean {
  return methodOf(method) === 'customHeader';
}

function methodOf(method: string): string {
  return method.replace(' (ambiguous)', '');
}

/** What a late event takes from its delivery where its own line lacks it, by the bit of `lacks` that says so. */
const TAKEN = [
  ['job', 1],
  ['vmta', 4],
  ['pool', 8],
  ['domain', 16],
  ['sender', 32],
  ['senderDomain', 32],
  ['provider', 64],
] as const;

/** The delivery that a late event was put to, among deliveries of any messages; undefined where it is not there. */
export function deliveryOf<Row extends MessageEvent>(
  late: MessageEvent,
  deliveries: readonly Row[],
): Row | undefined {
  const candidates = deliveries.filter(
    (delivery) =>
      delivery.record === 'd' &&
      delivery.time <= late.time &&
      delivery.time >= late.time - LATE_REACH &&
      matches(late, delivery),
  );
  const consistent = candidates.filter((delivery) =>
    TAKEN.every(([column, bit]) => (late.lacks & bit) === 0 || late[column] === delivery[column]),
  );
  return consistent.reduce<Row | undefined>(
    (best, delivery) => (best === undefined || isNearer(delivery, best, late) ? delivery : best),
    undefined,
  );
}

function matches(late: MessageEvent, delivery: MessageEvent): boolean {
  const sameRecipient = late.rcpt !== '' && late.rcpt === delivery.rcpt;
  switch (methodOf(late.method)) {
    case 'messageId':
      return late.messageId === delivery.messageId && (late.rcpt === '' || sameRecipient);
    case 'jobId+rcpt':
      return late.job === delivery.job && sameRecipient;
    case 'customHeader':
      return late.ref === delivery.ref;
    case 'rcpt+time':
      return sameRecipient && delivery.time >= late.time - WINDOW;
    case BY_RETURN_PATH:
      return late.orig === delivery.orig && delivery.time >= late.time - WINDOW;
    default:
      return false;
  }
}

/** Deliveries of the late event's own sender come first, then the later one. */
function isNearer(a: MessageEvent, b: MessageEvent, late: MessageEvent): boolean {
  const rank = (delivery: MessageEvent): number[] => [
    (late.lacks & 32) === 0 && late.senderDomain === delivery.senderDomain ? 1 : 0,
    delivery.time,
    delivery.file,
    delivery.line,
  ];
  const [left, right] = [rank(a), rank(b)];
  const first = left.findIndex((value, index) => value !== right[index]);
  return first >= 0 && (left[first] ?? 0) > (right[first] ?? 0);
}
