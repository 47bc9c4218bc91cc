import { t } from '../../../shared/texts';
import type { FileRecord } from '@pmta-watchtower/ingester/dist/ingest/index.js';
import type { LogFile } from '../files/types';

/** A file of the API as the panel shows it. */
export function fileOf({ progress, ...record }: FileRecord): LogFile {
  const time = (iso: string | null) => (iso === null ? null : Date.parse(iso));
  return {
    ...record,
    bytesRead: progress.bytes,
    queuedAt: time(record.queuedAt),
    startedAt: time(record.startedAt),
    finishedAt: time(record.finishedAt),
    firstEvent: time(record.firstEvent),
    lastEvent: time(record.lastEvent),
  };
}

/** What a refusal says: the API's own message, else Grafana's, else what its status means. */
export function refusal(status: number, body: unknown): string {
  const { error, message } = (typeof body === 'object' && body !== null ? body : {}) as {
    error?: { message?: unknown };
    message?: unknown;
  };
  const said = [error?.message, message].find((text) => typeof text === 'string' && text !== '');
  if (typeof said === 'string') {
    return said;
  }
  return status === 0
    ? t('files.no-answer', 'The connection broke off')
    : t('files.status', 'Grafana answered {{status}}', { status });
}
