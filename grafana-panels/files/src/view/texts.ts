import { dateTimeFormat, type Field } from '@grafana/data';
import { t } from '../../../shared/texts';
import type { TimeZone } from '@grafana/schema';
import { shown } from '../../../shared/fields/shown';
import type { FileFields, LogFile } from '../files/types';

/** A status as people read it; one that is not known is shown as it is. */
export function statusText(status: string): string {
  const texts: Record<string, () => string> = {
    queued: () => t('files.queued', 'waiting'),
    loading: () => t('files.loading', 'loading'),
    following: () => t('files.following', 'followed live'),
    loaded: () => t('files.loaded', 'loaded'),
    loaded_with_errors: () => t('files.loaded-with-errors', 'loaded, with errors'),
    duplicate: () => t('files.duplicate', 'copy of another'),
    rejected: () => t('files.rejected', 'refused'),
    failed: () => t('files.failed', 'failed'),
  };
  return Object.hasOwn(texts, status) ? (texts[status]?.() ?? status) : status;
}

/** A number of a file with the unit of its field; empty where it is not known. */
export function numberText(
  fields: FileFields,
  file: LogFile,
  name: 'bytes' | 'rows' | 'events' | 'duplicates' | 'errors'
) {
  const value = file[name];
  if (value === null) {
    return '';
  }
  const field: Field | undefined = fields[name];
  // Counts are written out: one of three rows that are missing should be seen.
  return field?.config.unit === 'short' ? value.toLocaleString() : field ? shown(field, value) : value.toLocaleString();
}

/** A time of a file in the dashboard's zone; empty where it is not known. */
export function timeText(time: number | null, timeZone: TimeZone): string {
  return time === null ? '' : dateTimeFormat(time, { timeZone, format: 'YYYY-MM-DD HH:mm:ss' });
}

/** From when to when the events of a file are, the day once where it is one day; empty where it has none. */
export function spanText({ firstEvent, lastEvent }: LogFile, timeZone: TimeZone): string {
  if (firstEvent === null || lastEvent === null) {
    return '';
  }
  const [from, to] = [firstEvent, lastEvent].map((time) =>
    dateTimeFormat(time, { timeZone, format: 'YYYY-MM-DD HH:mm' })
  );
  const sameDay = from?.slice(0, 10) === to?.slice(0, 10);
  return from === to ? (from ?? '') : `${from} – ${sameDay ? to?.slice(11) : to}`;
}

/** How much of a file that is being loaded has been read, 0 to 1; null where it cannot be told. */
export function readShare({ bytes, bytesRead }: LogFile): number | null {
  return bytes === null || bytesRead === null || bytes <= 0 ? null : Math.min(1, bytesRead / bytes);
}

/** What goes when a file is deleted. */
export function whatGoes(fields: FileFields, file: LogFile, timeZone: TimeZone): string {
  if (file.status === 'duplicate') {
    return t('files.goes-copy', 'It is a copy of another file: no figure changes.');
  }
  if (!file.events) {
    return t('files.goes-nothing', 'None of its rows count: no figure changes.');
  }
  return t(
    'files.goes',
    '{{events}} events from {{span}} go out of every figure. Those that another file holds too count again by themselves.',
    {
      events: numberText(fields, file, 'events'),
      span: spanText(file, timeZone),
    }
  );
}
