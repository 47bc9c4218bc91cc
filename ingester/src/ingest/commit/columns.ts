/** How a column says that a row does not know it; a copy of the same event may. */
type Empty = 'text' | 'zero' | 'negative' | 'map' | 'never';

/** The columns of `events` that a log line gives, in table order, and what counts as empty in each. */
export const CONTENT: Readonly<Record<string, Empty>> = {
  time: 'never',
  record: 'never',
  node: 'never',
  provider: 'text',
  domain: 'text',
  vmta: 'text',
  pool: 'text',
  job: 'text',
  sender: 'text',
  senderDomain: 'text',
  sourceIp: 'text',
  destinationIp: 'text',
  bounceCategory: 'text',
  bounceClass: 'text',
  smtpStatus: 'text',
  diag: 'text',
  size: 'zero',
  latency: 'negative',
  queued: 'zero',
  orig: 'text',
  rcpt: 'text',
  messageId: 'text',
  envId: 'text',
  queue: 'text',
  mx: 'text',
  rbType: 'text',
  feedbackType: 'text',
  userAgent: 'text',
  reportingMta: 'text',
  headers: 'map',
  base: 'never',
  triple: 'zero',
  message: 'never',
  ref: 'zero',
  lacks: 'never',
};

/** Content columns in table order. */
export const CONTENT_COLUMNS = Object.keys(CONTENT);

/** What the ingester adds to a row: its part in the count, where it came from, and the commit that wrote it. */
export const BOOK_COLUMNS = [
  'role',
  'completed',
  'method',
  'confidence',
  'rank',
  'file',
  'line',
  'ver',
  'commit',
  'sign',
];

/** All columns of `events`, in table order. */
export const EVENT_COLUMNS = [...CONTENT_COLUMNS, ...BOOK_COLUMNS];

/** The columns of `open_events` but its sign. */
export const OPEN_COLUMNS = [
  'time',
  'record',
  'node',
  'provider',
  'domain',
  'vmta',
  'pool',
  'job',
  'sender',
  'senderDomain',
  'sourceIp',
  'queued',
  'message',
  'file',
  'line',
  'ver',
];

/** The columns of changed events by which it is told what is open. */
export const CHANGE_COLUMNS = [...OPEN_COLUMNS, 'role', 'sign'];

/** SQL that is true of complaints and remote bounces, which come after their message's delivery. */
export const IS_LATE = `record IN ('f', 'remote')`;

const FILLED: Readonly<Record<Empty, (column: string) => string>> = {
  text: (column) => `toString(${column}) != ''`,
  zero: (column) => `toUInt64(${column}) != 0`,
  negative: (column) => `${column} >= 0`,
  map: (column) => `notEmpty(${column})`,
  never: () => '1',
};

/** SQL that is true where a content column is filled; `row` is the alias of the row, with its dot. */
export function isFilled(column: string, row = ''): string {
  return FILLED[CONTENT[column] ?? 'never'](`${row}${column}`);
}

/** A hash over everything a log line says: equal rows have equal hashes. */
export const CONTENT_HASH = `cityHash64(${CONTENT_COLUMNS.map((c) => (c === 'headers' ? 'mapKeys(headers), mapValues(headers)' : c)).join(', ')})`;
