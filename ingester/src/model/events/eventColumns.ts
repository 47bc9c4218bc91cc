import { dimensions, headerOf, type DimensionName } from '../dimensions';
import type { ColumnKind, Json, Value } from '../frames';
import type { Params } from '../params';
import { EVENT_ID } from '../standing';

/** A column of events as they are listed. */
export interface EventColumn {
  readonly kind: ColumnKind;
  readonly description: string;
  /** SQL over events; instants are epoch seconds, 0 where they are missing. */
  readonly sql: string;
  readonly unit?: string;
}

const fromDimensions = Object.fromEntries(
  (Object.keys(dimensions) as DimensionName[]).map((name): [DimensionName, EventColumn] => [
    name,
    { kind: 'text', description: dimensions[name].description, sql: dimensions[name].raw },
  ]),
) as Record<DimensionName, EventColumn>;

/** Every column of an event by name: the dimensions, and what nothing is grouped or filtered by. */
export const eventColumns = {
  time: { kind: 'time', description: 'When it was logged', sql: 'toUnixTimestamp(time)' },
  id: { kind: 'text', description: 'Id of the event: its file and record', sql: EVENT_ID },
  ...fromDimensions,
  recipient: { kind: 'text', description: 'Address of the recipient, as logged', sql: 'rcpt' },
  orig: { kind: 'text', description: 'Return path', sql: 'orig' },
  queue: { kind: 'text', description: 'Name of the queue', sql: 'queue' },
  mx: { kind: 'text', description: 'Host that answered', sql: 'mx' },
  queued: { kind: 'instant', description: 'When the message was queued', sql: 'toUnixTimestamp(queued)' },
  latency: {
    kind: 'number',
    description: 'Time from queueing to delivery',
    sql: 'nullIf(greatest(latency, -1), -1)',
    unit: 's',
  },
  size: { kind: 'number', description: 'Size of the message', sql: 'nullIf(size, 0)', unit: 'bytes' },
  blockType: { kind: 'text', description: 'Type of an event of the block log', sql: 'rbType' },
  userAgent: { kind: 'text', description: 'Program that sent a complaint', sql: 'userAgent' },
  reportingMta: { kind: 'text', description: 'Host that reported', sql: 'reportingMta' },
  method: {
    kind: 'text',
    description: 'How a complaint or a remote bounce was matched with its delivery',
    sql: 'method',
  },
  confidence: { kind: 'number', description: 'Confidence of that match, 0 to 1', sql: 'confidence' },
  headers: { kind: 'json', description: 'Custom headers that are kept', sql: 'headers' },
} as const satisfies Record<string, EventColumn>;

/** Name of a column of the table; headers are `header:<name>` beside it. */
export type EventColumnName = keyof typeof eventColumns;

/** The columns that are listed where none are chosen. */
export const DEFAULT_COLUMNS: readonly EventColumnName[] = [
  'time',
  'eventType',
  'outcome',
  'recipient',
  'sender',
  'provider',
  'vmta',
  'pool',
  'job',
  'sourceIp',
  'destinationIp',
  'bounceCategory',
  'smtpStatus',
  'diag',
  'latency',
  'size',
  'messageId',
  'id',
];

/** The definition of a column; a header's name becomes a parameter. */
export function eventColumn(name: string, params: Params): EventColumn {
  const header = headerOf(name);
  if (header !== undefined)
    return { kind: 'text', description: `Header ${header}`, sql: `headers[${params.add(header)}]` };
  if (!Object.hasOwn(eventColumns, name)) throw new RangeError(`no column ${name}`);
  return eventColumns[name as EventColumnName];
}

/** A cell as frames hold it: instants in epoch ms, missing ones null. */
export function eventCell(kind: ColumnKind, value: Value | Json | undefined): Value | Json {
  if (kind !== 'instant' && kind !== 'time') return value ?? null;
  return typeof value === 'number' && value > 0 ? value * 1000 : null;
}
