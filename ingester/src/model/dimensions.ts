import { REASON_CLASSES } from '../formats';
import { reasonClassOf, userOf } from './derived';

/** A second dimension that the pair rollups hold beside the provider. */
export const PAIRED = ['vmta', 'pool', 'job'] as const;

/** One dimension: where its value stands. */
export interface DimensionDefinition {
  readonly description: string;
  /** Where the value is a function of another dimension's: that dimension, and SQL of the function. */
  readonly of?: { readonly dimension: string; readonly sql: (value: string) => string };
  /** SQL over events, a string. */
  readonly raw: string;
  /** Held by the counting rollups, or by these and the latency rollups, under the dimension's own name. */
  readonly rollup?: 'counts' | 'counts+latency';
  /** Can only be filtered by. */
  readonly filterOnly?: true;
  /** `contains` finds its values in either case (of ASCII letters). */
  readonly anyCase?: true;
  /** The record types that can have a value, for values that not all have: their place in the key of events spares the others. */
  readonly records?: Readonly<Record<string, readonly string[]>>;
  /** Brings a filter's value into the stored form, for operators that compare whole values or their beginnings. */
  readonly normalise?: (value: string) => string;
}

const lower = (value: string) => value.toLowerCase();

/** As messages ids are stored: without brackets, the host in lower case. */
function messageId(value: string): string {
  const bare = value.trim().replace(/^</, '').replace(/>$/, '');
  const at = bare.lastIndexOf('@');
  return at < 0 ? bare : bare.slice(0, at) + bare.slice(at).toLowerCase();
}

const EVENT_TYPES =
  "transform(toString(record), ['d', 'b', 't', 'tq', 'f', 'block', 'remote', 'r', 'rs'], ['acct', 'bounce', 'tran', 'tran', 'fbl', 'rb', 'bounce', 'received', 'status'], '')";

const OUTCOMES =
  "multiIf(record = 'd', 'delivered', record = 'b', if(bounceClass = '', 'soft', toString(bounceClass)), record = 't', 'deferred', '')";

/** Record types that have a bounce class. */
const FAILED = ['b', 't', 'remote', 'block'];

/** Every dimension that is answered, by its contract name. An entry here adds it to grouping and filters. */
export const dimensions = {
  provider: {
    description: 'Mailbox provider of the recipient (gmail, yahoo, microsoft, …), else the domain itself',
    raw: 'provider',
    rollup: 'counts+latency',
  },
  domain: {
    description: 'Domain of the recipient',
    raw: 'domain',
    rollup: 'counts+latency',
    normalise: lower,
  },
  vmta: {
    description: 'Virtual MTA; of a complaint or a remote bounce, that of its delivery',
    raw: 'vmta',
    rollup: 'counts+latency',
  },
  pool: { description: 'VMTA pool, likewise', raw: 'pool', rollup: 'counts+latency' },
  job: { description: 'Job id, likewise', raw: 'job', rollup: 'counts+latency' },
  sender: {
    description: 'Address in From, else the return path without its VERP tag',
    raw: 'sender',
    rollup: 'counts+latency',
  },
  senderDomain: {
    description: 'Domain of the sender',
    raw: 'senderDomain',
    rollup: 'counts+latency',
    normalise: lower,
  },
  sourceIp: { description: 'Our address the mail left from', raw: 'sourceIp', rollup: 'counts+latency' },
  destinationIp: { description: 'Address of the receiving host', raw: 'destinationIp' },
  eventType: {
    description: 'acct, bounce, tran, fbl, rb, received or status',
    raw: EVENT_TYPES,
    rollup: 'counts',
    records: {
      acct: ['d'],
      bounce: ['b', 'remote'],
      tran: ['t', 'tq'],
      fbl: ['f'],
      rb: ['block'],
      received: ['r'],
      status: ['rs'],
    },
  },
  bounceCategory: {
    description: "The MTA's bounce category",
    raw: 'bounceCategory',
    rollup: 'counts',
    normalise: lower,
  },
  bounceClass: {
    description: 'hard, soft or block',
    raw: 'toString(bounceClass)',
    rollup: 'counts',
    records: { hard: FAILED, soft: FAILED, block: FAILED },
  },
  smtpStatus: { description: 'Enhanced status code, such as 5.1.1', raw: 'smtpStatus', rollup: 'counts' },
  reason: {
    description: 'Reply of the other server, without ids, addresses, times and numbers',
    raw: 'reason',
  },
  reasonClass: {
    description: `What the reason says by the rules: ${REASON_CLASSES.join(', ')}`,
    raw: reasonClassOf('reason'),
    of: { dimension: 'reason', sql: reasonClassOf },
  },
  user: { description: 'Who owns the job', raw: userOf('job'), of: { dimension: 'job', sql: userOf } },
  node: { description: 'Server the log came from', raw: 'node', rollup: 'counts+latency' },
  file: { description: 'Id of the log file', raw: 'toString(file)' },
  outcome: {
    description: 'delivered, hard, soft, block or deferred; of messages, unresolved too',
    raw: OUTCOMES,
    filterOnly: true,
    records: { delivered: ['d'], hard: ['b'], soft: ['b'], block: ['b'], deferred: ['t'] },
  },
  recipient: {
    description: 'Address of the recipient',
    raw: 'lower(rcpt)',
    filterOnly: true,
    normalise: lower,
  },
  messageId: { description: 'Message-Id', raw: 'messageId', filterOnly: true, normalise: messageId },
  envId: { description: 'Envelope id', raw: 'envId', filterOnly: true },
  feedbackType: { description: 'Type of a complaint', raw: 'feedbackType', filterOnly: true },
  diag: {
    description: 'Text of the reply; contains finds either case',
    raw: 'diag',
    filterOnly: true,
    anyCase: true,
  },
  direction: {
    description: 'in for mail received by the MTA, else out',
    raw: "if(record = 'r', 'in', 'out')",
    filterOnly: true,
  },
} as const satisfies Record<string, DimensionDefinition>;

/** Name of a dimension in the table; headers are `header:<name>` beside it. */
export type DimensionName = keyof typeof dimensions;

/** Names that can be grouped by. */
export const GROUPING = (Object.keys(dimensions) as DimensionName[]).filter(
  (name) => !(dimensions[name] as DimensionDefinition).filterOnly,
);

/** The definition of a dimension. */
export function dimensionOf(name: DimensionName): DimensionDefinition {
  return dimensions[name];
}

/** The dimension that decides the value of another, where one does; else the dimension itself. */
export function baseOf(name: string): string {
  return (isDimension(name) && dimensionOf(name).of?.dimension) || name;
}

/** SQL of a dimension's value where `column` holds that of its base. */
export function overBase(name: DimensionName, column: string): string {
  return dimensionOf(name).of?.sql(column) ?? column;
}

/** Whether a text names a dimension of the table. */
export function isDimension(name: string): name is DimensionName {
  return Object.hasOwn(dimensions, name);
}

/** The custom header that `header:<name>` names, in its stored form; undefined for any other text. */
export function headerOf(name: string): string | undefined {
  const match = /^header:([\x21-\x7e]{1,100})$/.exec(name);
  return match?.[1]?.toLowerCase().replace(/^header_/, '');
}

/** Providers without an entry in the provider table are their own domain; pairs hold these as one, `other`. */
export function foldProvider(column: string): string {
  return `if(position(${column}, '.') > 0, '${OTHER_PROVIDER}', ${column})`;
}

/** The name that unlisted providers share in pairs. */
export const OTHER_PROVIDER = 'other';
