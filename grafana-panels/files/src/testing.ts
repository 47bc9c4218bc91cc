import { FieldType, createTheme, getDisplayProcessor, toDataFrame, type DataFrame } from '@grafana/data';
import { NUMBERS, TEXTS, TIMES, type LogFile } from './files/types';

/** Noon of the day that the files are of. */
export const NOON = Date.UTC(2026, 8, 15, 12);

/** A file that is loaded whole, unless said otherwise. */
export function logFile(changed: Partial<LogFile> = {}): LogFile {
  return {
    id: '1',
    name: 'acct.csv',
    kind: 'delivery, bounce',
    node: 'mta1',
    status: 'loaded',
    message: '',
    bytes: 2_000_000,
    bytesRead: 2_000_000,
    rows: 12_000,
    events: 11_990,
    duplicates: 10,
    errors: 0,
    queuedAt: NOON,
    startedAt: NOON + 1000,
    finishedAt: NOON + 3000,
    firstEvent: NOON - 3_600_000,
    lastEvent: NOON,
    ...changed,
  };
}

/** A frame of files as the service answers it, its fields displayed as Grafana would. */
export function filesFrame(files: ReadonlyArray<Partial<LogFile>>): DataFrame {
  const column = (name: keyof LogFile) => files.map((file) => file[name] ?? null);
  const unit = (name: string) => (name.startsWith('bytes') ? 'bytes' : 'short');
  const frame = toDataFrame({
    fields: [
      ...TEXTS.map((name) => ({ name, type: FieldType.string, values: column(name), config: {} })),
      ...NUMBERS.map((name) => ({ name, type: FieldType.number, values: column(name), config: { unit: unit(name) } })),
      ...TIMES.map((name) => ({ name, type: FieldType.time, values: column(name), config: {} })),
    ],
  });
  for (const field of frame.fields) {
    field.display = getDisplayProcessor({ field, theme: createTheme() });
  }
  return frame;
}
