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

/** SQL that is true where the column of this row is filled. */
export function isFilled(column: string): string {
  switch (CONTENT[column]) {
    case 'text':
      return `toString(${column}) != ''`;
    case 'zero':
      return `toUInt64(${column}) != 0`;
    case 'negative':
      return `${column} >= 0`;
    case 'map':
      return `notEmpty(${column})`;
    default:
      return '1';
  }
}

/** A hash over everything a log line says: equal rows have equal hashes. */
export const CONTENT_HASH = `cityHash64(${CONTENT_COLUMNS.map((c) => (c === 'headers' ? 'mapKeys(headers), mapValues(headers)' : c)).join(', ')})`;
