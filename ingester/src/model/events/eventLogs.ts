import type { EventColumnName } from './eventColumns';
import { LEVEL_OF_TYPE } from './eventLevels';
import type { ListedEvent } from './eventPage';
import { rowsFrame, type Frame, type FrameOptions } from '../frames';

/** What stands beside a log line, where it has a value. */
const LABELS: readonly EventColumnName[] = [
  'eventType',
  'outcome',
  'provider',
  'domain',
  'vmta',
  'pool',
  'job',
  'node',
  'sender',
  'sourceIp',
  'destinationIp',
  'bounceCategory',
  'smtpStatus',
  'messageId',
];

/** The columns of events that log lines are made of. */
export const LOG_COLUMNS: readonly EventColumnName[] = ['time', 'id', 'recipient', 'diag', ...LABELS];

const WORDS: Readonly<Record<string, string>> = {
  acct: 'delivered',
  bounce: 'bounced',
  tran: 'deferred',
  fbl: 'complaint',
  rb: 'blocked',
  received: 'received',
  status: 'status',
};

/** Events, with the cells of `LOG_COLUMNS`, as a frame of log lines. */
export function logsFrame(events: readonly ListedEvent[], options: FrameOptions): Frame {
  const rows = events.map(({ cells }) => {
    const text = (name: EventColumnName) => {
      const value = cells[LOG_COLUMNS.indexOf(name)];
      return typeof value === 'string' ? value : '';
    };
    const labels = LABELS.map((name) => [name, text(name)] as const).filter(([, value]) => value !== '');
    const level = LEVEL_OF_TYPE[text('eventType')] ?? 'unknown';
    return [cells[0], line(text), level, text('id'), Object.fromEntries(labels)];
  });
  return rowsFrame(
    [
      { name: 'timestamp', kind: 'time' },
      { name: 'body', kind: 'text' },
      { name: 'severity', kind: 'text' },
      { name: 'id', kind: 'text' },
      { name: 'labels', kind: 'json' },
    ],
    rows,
    options,
    { type: 'log-lines', typeVersion: [0, 0], preferredVisualisationType: 'logs' },
  );
}

/** `deferred a@b.example by vmta-1: 421 4.7.0 try later`. */
function line(text: (name: EventColumnName) => string): string {
  const part = (name: EventColumnName, before: string) => (text(name) === '' ? '' : `${before}${text(name)}`);
  const type = text('eventType');
  return `${WORDS[type] ?? type}${part('recipient', ' ')}${part('vmta', ' by ')}${part('diag', ': ')}`;
}
